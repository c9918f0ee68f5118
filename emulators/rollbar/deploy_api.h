// Reporting deploys, and reading them back. [docs: Deploys]
#pragma once

#include <string_view>

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

recording::Decision create_deploy(const State& state, const recording::Request& request,
                                  const recording::Context& context);
// Heroku's release hook: the environment stands in the query, beside the token. [docs: Heroku]
recording::Decision heroku_release(const State& state, const recording::Request& request,
                                   const recording::Context& context);
recording::Decision update_deploy(const State& state, const recording::Request& request,
                                  const recording::Context& context, std::string_view id);
recording::Decision get_deploy(const State& state, const recording::Request& request, const recording::Context& context,
                               std::string_view id);
recording::Decision list_deploys(const State& state, const recording::Request& request,
                                 const recording::Context& context);

}  // namespace understudy::rollbar
