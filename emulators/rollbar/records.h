// The records that an exchange with Rollbar means: an occurrence, where one was stored.
#pragma once

#include "recording/vendor.h"

namespace understudy::rollbar {

// Kind "item": the members of `data` as they were sent, and the access token, masked.
void records(const recording::Entry& entry, const recording::RecordSink& sink);

}  // namespace understudy::rollbar
