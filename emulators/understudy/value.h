// A value as it arrived: an attribute, a local variable, a whole document.
#pragma once

#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace understudy {

class Value {
 public:
  enum class Type { null, boolean, integer, number, text, list, object };
  using List = std::vector<Value>;
  using Object = std::vector<std::pair<std::string, Value>>;  // in the order of the document

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : value_(value) {}
  template <std::integral Integer>
    requires(!std::same_as<Integer, bool>)
  Value(Integer value) : value_(static_cast<std::int64_t>(value)) {}
  template <std::floating_point Number>
  Value(Number value) : value_(static_cast<double>(value)) {}
  Value(const char* text) : value_(std::string(text)) {}
  Value(std::string_view text) : value_(std::string(text)) {}
  Value(std::string text) : value_(std::move(text)) {}
  Value(List list) : value_(std::move(list)) {}
  Value(Object object) : value_(std::move(object)) {}

  Type type() const { return static_cast<Type>(value_.index()); }
  bool is_null() const { return type() == Type::null; }
  bool is_number() const { return type() == Type::integer || type() == Type::number; }
  bool is_text() const { return type() == Type::text; }

  // Of a value of another type: false, 0, "", an empty list or object. A number is cut to an integer.
  bool boolean() const;
  std::int64_t integer() const;
  double number() const;
  const std::string& text() const&;
  const List& list() const&;
  const Object& object() const&;

  // The member of that name, the element with that index; null if there is none.
  const Value& operator[](std::string_view name) const&;
  const Value& at(std::size_t index) const&;

  // Of a temporary, by value: `for (const Value& one : record.field("events").list())` is safe.
  std::string text() && { return text(); }
  List list() && { return list(); }
  Object object() && { return object(); }
  Value operator[](std::string_view name) && { return (*this)[name]; }
  Value at(std::size_t index) && { return at(index); }

  std::string json() const;

  // Numbers compare by value: 3 equals 3.0. Nothing else equals a value of another type.
  friend bool operator==(const Value& left, const Value& right);

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Object> value_;  // in the order of Type
};

std::ostream& operator<<(std::ostream& out, const Value& value);

}  // namespace understudy
