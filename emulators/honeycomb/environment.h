// What to set so that OpenTelemetry's SDKs and Honeycomb's distributions send to these doors.
#pragma once

#include "recording/vendor.h"

namespace understudy::honeycomb {

recording::Environment environment(const recording::Urls& urls, bool fast_flush);

}  // namespace understudy::honeycomb
