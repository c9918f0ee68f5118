#include "xray/daemon_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "xray/datagram.h"
#include "xray/document.h"
#include "xray/doors.h"
#include "xray/effect.h"

namespace understudy::xray {
namespace {

constexpr std::size_t largest_batch = 50;
constexpr std::int64_t idle_ns = 1'000'000'000;
constexpr std::int64_t telemetry_ns = 60'000'000'000;

std::string_view name_of(DaemonLog::Level level) {
  static constexpr std::string_view names[] = {"Debug", "Info", "Warn", "Error"};
  return names[static_cast<std::size_t>(level)];
}

// What stands behind `"id":"` up to the next quote. The daemon looks without a blank after the colon, so it never finds
// the ids of Python's documents.
std::optional<std::string_view> compact_member(std::string_view document, std::string_view start) {
  const auto at = document.find(start);
  if (at == std::string_view::npos) return std::nullopt;
  const auto rest = document.substr(at + start.size());
  return rest.substr(0, rest.find('"'));
}

// As the SDK of version 3.3 prints the structure.
std::string refusal_line(const recording::Entry& entry, std::string_view document) {
  const auto judgement = judge(document, entry.moment.vendor_ns, {"", std::nullopt});
  const auto refused = judgement.refused ? *judgement.refused : above_trace_size(document);
  const auto segment =
      fmt::format("{{\n  ErrorCode: \"{}\",{}\n  Message: \"{}\"\n}}", refused.code,
                  refused.id.empty() ? "" : fmt::format("\n  Id: \"{}\",", refused.id), refused.message());
  const auto trace = compact_member(document, R"("trace_id":")");
  if (trace && compact_member(document, R"("id":")")) {
    return fmt::format("Unprocessed trace {}, segment: {}", *trace, segment);
  }
  return fmt::format("Unprocessed segment: {}", segment);
}

// [code: partitions of the AWS SDK for Go]
std::string endpoint_of(std::string_view region) {
  static constexpr std::pair<std::string_view, std::string_view> suffixes[] = {
      {"cn-", "amazonaws.com.cn"}, {"us-iso-", "c2s.ic.gov"}, {"us-isob-", "sc2s.sgov.gov"}};
  std::string_view suffix = "amazonaws.com";
  for (const auto& [prefix, own] : suffixes) {
    if (region.starts_with(prefix)) suffix = own;
  }
  return fmt::format("https://xray.{}.{}", region, suffix);
}

}  // namespace

DaemonLog::Level daemon_log_level(std::string_view name) {
  if (name == "dev" || name == "debug") return DaemonLog::Level::debug;
  if (name == "warn") return DaemonLog::Level::warn;
  if (name == "error") return DaemonLog::Level::error;
  return DaemonLog::Level::info;
}

std::string daemon_log_time(std::int64_t unix_ns) {
  const std::time_t seconds = unix_ns / 1'000'000'000;
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[40];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &local);
  const long offset = local.tm_gmtoff / 60;
  std::string zone = "Z";
  if (offset != 0)
    zone = fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
  return std::string(text, length) + zone;
}

void DaemonLog::log(Level level, std::string_view text) {
  if (level >= least_) write_(fmt::format("[{}] {}", name_of(level), text));
}

void DaemonLog::starting(const Start& start) {
  log(Level::info, fmt::format("Initializing AWS X-Ray daemon {}", daemon_version));
  log(Level::debug, fmt::format("Listening on UDP {}", start.udp_address));
  log(Level::info, fmt::format("Using buffer memory limit of {} MB", start.buffer_mb));
  log(Level::info, fmt::format("{} segment buffers allocated", daemon_buffers(start.buffer_mb)));
  if (!start.proxy_address.empty()) log(Level::debug, fmt::format("Using proxy address: {}", start.proxy_address));
  log(Level::info, fmt::format("Using region: {}", start.region));
}

void DaemonLog::started(const Start& start) {
  log(Level::debug, fmt::format("ARN of the AWS resource running the daemon: {}", start.resource_arn));
  if (!start.local_mode) {  // no machine of EC2 answers here; what stands behind the colon is a [guess]
    log(Level::error,
        "Get instance id metadata failed: RequestError: send request failed\ncaused by: Get "
        "\"http://169.254.169.254/latest/meta-data/instance-id\": context deadline exceeded (Client.Timeout exceeded "
        "while awaiting headers)");
  }
  if (!start.endpoint.empty())
    log(Level::debug, fmt::format("Using Endpoint read from Config file: {}", start.endpoint));
  log(Level::info, fmt::format("HTTP Proxy server using X-Ray Endpoint : {}",
                               start.endpoint.empty() ? endpoint_of(start.region) : start.endpoint));
  log(Level::debug, "Telemetry initiated");
  log(Level::info, fmt::format("Starting proxy http server on {}", start.tcp_address));
  batch_size_ = std::min<std::uint64_t>(largest_batch, daemon_buffers(start.buffer_mb));
  log(Level::debug, fmt::format("Batch size: {}", batch_size_));
}

void DaemonLog::tcp_failed(std::string_view why) {
  log(Level::error, fmt::format("proxy http server failed to listen: {}", why));
}

void DaemonLog::add(const recording::Entry& entry, std::int64_t now_ns) {
  using recording::EntryKind;
  if (entry.kind == EntryKind::drops) {
    spilled_ += entry.total_bytes;
    return;
  }
  if (entry.kind != EntryKind::exchange || entry.door != daemon_door) return;
  if (entry.protocol == recording::Protocol::udp) return datagram(entry, now_ns);
  log(Level::debug, fmt::format("Received request on HTTP Proxy server : {}", entry.request().target));
}

void DaemonLog::datagram(const recording::Entry& entry, std::int64_t now_ns) {
  const auto parts = read_datagram(entry.body);
  if (parts.kind == DatagramKind::empty) return;
  ++received_;
  switch (parts.kind) {
    case DatagramKind::missing_header:
      log(Level::warn, fmt::format("Missing header: {}", parts.header));
      [[fallthrough]];
    case DatagramKind::missing_segment:
      return log(Level::warn, fmt::format("Missing header or segment: {}", parts.header));
    case DatagramKind::invalid_header:
      return log(Level::warn, fmt::format("Invalid header: {}", parts.header));
    case DatagramKind::empty:
    case DatagramKind::accepted:
      break;
  }
  if (sent_ns_ == INT64_MIN) sent_ns_ = now_ns;
  const bool was_refused = entry.effect == datagram_unprocessed || entry.effect == datagram_over_limit;
  batch_.push_back(was_refused ? refusal_line(entry, parts.document) : "");
  if (batch_.size() >= batch_size_) send(now_ns, "processor: sending complete batch");
}

// The daemon's timer of a second runs from one batch to the next, not from the first segment.
void DaemonLog::tick(std::int64_t now_ns) {
  telemetry(now_ns);
  if (batch_.empty() || now_ns - sent_ns_ < idle_ns) return;
  send(now_ns, "processor: sending partial batch");
}

void DaemonLog::send(std::int64_t now_ns, std::string_view why) {
  log(Level::debug, why);
  log(Level::debug, fmt::format("processor: segment batch size: {}. capacity: {}", batch_.size(), batch_size_));
  const auto refused = std::ranges::count_if(batch_, [](const auto& line) { return !line.empty(); });
  constexpr double seconds = 0;  // nothing is forwarded, so no call takes time
  if (refused == 0) {
    log(Level::info, fmt::format("Successfully sent batch of {} segments ({:1.3f} seconds)", batch_.size(), seconds));
  } else {
    log(Level::info, fmt::format("Sent batch of {} segments but had {} Unprocessed segments ({:1.3f} seconds)",
                                 batch_.size(), refused, seconds));
    for (const auto& line : batch_) {
      if (!line.empty()) log(Level::error, line);
    }
  }
  processed_ += batch_.size();
  batch_.clear();
  sent_ns_ = now_ns;
}

// Nothing goes out; these are the daemon's words for what it would have sent.
void DaemonLog::telemetry(std::int64_t now_ns) {
  if (telemetry_ns_ == INT64_MIN) telemetry_ns_ = now_ns;
  if (now_ns - telemetry_ns_ < telemetry_ns) return;
  telemetry_ns_ = now_ns;
  log(Level::debug, received_ == 0 ? "Skipped telemetry data as no segments found" : "Send 1 telemetry record(s)");
}

void DaemonLog::stopped(std::string_view signal, std::int64_t now_ns, std::int64_t unix_ns) {
  log(Level::info, fmt::format("Got shutdown signal: {}", signal));
  log(Level::debug, fmt::format("Shutdown Initiated. Current epoch in nanoseconds: {}", unix_ns));
  if (!batch_.empty()) send(now_ns, "processor: sending partial batch");
  log(Level::debug,
      fmt::format("Trace segment: received: {}, truncated: {}, processed: {}", received_, spilled_, processed_));
  log(Level::debug, fmt::format("Shutdown finished. Current epoch in nanoseconds: {}", unix_ns));
}

}  // namespace understudy::xray
