// One column: values of one type, each in the row where it was set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "query/chunk.h"
#include "query/dictionary.h"

namespace understudy::query {

enum class Type : std::uint8_t { string, floating, integer, boolean };
std::string_view name_of(Type type);  // "string", "float", "integer", "boolean"
std::optional<Type> type_named(std::string_view name);

// A value as it is written.
using Value = std::variant<std::string_view, std::int64_t, double, bool>;
Type type_of(const Value& value);

// A number as text, as short as it can be and still be read back.
std::string text_of(double number);
// The whole text as a number; nothing if it is none.
std::optional<double> number_of(std::string_view text);

// How a value stands in a column: the code of a text, an integer, the bits of a double, 0 or 1.
std::uint64_t bits_of(std::int64_t number);
std::uint64_t bits_of(double number);
double as_double(Type type, std::uint64_t bits);  // of a number column

class Column {
 public:
  Column(std::string name, Type type) : name_(std::move(name)), type_(type) {}

  const std::string& name() const { return name_; }
  Type type() const { return type_; }
  // When it came to be and when its last value came, unix nanoseconds; 0: never.
  std::int64_t created_ns() const { return created_ns_; }
  std::int64_t written_ns() const { return written_ns_; }
  std::size_t count() const { return count_; }

  // Known from this moment on, though nothing was written yet.
  void declare(std::int64_t moment_ns);
  // A value of another type is converted; what cannot be is left out. Rows ascend; of several values for one row the
  // first counts.
  void set(std::size_t row, const Value& value, Dictionary& texts, std::int64_t moment_ns);
  // Of one chunk of the table.
  void gather(std::size_t chunk, Rows rows, std::uint64_t* bits, std::uint8_t* present) const;
  // Changes the type of what is there and of what comes.
  void convert(Type type, Dictionary& texts);

  std::size_t bytes() const;

 private:
  void put(std::size_t row, std::uint64_t bits);
  std::uint64_t code_of(std::string_view text, Dictionary& texts);
  std::optional<std::uint64_t> bits_for(const Value& value, Dictionary& texts);

  std::string name_;
  Type type_;
  std::int64_t created_ns_ = 0;
  std::int64_t written_ns_ = 0;
  std::size_t count_ = 0;
  std::size_t next_row_ = 0;  // values may be set from this row on
  // Neighbouring rows often hold the same text.
  std::string_view last_text_;
  std::uint32_t last_code_ = 0;
  bool has_last_ = false;
  std::vector<Chunk> chunks_;
};

}  // namespace understudy::query
