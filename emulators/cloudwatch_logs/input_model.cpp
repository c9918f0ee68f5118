// Checking an input against the service's model: every member, in the model's order.
#include <fmt/format.h>

#include "cloudwatch_logs/input.h"

namespace understudy::cloudwatch_logs {
namespace {

using model::Shape;
using model::ShapeType;
using nlohmann::ordered_json;

constexpr std::size_t longest_echo = 64 * 1024;
constexpr std::size_t longest_matched = 4096;

// A value as Java prints it: "[a, b]", "{k=v}", "MetricTransformation(metricName=m, unit=null)" [snapshot].
std::string java_text(const ordered_json& value, const Shape& shape) {
  if (value.is_null()) return "null";
  if (value.is_string()) return value.get<std::string>();
  std::string text;
  const auto add = [&](std::string_view part) {
    if (!text.empty()) text += ", ";
    text += part;
  };
  if (value.is_array() && shape.type == ShapeType::list) {
    const auto& each = model::shapes[model::members[shape.first_member].shape];
    for (const auto& one : value) {
      if (text.size() > longest_echo) break;
      add(java_text(one, each));
    }
    return fmt::format("[{}]", text);
  }
  if (value.is_object() && shape.type == ShapeType::map) {
    for (const auto& [key, one] : value.items())
      add(fmt::format("{}={}", key, one.is_string() ? one.get<std::string>() : one.dump()));
    return fmt::format("{{{}}}", text);
  }
  if (value.is_object() && shape.type == ShapeType::structure) {
    for (std::uint16_t i = 0; i < shape.member_count; ++i) {
      const auto& member = model::members[shape.first_member + i];
      const auto found = value.find(member.name);
      add(fmt::format("{}={}", member.name,
                      found == value.end() ? "null" : java_text(*found, model::shapes[member.shape])));
    }
    return fmt::format("{}({})", shape.name, text);
  }
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

struct Kind {
  std::string_view java;  // what the refusal of another JSON type calls it
  bool fits;
};

Kind kind_of(const ordered_json& value, const Shape& shape) {
  switch (shape.type) {
    case ShapeType::text:
      return {"String", value.is_string()};
    case ShapeType::integer:
      return {"Integer", value.is_number()};
    case ShapeType::long_integer:
      return {"Long", value.is_number()};
    case ShapeType::real:
      return {"Double", value.is_number()};
    case ShapeType::flag:
      return {"Boolean", value.is_boolean()};
    case ShapeType::list:
      return {"List", value.is_array()};
    case ShapeType::map:
      return {"Map", value.is_object()};
    case ShapeType::structure:
      break;
  }
  return {shape.name, value.is_object()};
}

bool is_name(const Shape& shape) { return shape.name == "LogGroupName" || shape.name == "LogStreamName"; }

}  // namespace

void Input::check_count(const std::string& path, const ordered_json& value, const Shape& shape) {
  const auto count = static_cast<std::int64_t>(value.size());
  if (count >= shape.min && count <= shape.max) return;
  if (violations_.empty()) violated_ = path;
  violations_.add(java_text(value, shape), path,
                  count < shape.min ? aws::constraint::min_length(static_cast<std::size_t>(shape.min))
                                    : aws::constraint::max_length(static_cast<std::size_t>(shape.max)));
}

void Input::check_members(const std::string& path, const ordered_json& value, const Shape& shape) {
  for (std::uint16_t i = 0; i < shape.member_count; ++i) {
    const auto& member = model::members[shape.first_member + i];
    const auto place = path.empty() ? std::string(member.name) : fmt::format("{}.{}", path, member.name);
    const auto found = value.find(member.name);
    if (found != value.end() && !found->is_null()) {
      check_shape(place, *found, model::shapes[member.shape]);
    } else if (member.required) {
      absent(place);
    }
  }
}

void Input::check_shape(const std::string& path, const ordered_json& value, const Shape& shape) {
  const auto kind = kind_of(value, shape);
  if (!kind.fits) {
    type_fault(path, value, kind.java);
    return;
  }
  switch (shape.type) {
    case ShapeType::text: {
      TextRule rule{static_cast<std::size_t>(std::max<std::int64_t>(shape.min, 0)),
                    static_cast<std::size_t>(shape.max)};
      rule.is_name = is_name(shape);
      rule.echoed = !path.starts_with("logGroupIdentifier");
      const auto text = value.get<std::string>();
      check(path, text, rule);
      check_pattern(path, text, shape);
      break;
    }
    case ShapeType::integer:
    case ShapeType::long_integer:
      number(path, value, shape.min, shape.max);
      break;
    case ShapeType::list: {
      const auto& each = model::shapes[model::members[shape.first_member].shape];
      for (std::size_t i = 0; i < value.size() && !violations_.full(); ++i) {
        const auto place = fmt::format("{}.{}.member", path, i + 1);
        if (value[i].is_null()) {
          absent(place);
        } else {
          check_shape(place, value[i], each);
        }
      }
      check_count(path, value, shape);
      break;
    }
    case ShapeType::map: {
      const auto& key_shape = model::shapes[model::members[shape.first_member].shape];
      const auto& value_shape = model::shapes[model::members[shape.first_member + 1].shape];
      for (const auto& [key, one] : value.items()) {
        check_shape(path, key, key_shape);
        const auto place = fmt::format("{}.{}.member", path, key);
        if (one.is_null()) {
          absent(place);
        } else {
          check_shape(place, one, value_shape);
        }
      }
      check_count(path, value, shape);
      break;
    }
    case ShapeType::structure:
      check_members(path, value, shape);
      break;
    case ShapeType::real:
    case ShapeType::flag:
      break;
  }
}

void Input::check_pattern(const std::string& path, const std::string& text, const Shape& shape) {
  if (!shape.names.empty() && !fmt::format(", {},", shape.names).contains(fmt::format(" {},", text))) {
    if (violations_.empty()) violated_ = path;
    violations_.add(text, path, aws::constraint::one_of(shape.names));
  }
  // A text that is too long was refused for that.
  if (shape.pattern.empty() || text.size() > longest_matched || model::matches(shape.pattern, text)) return;
  if (violations_.empty()) {
    violated_ = path;
    violated_value_ = text;
  }
  if (path.starts_with("logGroupIdentifier")) {
    violations_.add_unquoted(path, aws::constraint::pattern(shape.pattern));
  } else {
    violations_.add(text, path, aws::constraint::pattern(shape.pattern));
  }
}

std::optional<recording::Decision> Input::check_model() {
  const auto* shape = model::input_of(call_.operation);
  if (shape != nullptr && !unreadable_) check_members("", members_, *shape);
  return refusal();
}

}  // namespace understudy::cloudwatch_logs
