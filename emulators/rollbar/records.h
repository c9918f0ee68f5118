// The records that an exchange with Rollbar means: an occurrence where one was stored, a deploy where one was reported.
#pragma once

#include "recording/vendor.h"

namespace understudy::rollbar {

// Kind "item": the members of `data` as they were sent, the access token, masked, and the project. Kind "deploy": what
// a call told of a deploy, its id and its project.
void records(const recording::Entry& entry, const recording::RecordSink& sink);

}  // namespace understudy::rollbar
