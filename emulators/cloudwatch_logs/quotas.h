// What a session can set of this service; and rate quotas: how many calls of an operation an account has in a second,
// and what happens beyond.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace understudy::cloudwatch_logs {

// Operations that leave a trace in the state; those that only read are not counted.
inline constexpr std::size_t quota_count = 4;

struct Quota {
  std::string_view operation;
  std::string_view setting;
  std::uint32_t per_second;
  std::size_t index;
};
// Null if the operation has no quota here.
const Quota* quota_of(std::string_view operation);
const Quota& put_log_events_quota();

// {"quotas": "flag" | "enforce", "put_log_events_per_second": 5000, ..., "sequence_tokens": "ignore" | "require"}.
// Flagged calls are answered as if there were no quota, with one finding a second.
struct Settings {
  static std::expected<Settings, std::string> parse(const nlohmann::json& settings);

  bool enforced = false;
  bool sequence_tokens_required = false;                // as before January 2023
  std::array<std::uint32_t, quota_count> per_second{};  // 0: the quota's own
  std::uint32_t limit(const Quota& quota) const;
};

// Calls within the current second, of each operation with a quota.
class Rates {
 public:
  void count(const Quota& quota, std::int64_t time_ms);
  std::uint32_t seen(const Quota& quota, std::int64_t time_ms) const;
  std::string dump() const;

 private:
  struct Window {
    std::int64_t second = 0;
    std::uint32_t calls = 0;
  };
  std::array<Window, quota_count> windows_;
};

}  // namespace understudy::cloudwatch_logs
