// Filters over records, in the words of query builders for events: a field, an operator, a value.
//
// A field is a path into the record's fields ("duration_ms", "attributes.http.route", "body.trace.frames.0.lineno"):
// it descends greedily, so that keys with dots in them need no quoting. The path is looked for
//   1. in the fields,
//   2. among the record's own members: vendor, kind, id, entry, time, session ("record.kind" names only those),
//   3. below "attributes", 4. below "resource.attributes", 5. below "data".
// Values compare within their type: numbers with numbers by value (3 = 3.0), strings with strings by bytes. What has
// another type does not match, and neither does a field that is absent or null, but for does-not-exist.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/input_error.h"
#include "recording/record.h"

namespace understudy::recording {

enum class FilterOp : std::uint8_t {
  equals,
  differs,
  greater,
  at_least,
  less,
  at_most,
  starts_with,
  does_not_start_with,
  ends_with,
  does_not_end_with,
  exists,
  does_not_exist,
  contains,
  does_not_contain,
  in,
  not_in,
};

std::string_view name_of(FilterOp op);  // "=", "starts-with", ...

struct Condition {
  std::string field;
  FilterOp op = FilterOp::exists;
  nlohmann::ordered_json value;  // null where the operator takes none

  std::string text() const;  // "duration_ms > 100"
};

// How near a record came to a filter: for "the nearest miss".
struct Nearness {
  std::size_t met = 0;           // conditions
  std::vector<std::string> why;  // a sentence for each condition that failed
};

// Conditions that must all hold; an empty filter matches everything. Immutable: any thread.
class Filter {
 public:
  // [{"field": "name", "op": "=", "value": "GET /"}, ...]; the error names the condition and its member.
  static std::expected<Filter, InputError> from_json(const nlohmann::json& conditions);
  // One condition as written on a command line: "name = GET /". The value is read as JSON where it is JSON, else it
  // is text; after in and not-in it may be a list with commas.
  static std::expected<Condition, InputError> condition_from_text(std::string_view text);

  Filter() = default;
  explicit Filter(std::vector<Condition> conditions) : conditions_(std::move(conditions)) {}

  bool matches(const Record& record) const;
  std::size_t count_met(const Record& record) const;  // conditions
  Nearness nearness(const Record& record) const;
  const std::vector<Condition>& conditions() const { return conditions_; }
  nlohmann::ordered_json to_json() const;
  std::string text() const;  // "name = \"GET /\" and duration_ms > 100"

 private:
  std::vector<Condition> conditions_;
};

// The value at a path of a record; null if there is none. `own` is where a value of the record's own members is made.
const nlohmann::ordered_json* find_field(const Record& record, std::string_view path, nlohmann::ordered_json& own);

// For those who explain: a value as text, cut where it is long; and the path of the record that was probably meant,
// empty if none is near.
std::string shown(const nlohmann::ordered_json& value);
std::string near_field(const Record& record, std::string_view written);

}  // namespace understudy::recording
