#include "cloudwatch_logs/insights/json.h"

#include <fmt/format.h>

#include <charconv>

#include "base/json.h"
#include "cloudwatch_logs/message_json.h"

namespace understudy::cloudwatch_logs::insights {
namespace {

using simdjson::dom::element;

constexpr std::size_t most_fields = 200;  // of one event [docs]

std::optional<element> read_any(std::string_view text) {
  thread_local JsonReader reader;
  const auto root = reader.read(text);
  if (!root) return std::nullopt;
  return *root;
}

std::optional<element> child(element of, std::string_view name) {
  if (of.is_object()) return last_member(simdjson::dom::object(of), name);
  if (!of.is_array()) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  element item;
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  if (simdjson::dom::array(of).at(index).get(item) != simdjson::SUCCESS) return std::nullopt;
  return item;
}

// Members may have dots in their names: the longest name that fits wins.
std::optional<element> descend(element root, std::string_view path) {
  if (auto whole = child(root, path)) return whole;
  for (auto dot = path.rfind('.'); dot != std::string_view::npos && dot > 0; dot = path.rfind('.', dot - 1)) {
    if (const auto inner = child(root, path.substr(0, dot))) return descend(*inner, path.substr(dot + 1));
  }
  return std::nullopt;
}

// Booleans show as 1 and 0 [guess: queries such as `filter cold_start = 1` over JSON booleans].
Value scalar(element found) {
  if (found.is_string()) return Value::text(std::string(std::string_view(found)));
  if (found.is_bool()) return Value::truth(bool(found));
  // As text where a double would round.
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (found.is_int64()) {
    const auto number = std::int64_t(found);
    if (number < exact && number > -exact) return Value::number(static_cast<double>(number));
    return Value::text(fmt::to_string(number));
  }
  if (found.is_uint64()) return Value::text(fmt::to_string(std::uint64_t(found)));
  if (found.is_double()) return Value::number(double(found));
  return Value::missing();
}

struct LambdaField {
  std::string_view label;  // in the line
  std::string_view name;
  double factor;  // of numbers; 0: a text
};
// [docs: supported logs and discovered fields] Sizes are in bytes: the sample queries divide them by 1000 / 1000.
constexpr LambdaField lambda_fields[] = {
    {"RequestId: ", "@requestId", 0},
    {"\tDuration: ", "@duration", 1},
    {"\tBilled Duration: ", "@billedDuration", 1},
    {"\tMemory Size: ", "@memorySize", 1e6},
    {"\tMax Memory Used: ", "@maxMemoryUsed", 1e6},
    {"\tInit Duration: ", "@initDuration", 1},
    {"XRAY TraceId: ", "@xrayTraceId", 0},
    {"SegmentId: ", "@xraySegmentId", 0},
};
constexpr std::string_view lambda_types[] = {"START", "END", "REPORT"};

void for_each_of_lambda(std::string_view message, const std::function<void(std::string_view, const Value&)>& visit) {
  for (const auto type : lambda_types) {
    if (!message.starts_with(type) || !message.substr(type.size()).starts_with(" RequestId: ")) continue;
    visit("@type", Value::text(std::string(type)));
    for (const auto& field : lambda_fields) {
      const auto at = message.find(field.label);
      if (at == std::string_view::npos) continue;
      const auto rest = message.substr(at + field.label.size());
      const Value text = Value::text(std::string(rest.substr(0, rest.find_first_of(" \t\r\n"))));
      const auto number = text.as_number();
      if (field.factor == 0) {
        visit(field.name, text);
      } else if (number) {
        visit(field.name, Value::number(*number * field.factor));
      }
    }
  }
}

// The name of a member, whose own '@' is shown as two.
std::string_view member_name(std::string_view field) { return field.starts_with("@@") ? field.substr(1) : field; }

// False once there are enough.
bool flatten(element of, const std::string& name, std::size_t& count,
             const std::function<void(std::string_view, const Value&)>& visit) {
  const auto below = [&](std::string_view step) {
    return name.empty() ? std::string(step) : fmt::format("{}.{}", name, step);
  };
  if (of.is_object()) {
    for (const auto member : simdjson::dom::object(of)) {
      if (!flatten(member.value, below(member.key), count, visit)) return false;
    }
  } else if (of.is_array()) {
    std::size_t index = 0;
    for (const auto item : simdjson::dom::array(of)) {
      if (!flatten(item, below(fmt::to_string(index++)), count, visit)) return false;
    }
  } else if (const auto value = scalar(of); value.present()) {
    if (++count > most_fields) return false;
    visit(name.starts_with('@') ? '@' + name : name, value);
  }
  return true;
}

Value any(element found) {
  if (found.is_object() || found.is_array()) return Value::text(simdjson::minify(found));
  return scalar(found);
}

}  // namespace

std::vector<Value> discover(std::string_view message, std::span<const std::string> names) {
  std::vector<Value> values(names.size(), Value::missing());
  if (const auto root = read_object(message)) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i].starts_with('@') && !names[i].starts_with("@@")) continue;
      if (const auto found = descend(*root, member_name(names[i]))) values[i] = scalar(*found);
    }
    return values;
  }
  for_each_of_lambda(message, [&](std::string_view name, const Value& value) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) values[i] = value;
    }
  });
  return values;
}

void for_each_discovered(std::string_view message, const std::function<void(std::string_view, const Value&)>& visit) {
  std::size_t count = 0;
  if (const auto root = read_object(message)) {
    flatten(*root, "", count, visit);
  } else {
    for_each_of_lambda(message, visit);
  }
}

bool is_json(std::string_view text) { return read_any(text).has_value(); }

Value at_path(std::string_view json, std::string_view path) {
  const auto root = read_any(json);
  const auto found = root ? descend(*root, path) : std::nullopt;
  return found ? any(*found) : Value::missing();
}

std::vector<Value> items_of(std::string_view json) {
  const auto root = read_any(json);
  if (!root || !root->is_array()) return {Value::text(std::string(json))};
  std::vector<Value> items;
  for (const auto item : simdjson::dom::array(*root)) items.push_back(any(item));
  return items;
}

}  // namespace understudy::cloudwatch_logs::insights
