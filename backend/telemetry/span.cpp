#include "backend/telemetry/span.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

/// Lower case only, as the recommendation demands.
bool read_hex(std::string_view text, std::span<std::uint8_t> bytes) {
  if (text.size() != bytes.size() * 2 || text.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return false;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, bytes[i], 16);
  }
  return true;
}

}  // namespace

std::optional<SpanContext> parse_traceparent(std::string_view header) {
  header = trim(header);
  const auto parts = split(header, '-');
  SpanContext context;
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  const bool is_read = parts.size() >= 4 && read_hex(parts[0], version) && read_hex(parts[1], context.trace_id) &&
                       read_hex(parts[2], context.span_id) && read_hex(parts[3], flags);
  // A later version may add parts; version ff is none.
  if (!is_read || version[0] == 0xff || (version[0] == 0 && parts.size() != 4) || !context.is_valid()) {
    return std::nullopt;
  }
  context.is_sampled = (flags[0] & 1U) != 0;
  context.is_remote = true;
  return context;
}

std::string to_traceparent(const SpanContext& context) {
  return fmt::format("00-{}-{}-{}", to_hex(context.trace_id), to_hex(context.span_id),
                     context.is_sampled ? "01" : "00");
}

void set_attribute(Attributes& attributes, std::string_view name, AttributeValue value) {
  const auto found = std::ranges::find(attributes, name, &Attributes::value_type::first);
  if (found == attributes.end()) {
    attributes.emplace_back(name, std::move(value));
  } else {
    found->second = std::move(value);
  }
}

}  // namespace cruddur::telemetry
