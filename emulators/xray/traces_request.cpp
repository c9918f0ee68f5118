#include "xray/traces_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "xray/limits.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

constexpr std::int64_t kept_ns = std::int64_t{30} * 86'400 * 1'000'000'000;
constexpr std::size_t longest_trace_id = 35;  // [code: API model]
// A page of services or of periods [guess]: more than a client asks for that does not turn pages.
constexpr std::size_t most_items = 1000;

}  // namespace

Answer answered_later(LaterAnswer later) {
  Answer answer;
  answer.later = std::move(later);
  answer.read = true;
  return answer;
}

Sight sight_of(const XrayState& state, const Call& call) {
  return {call.scope, call.scope == state.daemon, state.lag_ns};
}

bool is_kept(const Trace& trace, const Sight& sight, const recording::Moment& moment) {
  const auto age_ns = moment.vendor_ns - trace.received_ns;
  return age_ns < kept_ns && (sight.lag_ns == 0 || age_ns >= sight.lag_ns);
}

std::vector<std::string> trace_ids(Members& members, std::size_t most) {
  std::vector<std::string> ids;
  const auto* array = members.array("TraceIds", Need::required);
  if (array == nullptr) return ids;
  if (array->size() > most) {
    members.violation("TraceIds", array->dump(), aws::constraint::max_length(most));  // the sentence is a [guess]
  }
  for (const auto& item : *array) {
    const auto id = item.is_string() ? item.get<std::string>() : std::string();
    if (id.empty() || id.size() > longest_trace_id) {
      members.violation("TraceIds", item.dump(), "Member must be a string of 1 to 35 characters");
    }
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

std::optional<std::size_t> page_begin(std::string_view token) {
  std::size_t begin = 0;
  if (token.empty()) return begin;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), begin);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  return begin;
}

nlohmann::json cut_page(nlohmann::json& list, std::size_t begin) {
  const auto size = list.size();
  const auto first = std::min(begin, size);
  const auto last = std::min(first + most_items, size);
  const auto at = [&](std::size_t number) { return list.begin() + static_cast<std::ptrdiff_t>(number); };
  list.erase(at(last), list.end());
  list.erase(list.begin(), at(first));
  return last < size ? nlohmann::json(std::to_string(last)) : nlohmann::json();
}

std::expected<Window, Answer> window_of(Members& members, std::int64_t longest_s) {
  constexpr auto any = std::numeric_limits<double>::max();
  const auto start = members.number("StartTime", -any, any, Need::required);
  const auto end = members.number("EndTime", -any, any, Need::required);
  if (auto refused = members.refusal()) return std::unexpected(std::move(*refused));
  const auto refuse = [&](std::string message) {
    auto finding = found(id::window_refused, "StartTime", fmt::format("{} to {}: {}", *start, *end, message));
    return std::unexpected(Answer::refusal(invalid_request(std::move(message)), std::move(finding)));
  };
  // All three sentences are a [guess]: no recording of one is known.
  if (*start > looks_like_milliseconds || *end > looks_like_milliseconds) return refuse("Times are epoch seconds");
  if (*start >= *end) return refuse("End time must be after start time");
  if (*end - *start > static_cast<double>(longest_s)) {
    return refuse(fmt::format("Time range cannot be longer than {} hours", longest_s / 3600));
  }
  return Window{*start, *end};
}

}  // namespace understudy::xray
