// The service's own model of the inputs of its operations, and what an input breaks of it.
//
// The rows stand in model_table.cpp, which scripts/cloudwatch-logs-model writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace understudy::cloudwatch_logs::model {

enum class ShapeType : std::uint8_t { text, integer, long_integer, real, flag, list, map, structure };

inline constexpr std::int64_t no_min = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t no_max = std::numeric_limits<std::int64_t>::max();

struct Shape {
  std::string_view name;
  ShapeType type;
  std::int64_t min;  // of a text's or list's length, of a number's value
  std::int64_t max;
  std::string_view pattern;  // as the error prints it; empty: none
  std::string_view names;    // of an enumeration, "A, B"; empty: it is none
  std::uint16_t first_member;
  std::uint16_t member_count;
};

// Of a list there is one, the element; of a map there are two, key and value.
struct Member {
  std::string_view name;
  std::uint16_t shape;
  bool required;
};

struct OperationInput {
  std::string_view operation;
  std::uint16_t shape;
};

extern const Shape shapes[];
extern const Member members[];
extern const OperationInput inputs[];
extern const std::size_t input_count;

// The input of that operation; null if the table does not have it.
const Shape* input_of(std::string_view operation);

// Whether the whole text is of the pattern; for texts of a few thousand characters at most.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace understudy::cloudwatch_logs::model
