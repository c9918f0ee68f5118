// Jobs of RQL: made, listed, and their results. A job is no more than its text: the result is computed when it is read.
#pragma once

#include <string_view>

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

recording::Decision create_rql_job(const State& state, const recording::Request& request,
                                   const recording::Context& context);
recording::Decision list_rql_jobs(const State& state, const recording::Request& request,
                                  const recording::Context& context);
recording::Decision get_rql_job(const State& state, const recording::Request& request,
                                const recording::Context& context, std::string_view id);
recording::Decision cancel_rql_job(const State& state, const recording::Request& request,
                                   const recording::Context& context, std::string_view id);
recording::Decision rql_result(const State& state, const recording::Request& request, const recording::Context& context,
                               std::string_view id);

}  // namespace understudy::rollbar
