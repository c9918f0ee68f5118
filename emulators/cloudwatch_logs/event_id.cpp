#include "cloudwatch_logs/event_id.h"

#include <algorithm>

namespace understudy::cloudwatch_logs {
namespace {

__extension__ using Wide = unsigned __int128;

// 144 - 128: where the timestamp stands in the most significant word.
constexpr int timestamp_shift = 16;
// 56 digits hold a timestamp up to the year 2112.
constexpr std::int64_t largest_timestamp_ms = 4'484'155'085'839;

}  // namespace

EventId::EventId(std::int64_t timestamp_ms, std::uint64_t ordinal, std::uint64_t index)
    : words_{static_cast<std::uint64_t>(std::clamp<std::int64_t>(timestamp_ms, 0, largest_timestamp_ms))
                 << timestamp_shift,
             ordinal, index} {}

EventId EventId::last() { return {largest_timestamp_ms, ~std::uint64_t{0}, ~std::uint64_t{0}}; }

std::optional<EventId> EventId::parse(std::string_view text) {
  if (text.size() != digits) return std::nullopt;
  EventId id;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    auto carry = static_cast<std::uint64_t>(c - '0');
    for (auto word = id.words_.rbegin(); word != id.words_.rend(); ++word) {
      const Wide product = Wide{*word} * 10 + carry;
      *word = static_cast<std::uint64_t>(product);
      carry = static_cast<std::uint64_t>(product >> 64);
    }
  }
  return id;
}

std::string EventId::text() const {
  std::string decimal(digits, '0');
  auto words = words_;
  for (auto digit = decimal.rbegin(); digit != decimal.rend(); ++digit) {
    std::uint64_t remainder = 0;
    for (auto& word : words) {
      const Wide value = (Wide{remainder} << 64) | word;
      word = static_cast<std::uint64_t>(value / 10);
      remainder = static_cast<std::uint64_t>(value % 10);
    }
    *digit = static_cast<char>('0' + remainder);
  }
  return decimal;
}

EventId EventId::previous() const {
  EventId id = *this;
  if (id == EventId{}) return id;
  for (auto word = id.words_.rbegin(); word != id.words_.rend(); ++word) {
    if ((*word)-- != 0) break;
  }
  return id;
}

}  // namespace understudy::cloudwatch_logs
