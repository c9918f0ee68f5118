#include "xray/scope.h"

#include <fmt/format.h>

#include "xray/rules.h"

namespace understudy::xray {

std::string scoped_effect(std::string_view change, const Scope& scope, nlohmann::json members) {
  members["account"] = scope.account;
  members["region"] = scope.region;
  return nlohmann::json{{change, std::move(members)}}.dump();
}

void warn_of_region(const XrayState& state, const Call& call, Answer& answer) {
  if (call.scope == state.daemon) return;
  answer.findings.push_back(
      found(id::region_differs, "header authorization",
            fmt::format("the call: account {}, {}; the daemon: account {}, {}", call.scope.account, call.scope.region,
                        state.daemon.account, state.daemon.region)));
}

}  // namespace understudy::xray
