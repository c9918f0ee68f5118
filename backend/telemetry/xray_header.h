#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cruddur::telemetry {

/// X-Amzn-Trace-Id: `Root=1-..;Parent=..;Sampled=1`. Blanks around the parts are tolerated, unknown parts are passed
/// over.
struct TraceHeader {
  enum class Sampled { absent, no, yes, ask };
  std::optional<std::string> root;
  std::optional<std::string> parent;
  Sampled sampled = Sampled::absent;

  static TraceHeader parse(std::string_view text);
};

/// `1-<8 hex of the time>-<24 hex>`.
std::string new_xray_trace_id();
/// What stands in a response to a request that is not sampled.
constexpr std::string_view unsampled_trace_id = "1-00000000-000000000000000000000000";

/// The addresses behind AWS_XRAY_DAEMON_ADDRESS: `host:port` for both, or `tcp:host:port udp:host:port` in any order.
struct DaemonAddress {
  std::string udp_host = "127.0.0.1";
  int udp_port = 2000;
  std::string tcp_host = "127.0.0.1";
  int tcp_port = 2000;
};
std::optional<DaemonAddress> parse_daemon_address(std::string_view text);

/// A segment's name without the characters that the service refuses.
std::string clean_segment_name(std::string_view name);

}  // namespace cruddur::telemetry
