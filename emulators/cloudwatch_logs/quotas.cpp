#include "cloudwatch_logs/quotas.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace understudy::cloudwatch_logs {
namespace {

// [docs: CloudWatch Logs quotas]; of PutLogEvents and CreateLogGroup today's numbers of large regions [guess].
constexpr Quota quotas[quota_count] = {{"PutLogEvents", "put_log_events_per_second", 5000, 0},
                                       {"CreateLogStream", "create_log_stream_per_second", 50, 1},
                                       {"CreateLogGroup", "create_log_group_per_second", 10, 2},
                                       {"DeleteLogGroup", "delete_log_group_per_second", 10, 3}};

}  // namespace

const Quota* quota_of(std::string_view operation) {
  const auto* found = std::ranges::find(quotas, operation, &Quota::operation);
  return found == std::end(quotas) ? nullptr : found;
}

const Quota& put_log_events_quota() { return quotas[0]; }

std::expected<Settings, std::string> Settings::parse(const nlohmann::json& settings) {
  Settings parsed;
  if (settings.is_null()) return parsed;
  if (!settings.is_object()) return std::unexpected("the settings are not an object");
  for (const auto& [name, value] : settings.items()) {
    const auto* quota = std::ranges::find(quotas, name, &Quota::setting);
    if (name == "quotas") {
      if (value != "flag" && value != "enforce") return std::unexpected("quotas is neither \"flag\" nor \"enforce\"");
      parsed.enforced = value == "enforce";
    } else if (name == "sequence_tokens") {
      if (value != "ignore" && value != "require") {
        return std::unexpected("sequence_tokens is neither \"ignore\" nor \"require\"");
      }
      parsed.sequence_tokens_required = value == "require";
    } else if (quota == std::end(quotas)) {
      return std::unexpected(fmt::format("{} is no setting; known are quotas, sequence_tokens, {}, {}, {}, {}", name,
                                         quotas[0].setting, quotas[1].setting, quotas[2].setting, quotas[3].setting));
    } else if (!value.is_number_integer() || value < 1 || value > 1'000'000) {
      return std::unexpected(fmt::format("{} is no number from 1 to 1000000", name));
    } else {
      parsed.per_second[quota->index] = value.get<std::uint32_t>();
    }
  }
  return parsed;
}

std::uint32_t Settings::limit(const Quota& quota) const {
  return per_second[quota.index] != 0 ? per_second[quota.index] : quota.per_second;
}

void Rates::count(const Quota& quota, std::int64_t time_ms) {
  auto& window = windows_[quota.index];
  const auto second = time_ms / 1000;
  if (window.second != second) window = {second, 0};
  ++window.calls;
}

std::uint32_t Rates::seen(const Quota& quota, std::int64_t time_ms) const {
  const auto& window = windows_[quota.index];
  return window.second == time_ms / 1000 ? window.calls : 0;
}

std::string Rates::dump() const {
  std::string text;
  for (const auto& quota : quotas) {
    const auto& window = windows_[quota.index];
    if (window.calls > 0)
      text += fmt::format("rate {} {} in second {}\n", quota.operation, window.calls, window.second);
  }
  return text;
}

}  // namespace understudy::cloudwatch_logs
