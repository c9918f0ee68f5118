#include "understudy/value.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "understudy/house.h"

namespace understudy {

namespace {

const Value nothing;
const std::string no_text;
const Value::List no_list;
const Value::Object no_object;

}  // namespace

bool Value::boolean() const {
  const bool* held = std::get_if<bool>(&value_);
  return held != nullptr && *held;
}

std::int64_t Value::integer() const {
  if (const auto* held = std::get_if<std::int64_t>(&value_)) return *held;
  const auto* held = std::get_if<double>(&value_);
  return held != nullptr && *held > -9.2e18 && *held < 9.2e18 ? static_cast<std::int64_t>(*held) : 0;
}

double Value::number() const {
  if (const auto* held = std::get_if<double>(&value_)) return *held;
  const auto* held = std::get_if<std::int64_t>(&value_);
  return held != nullptr ? static_cast<double>(*held) : 0;
}

const std::string& Value::text() const& {
  const auto* held = std::get_if<std::string>(&value_);
  return held != nullptr ? *held : no_text;
}

const Value::List& Value::list() const& {
  const auto* held = std::get_if<List>(&value_);
  return held != nullptr ? *held : no_list;
}

const Value::Object& Value::object() const& {
  const auto* held = std::get_if<Object>(&value_);
  return held != nullptr ? *held : no_object;
}

const Value& Value::operator[](std::string_view name) const& {
  for (const auto& [member, value] : object()) {
    if (member == name) return value;
  }
  return nothing;
}

const Value& Value::at(std::size_t index) const& { return index < list().size() ? list()[index] : nothing; }

std::string Value::json() const {
  return detail::to_json(*this).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

bool operator==(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number() && left.type() != right.type()) return left.number() == right.number();
  return left.value_ == right.value_;
}

std::ostream& operator<<(std::ostream& out, const Value& value) { return out << value.json(); }

namespace detail {

nlohmann::ordered_json to_json(const Value& value) {
  switch (value.type()) {
    case Value::Type::null:
      return nullptr;
    case Value::Type::boolean:
      return value.boolean();
    case Value::Type::integer:
      return value.integer();
    case Value::Type::number:
      return value.number();
    case Value::Type::text:
      return value.text();
    case Value::Type::list: {
      auto json = nlohmann::ordered_json::array();
      for (const Value& one : value.list()) json.push_back(to_json(one));
      return json;
    }
    case Value::Type::object: {
      auto json = nlohmann::ordered_json::object();
      for (const auto& [name, one] : value.object()) json[name] = to_json(one);
      return json;
    }
  }
  return nullptr;
}

Value from_json(const nlohmann::ordered_json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX) return json.get<double>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) {
    Value::List list;
    for (const auto& one : json) list.push_back(from_json(one));
    return list;
  }
  if (!json.is_object()) return nullptr;
  Value::Object object;
  for (const auto& [name, one] : json.items()) object.emplace_back(name, from_json(one));
  return object;
}

}  // namespace detail
}  // namespace understudy
