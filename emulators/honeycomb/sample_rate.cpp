#include "honeycomb/sample_rate.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/bytes.h"

namespace understudy::honeycomb {
namespace {

constexpr std::int64_t max_rate = std::numeric_limits<std::int32_t>::max();

std::int64_t bounded(double rate) {
  if (std::isnan(rate) || rate <= 0) return 1;
  const double rounded = std::floor(rate + 0.5);
  if (rounded >= static_cast<double>(max_rate)) return max_rate;
  return rounded < 1 ? 1 : static_cast<std::int64_t>(rounded);
}

// As Go's strconv.ParseFloat: no blanks, and what is beyond a double is no number.
std::optional<double> parse_float(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The part up to the separator, which `text` then begins behind.
std::string_view take_until(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

// The value of the member that starts with `prefix`, of a list with ';' between.
std::optional<std::string_view> member_of(std::string_view list, std::string_view prefix) {
  while (!list.empty()) {
    const std::string_view member = take_until(list, ';');
    if (member.starts_with(prefix)) return member.substr(prefix.size());
  }
  return std::nullopt;
}

std::optional<std::string_view> threshold_of(std::string_view trace_state) {
  for (std::string_view rest = trace_state; !rest.empty();) {
    const std::string_view entry = trim(take_until(rest, ','));
    if (entry.starts_with("ot=")) return member_of(entry.substr(3), "th:");
  }
  return member_of(trace_state, "th=");  // as it was written before the W3C's form
}

// 56 bits; digits that are left out are 0.
std::optional<std::uint64_t> parse_threshold(std::string_view hex) {
  constexpr std::size_t digits = 14;
  if (hex.empty() || hex.size() > digits) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  if (error != std::errc() || end != hex.data() + hex.size() || hex.front() == '-') return std::nullopt;
  return value << (4 * (digits - hex.size()));
}

}  // namespace

std::int64_t sample_rate_of(const FieldValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return bounded(static_cast<double>(*integer));
  if (const auto* number = std::get_if<double>(&value)) return bounded(*number);
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return bounded(parse_float(*text).value_or(0));
  }
  return 1;
}

std::optional<std::int64_t> sample_rate_of_trace_state(std::string_view trace_state, std::uint64_t random) {
  if (trace_state.empty()) return std::nullopt;
  const auto hex = threshold_of(trace_state);
  const auto threshold = hex ? parse_threshold(*hex) : std::nullopt;
  if (!threshold) return std::nullopt;
  constexpr double everything = 72057594037927936.0;  // 2^56
  const double rate = everything / (everything - static_cast<double>(*threshold));
  const double whole = std::floor(rate);
  if (rate > 100) return bounded(whole);
  const double share = static_cast<double>(random >> 11) * 0x1p-53;  // of [0, 1)
  return static_cast<std::int64_t>(share < rate - whole ? whole + 1 : whole);
}

}  // namespace understudy::honeycomb
