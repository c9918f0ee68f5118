// X-Ray's filter expressions as a tree [docs: developer guide, using filter expressions; the grammar between its
// examples is a guess].
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::xray {

enum class FilterKind : std::uint8_t {
  everything,  // the empty expression
  all,         // AND, also what merely stands side by side
  any,         // OR
  negation,
  flag,    // boolean keywords
  number,  // number keywords
  text,    // string keywords
  annotation,
  service,
  edge,
  root_cause,
  root_cause_json,
  group,  // replaced by the group's own expression before anything is matched
};

enum class FilterKeyword : std::uint8_t {
  none,
  // flags
  ok,
  error,
  throttle,
  fault,
  partial,
  inferred,
  first,
  last,
  remote,
  root,
  // numbers
  response_time,
  duration,
  status,
  index,
  coverage,
  // texts
  url,
  method,
  user_agent,
  client_ip,
  user,
  name,
  type,
  message,
  availability_zone,
  instance_id,
  resource_arn,
  // root causes
  fault_service,
  fault_entity,
  fault_exception,
  error_service,
  error_entity,
  error_exception,
  response_time_service,
  response_time_entity,
  response_time_exception,
  // groups
  group_name,
  group_arn,
};

enum class FilterOperator : std::uint8_t {
  exists,
  equal,
  unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  contains,
  begins_with,
  ends_with
};

// What names a service: service("a"), service(id(name: "a", type: "T")). Absent members: any.
struct FilterSelector {
  std::optional<std::string> name;
  std::optional<std::string> type;
  std::optional<std::string> account;
};

struct Filter {
  FilterKind kind = FilterKind::everything;
  FilterKeyword keyword = FilterKeyword::none;
  FilterOperator op = FilterOperator::exists;
  std::string key;               // of an annotation
  std::string text;              // the value as text; of a group: its name or ARN
  std::optional<double> number;  // the value if it is a number
  std::optional<bool> flag;      // the value if it is true or false
  FilterSelector from;           // of service and edge
  FilterSelector to;
  std::shared_ptr<const nlohmann::json> json;  // of rootcause.json
  std::vector<Filter> parts;                   // of all, any, negation; the expression in braces
  std::size_t position = 0;                    // in the text, in bytes
};

struct FilterError {
  std::size_t position = 0;  // in bytes
  std::size_t line = 1;      // from 1
  std::size_t column = 1;    // in characters, from 1
  std::string reason;        // "expected a value after =, but the expression ends"

  std::string text() const;  // "line 1, column 9: expected ..."
};

inline constexpr std::size_t deepest_filter = 64;  // parentheses, negations and braces within each other

std::expected<Filter, FilterError> parse_filter(std::string_view text);

// Replaces each group.name and group.arn by the expression that `find` gives for it; nothing: there is no such group.
// The error names the group.
using FindGroup = std::function<std::optional<std::string>(FilterKeyword by, std::string_view name_or_arn)>;
std::expected<Filter, std::string> with_groups(Filter filter, const FindGroup& find);

}  // namespace understudy::xray
