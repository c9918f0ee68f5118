// A scripted fault: what a vendor's door does wrong on purpose, for the next N calls.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recording/request.h"

namespace understudy::session {

struct Fault {
  enum class When { before, after };  // before: the vendor never sees it; after: decided and applied, the reply is lost
  enum class Action { status, delay, reset };

  std::string id;
  std::string vendor;       // empty: any
  std::string path_prefix;  // empty: any
  std::string target;       // the operation in X-Amz-Target, or the gRPC service/method's end; empty: any
  When when = When::before;
  Action action = Action::status;
  int status = 503;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds delay{0};
  std::uint64_t remaining = 1;

  bool matches(std::string_view of_vendor, const recording::Request& request) const;
};

// The error names the member and what it takes.
std::expected<Fault, std::string> fault_from_json(const nlohmann::json& json);
nlohmann::ordered_json to_json(const Fault& fault);

}  // namespace understudy::session
