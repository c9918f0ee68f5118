// Projects and their access tokens, as an account's token lists, makes, changes and deletes them. [docs: Projects,
// Project access tokens] [snapshot: terraform-provider-rollbar]
#pragma once

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/doors.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

bool is_project_operation(Operation operation);
recording::Decision decide_project(const State& state, const recording::Request& request,
                                   const recording::Context& context, const Route& route);

}  // namespace understudy::rollbar
