// The log of the X-Ray daemon, as the real one would have written it about what came in: batches, what the service
// refused, malformed datagrams. [code: aws/aws-xray-daemon pkg/processor, pkg/conn; snapshot: bootcamp journals]
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "recording/entry.h"

namespace understudy::xray {

inline constexpr std::string_view daemon_version = "3.3.6";  // whose log lines these are [snapshot]

class DaemonLog {
 public:
  enum class Level : std::uint8_t { debug, info, warn, error };
  // A line without its time: "[Info] Successfully sent batch of 1 segments (0.012 seconds)".
  using Write = std::function<void(const std::string& line)>;

  struct Start {
    std::string region;
    std::string udp_address;
    std::string tcp_address;
    std::uint64_t buffer_mb = 0;
    bool local_mode = false;
    std::string resource_arn;
    std::string proxy_address;
    std::string endpoint;  // of cfg.yaml; empty: X-Ray's own of the region
  };

  DaemonLog(Level least, Write write) : least_(least), write_(std::move(write)) {}

  // What the daemon writes before it looks for the metadata of its machine, and after.
  void starting(const Start& start);
  void started(const Start& start);
  void tcp_failed(std::string_view why);  // the daemon goes on without its proxy
  // An entry of the capture, in order; what is not the daemon's is left out. `now_ns` never goes back.
  void add(const recording::Entry& entry, std::int64_t now_ns);
  // Sends a batch that waited for a second, and telemetry once a minute. Call it a few times a second.
  void tick(std::int64_t now_ns);
  // `signal` as Go names it: "terminated", "interrupt". `unix_ns`: what the clock shows.
  void stopped(std::string_view signal, std::int64_t now_ns, std::int64_t unix_ns);

 private:
  void log(Level level, std::string_view text);
  void datagram(const recording::Entry& entry, std::int64_t now_ns);
  void send(std::int64_t now_ns, std::string_view why);
  void telemetry(std::int64_t now_ns);

  Level least_;
  Write write_;
  std::size_t batch_size_ = 50;       // at most as many as there are buffers
  std::vector<std::string> batch_;    // of each segment the line about its refusal; empty: it was taken
  std::int64_t sent_ns_ = INT64_MIN;  // when the timer of a second was last set
  std::int64_t telemetry_ns_ = INT64_MIN;
  std::uint64_t received_ = 0;
  std::uint64_t spilled_ = 0;  // what the kernel dropped
  std::uint64_t processed_ = 0;
};

// "dev", "debug", "info", "warn", "error", "prod" (the default: info).
DaemonLog::Level daemon_log_level(std::string_view name);
// "2006-01-02T15:04:05Z07:00", local time.
std::string daemon_log_time(std::int64_t unix_ns);

// How many buffers of 64 KiB an amount of memory gives.
constexpr std::uint64_t daemon_buffers(std::uint64_t megabytes) { return megabytes * 16; }

}  // namespace understudy::xray
