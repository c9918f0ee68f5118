#include "rollbar/schema.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <span>

#include "rollbar/rules.h"

namespace understudy::rollbar {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t most_violations = 100;

enum Type : unsigned { object = 1, array = 2, string = 4, number = 8, integer = 16, null = 32, any = 64 };

struct Shape;

struct Member {
  std::string_view name;
  unsigned types;  // the first of the enumeration that is set is the one that the service names
  bool required = false;
  std::size_t max_characters = 0;  // 0: no limit
  const Shape* shape = nullptr;    // of the object, or of the array's items
};

struct Shape {
  std::span<const Member> members;
};

// What is refused is kept to what the service was seen to refuse or documents as required: real notifiers send odd but
// accepted things (uuids that are not RFC 4122, timestamps with fractions, ids that are numbers, null names).
// [docs: Create an item] [snapshot: the issues named in rules.cpp]
// In the order of how often they come: a payload has many frames.
constexpr Member frame_members[] = {
    {"filename", string, true}, {"lineno", integer | null},    {"method", string | null},
    {"code", string | null},    {"context", object | null},    {"locals", object | null},
    {"colno", integer | null},  {"class_name", string | null}, {"argspec", array | null}};
constexpr Shape frame{frame_members};
constexpr Member exception_members[] = {
    {"class", string, true}, {"message", string | null}, {"description", string | null}};
constexpr Shape exception{exception_members};
constexpr Member trace_members[] = {{"frames", array, true, 0, &frame}, {"exception", object, true, 0, &exception}};
constexpr Shape trace{trace_members};
constexpr Member message_members[] = {{"body", string, true}};
constexpr Shape message{message_members};
constexpr Member crash_report_members[] = {{"raw", string, true}};
constexpr Shape crash_report{crash_report_members};
constexpr Member telemetry_members[] = {{"timestamp_ms", integer | null}};
constexpr Shape telemetry{telemetry_members};
constexpr Member body_members[] = {{"trace", object | null, false, 0, &trace},
                                   {"trace_chain", array | null, false, 0, &trace},
                                   {"message", object | null, false, 0, &message},
                                   {"crash_report", object | null, false, 0, &crash_report},
                                   {"telemetry", array | null, false, 0, &telemetry}};
constexpr std::size_t body_kinds = 4;  // the first of the above
constexpr Shape body{body_members};
constexpr Member person_members[] = {{"id", string | number | null, true, 40},
                                     {"username", string | null, false, 255},
                                     {"email", string | null, false, 255}};
constexpr Shape person{person_members};
constexpr Member data_members[] = {{"environment", string | null, false, 255},
                                   {"body", object, true, 0, &body},
                                   {"level", string | null},
                                   {"timestamp", number | null},
                                   {"code_version", string | number | null, false, 40},
                                   {"platform", string | null},
                                   {"language", string | null},
                                   {"framework", string | null},
                                   {"context", string, false, 255},
                                   {"request", object | null},
                                   {"person", object | null, false, 0, &person},
                                   {"server", object | null},
                                   {"client", object | null},
                                   {"fingerprint", string | null, false, 40},
                                   {"title", string | null, false, 255},
                                   {"uuid", string | null, false, 36},
                                   {"notifier", object | null},
                                   {"custom", object | null}};
constexpr Shape data{data_members};
constexpr Member root_members[] = {{"data", object, true, 0, &data}};
constexpr Shape root_shape{root_members};

constexpr std::string_view levels[] = {"critical", "error", "warning", "info", "debug"};
constexpr std::size_t most_members = std::size(data_members);
static_assert(most_members <= 32);

bool is_whole(double value) { return std::nearbyint(value) == value; }

bool fits(element value, unsigned types) {
  switch (value.type()) {
    case element_type::OBJECT:
      return (types & (object | any)) != 0;
    case element_type::ARRAY:
      return (types & (array | any)) != 0;
    case element_type::STRING:
      return (types & (string | any)) != 0;
    case element_type::INT64:
    case element_type::UINT64:
      return (types & (number | integer | any)) != 0;
    case element_type::DOUBLE:
      return (types & (number | any)) != 0 || ((types & integer) != 0 && is_whole(value.get_double().value_unsafe()));
    case element_type::NULL_VALUE:
      return (types & (null | any)) != 0;
    case element_type::BOOL:
      return (types & any) != 0;
  }
  return false;
}

std::string_view type_name(unsigned types) {
  constexpr std::string_view names[] = {"object", "array", "string", "number", "integer", "null"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    if ((types & (1U << i)) != 0) return names[i];
  }
  return "any";
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

class Walk {
 public:
  std::vector<Violation> take(element root) {
    if (root.is_object()) {
      object_of(root.get_object().value_unsafe(), root_shape);
    } else {
      add(rule::item_missing_key, "data is a required property");
    }
    return std::move(found_);
  }

 private:
  // The members of an object that its shape knows, by their place there. Of several with one name the last counts.
  struct Values {
    std::array<element, most_members> value;
    unsigned present = 0;  // a bit each

    bool has(std::size_t i) const { return (present >> i & 1U) != 0; }
  };

  void add(std::string_view rule, std::string text, bool refuses = true) {
    if (found_.size() < most_violations) found_.push_back({rule, refuses, path_, std::move(text)});
  }

  void object_of(simdjson::dom::object members, const Shape& shape) {
    Values values;
    for (const auto member : members) {
      for (std::size_t i = 0; i < shape.members.size(); ++i) {
        if (shape.members[i].name != member.key) continue;
        values.value[i] = member.value;
        values.present |= 1U << i;
        break;
      }
    }
    for (std::size_t i = 0; i < shape.members.size(); ++i) {
      if (!values.has(i) && !shape.members[i].required) continue;
      path_.emplace_back(shape.members[i].name);
      member_of(values.has(i) ? &values.value[i] : nullptr, shape.members[i]);
      path_.pop_back();
    }
    if (&shape == &body) one_kind(values);
    if (&shape == &data) known_level(values);
  }

  void member_of(const element* value, const Member& member) {
    if (value == nullptr) {
      if (member.required) missing();
      return;
    }
    if (!fits(*value, member.types)) return wrong_type(member.types);
    if (member.max_characters != 0 && value->is_string()) length_of(value->get_string().value_unsafe(), member);
    if (member.shape == nullptr) return;
    if (value->is_object()) object_of(value->get_object().value_unsafe(), *member.shape);
    if (value->is_array()) items_of(value->get_array().value_unsafe(), member);
  }

  void items_of(simdjson::dom::array items, const Member& member) {
    std::size_t index = 0;
    for (const element item : items) {
      if (found_.size() == most_violations) return;
      path_.emplace_back(index++);
      if (item.is_object()) {
        object_of(item.get_object().value_unsafe(), *member.shape);
      } else {
        wrong_type(object);
      }
      path_.pop_back();
    }
    // The rule is documented, its wording is not on record. [guess]
    if (index == 0 && member.name == "trace_chain") {
      add(rule::item_missing_key, path_text(path_) + " should NOT have fewer than 1 items");
    }
  }

  // Three wordings are on record, this is the newest. [snapshot 2022]
  void missing() {
    if (path_.size() == 2 && std::get<std::string_view>(path_.back()) == "body") {
      return add(rule::item_body_kinds,
                 "data.body must not be undefined. Instead, it should be an object with a "
                 "'message', 'trace', 'trace_chain', or 'crash_report' key");  // [snapshot 2016]
    }
    add(rule::item_missing_key, path_text(path_) + " is a required property");
  }

  // [snapshot 2018 to 2020]
  void wrong_type(unsigned types) {
    add(rule::item_wrong_type, fmt::format("{} should be {}", path_text(path_), type_name(types)));
  }

  void length_of(std::string_view text, const Member& member) {
    if (text.size() <= member.max_characters) return;
    const std::size_t length = characters(text);
    if (length <= member.max_characters) return;
    add(rule::item_too_long, fmt::format("{} characters, at most {} are kept", length, member.max_characters), false);
  }

  // [snapshot 2016 to 2017: rollbar.js #388, pyrollbar #201]
  void one_kind(const Values& values) {
    std::size_t kinds = 0;
    for (std::size_t i = 0; i < body_kinds; ++i) kinds += values.has(i) && !values.value[i].is_null() ? 1 : 0;
    if (kinds == 1) return;
    add(rule::item_body_kinds,
        "data.body must have either a 'trace', 'trace_chain', 'message' or 'crash_report' "
        "property, (but not more than one)");
  }

  // That it is refused is documented, the wording is the schema checker's usual one. [guess]
  void known_level(const Values& values) {
    constexpr std::size_t level = 2;
    static_assert(data_members[level].name == "level");
    if (!values.has(level) || !values.value[level].is_string()) return;
    for (const std::string_view known : levels) {
      if (values.value[level].get_string().value_unsafe() == known) return;
    }
    path_.emplace_back("level");
    add(rule::item_unknown_level, "data.level should be equal to one of the allowed values");
    path_.pop_back();
  }

  std::vector<JsonStep> path_;
  std::vector<Violation> found_;
};

}  // namespace

std::vector<Violation> violations(element root) { return Walk().take(root); }

std::string path_text(const std::vector<JsonStep>& path) {
  std::string text;
  for (const JsonStep& step : path) {
    if (std::holds_alternative<std::size_t>(step)) {
      text += fmt::format("[{}]", std::get<std::size_t>(step));
    } else {
      if (!text.empty()) text += '.';
      text += std::get<std::string_view>(step);
    }
  }
  return text;
}

}  // namespace understudy::rollbar
