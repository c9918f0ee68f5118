// Filter patterns against messages: the first line is the pattern, the rest the message. Whatever comes, matching and
// extracting agree, and a refusal says why and where.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cloudwatch_logs/filter_pattern.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using understudy::cloudwatch_logs::FilterPattern;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(input.find('\n'), input.size());
  const auto text = input.substr(0, end);
  const auto message = input.substr(std::min(end + 1, input.size()));
  const auto pattern = FilterPattern::parse(text);
  if (!pattern) {
    require(!pattern.error().message.empty() && !pattern.error().reason.empty() &&
            pattern.error().offset <= text.size());
    return 0;
  }
  const auto values = pattern->extract(message);
  require(pattern->matches(message) == values.has_value());
  require(!pattern->matches_everything() || values.has_value());
  if (values) {
    for (const auto& [name, value] : *values) require(name.starts_with('$'));
  }
  static_cast<void>(pattern->value_of("$1", message));
  static_cast<void>(pattern->value_of("$.a[0]", message));
  return 0;
}
