// Filter patterns: what FilterLogEvents, metric and subscription filters, TestMetricFilter and live tail select events
// by.
//
// Three dialects, told apart by the first character: terms (`ERROR -"out of"`), fields that spaces part
// (`[ip, ..., status = 4*]`) and JSON (`{ $.status >= 500 && $.user NOT EXISTS }`) [docs: filter and pattern syntax].
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy::cloudwatch_logs {

struct FilterPatternError {
  std::string message;  // as the service words it, in an InvalidParameterException
  std::string reason;   // for a person: what is wrong
  std::size_t offset;   // in the pattern, in bytes
};

// Cheap to copy; a const object may be used by several threads.
class FilterPattern {
 public:
  using Values = std::vector<std::pair<std::string, std::string>>;

  static std::expected<FilterPattern, FilterPatternError> parse(std::string_view text);

  bool matches_everything() const;  // the blank pattern
  bool matches(std::string_view message) const;
  // What TestMetricFilter calls extractedValues: "$name" and "$3" of fields, "$.path" of the JSON selectors that the
  // pattern uses, none of terms. Nothing if the message does not match.
  std::optional<Values> extract(std::string_view message) const;
  // What a metric's value or dimension names in a message that matched: "$.path" of a JSON pattern, "$name" or "$3" of
  // a field pattern. Nothing where the message has no such scalar.
  std::optional<std::string> value_of(std::string_view reference, std::string_view message) const;
  // The service takes five patterns with regular expressions a group.
  bool has_regex() const;

  class Dialect;

 private:
  explicit FilterPattern(std::shared_ptr<const Dialect> dialect) : dialect_(std::move(dialect)) {}

  std::shared_ptr<const Dialect> dialect_;
};

}  // namespace understudy::cloudwatch_logs
