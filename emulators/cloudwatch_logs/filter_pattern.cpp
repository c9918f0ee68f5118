#include "cloudwatch_logs/filter_pattern.h"

#include <fmt/format.h>

#include "cloudwatch_logs/filter_pattern_dialects.h"
#include "cloudwatch_logs/members.h"

namespace understudy::cloudwatch_logs {

std::expected<FilterPattern, FilterPatternError> FilterPattern::parse(std::string_view text) {
  // Bounds how deep parentheses go, for callers that did not ask the operation's model first.
  if (utf16_length(text) > filter_pattern.max) {
    return std::unexpected(FilterPatternError{"Invalid filter pattern", "longer than 1,024 characters", 0});
  }
  pattern::Reader reader(text);
  reader.skip_space();
  const bool blank = reader.at_end();
  pattern::DialectPointer dialect;
  if (reader.here() == '{') {
    dialect = pattern::read_json(reader);
  } else if (reader.here() == '[') {
    dialect = pattern::read_fields(reader);
  } else {
    dialect = pattern::read_terms(reader);
  }
  if (dialect) {
    reader.skip_space();
    if (!reader.at_end()) reader.fail("the pattern goes on behind its closing bracket");
  }
  if (reader.error()) return std::unexpected(*reader.error());
  dialect->blank = blank;
  dialect->with_regex = reader.has_regex();
  return FilterPattern(std::move(dialect));
}

bool FilterPattern::matches_everything() const { return dialect_->blank; }

bool FilterPattern::matches(std::string_view message) const { return dialect_->matches(message); }

std::optional<FilterPattern::Values> FilterPattern::extract(std::string_view message) const {
  return dialect_->extract(message);
}

std::optional<std::string> FilterPattern::value_of(std::string_view reference, std::string_view message) const {
  return dialect_->value_of(reference, message);
}

bool FilterPattern::has_regex() const { return dialect_->with_regex; }

}  // namespace understudy::cloudwatch_logs
