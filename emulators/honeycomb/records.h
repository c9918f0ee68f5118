// The spans, log records and metrics that an accepted request brought.
#pragma once

#include "recording/vendor.h"

namespace understudy::honeycomb {

void records(const recording::Entry& entry, const recording::RecordSink& sink);

}  // namespace understudy::honeycomb
