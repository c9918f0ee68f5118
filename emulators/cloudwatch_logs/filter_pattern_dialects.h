// The three dialects of filter patterns, for filter_pattern.cpp alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cloudwatch_logs/filter_pattern.h"
#include "cloudwatch_logs/filter_pattern_reader.h"

namespace understudy::cloudwatch_logs {

class FilterPattern::Dialect {
 public:
  virtual ~Dialect() = default;
  virtual bool matches(std::string_view message) const = 0;
  virtual std::optional<Values> extract(std::string_view message) const = 0;
  virtual std::optional<std::string> value_of(std::string_view reference, std::string_view message) const = 0;

  bool blank = false;
  bool with_regex = false;
};

namespace pattern {

using DialectPointer = std::unique_ptr<FilterPattern::Dialect>;

// Null where the reader failed.
DialectPointer read_terms(Reader& reader);
DialectPointer read_fields(Reader& reader);
DialectPointer read_json(Reader& reader);

}  // namespace pattern
}  // namespace understudy::cloudwatch_logs
