// A scripted fault: what a vendor's door does wrong on purpose, for the next N calls.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "recording/entry.h"
#include "recording/request.h"

namespace understudy::session {

struct Fault {
  enum class When { before, after };  // before: the vendor never sees it; after: decided and applied, the reply is lost
  enum class Action {
    status,        // another reply
    delay,         // the vendor's reply, later
    reset,         // the connection is reset (HTTP/2: the stream) instead of a reply
    body,          // the vendor's reply with another body
    cut,           // the reply's head and the first bytes of its body; then the connection ends (HTTP/2: the stream)
    stop_reading,  // no reply, and nothing more is read of the connection; a reset ends it after the delay
    drop,          // a datagram is lost
    reorder        // a datagram is taken in after the next one, or after the delay
  };

  std::string id;
  std::string vendor;       // empty: any
  std::string door;         // empty: any
  std::string path_prefix;  // empty: any
  std::string target;       // the operation in X-Amz-Target, or the gRPC service/method's end; empty: any
  When when = When::before;
  Action action = Action::status;
  int status = 503;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::size_t bytes = 0;  // of `cut`: how many of the body still leave
  std::chrono::milliseconds delay{0};
  double probability = 1;  // of acting on a call that matches; drawn from the session's seed
  std::uint64_t remaining = 1;

  bool is_for_datagrams() const { return action == Action::drop || action == Action::reorder; }
  // Whether it takes the vendor's place.
  bool replaces_the_vendor() const;
  bool matches(std::string_view of_vendor, const recording::Request& request) const;
};

// Whether a fault took the vendor's place: then the exchange means nothing to the vendor.
bool was_never_decided(const recording::Entry& entry);

// The error names the member and what it takes.
std::expected<Fault, std::string> fault_from_json(const nlohmann::json& json);
nlohmann::ordered_json to_json(const Fault& fault);

}  // namespace understudy::session
