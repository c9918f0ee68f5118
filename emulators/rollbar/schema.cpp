#include "rollbar/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>

#include "rollbar/rules.h"

namespace understudy::rollbar {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t most_violations = 100;
constexpr std::size_t most_notes = 20;  // so that notes leave room for what refuses

enum Type : unsigned { object = 1, array = 2, string = 4, number = 8, integer = 16, null = 32, any = 64 };

struct Shape;

struct Member {
  std::string_view name;
  unsigned types;  // the first of the enumeration that is set is the one that the service names
  bool required = false;
  std::size_t max_characters = 0;  // 0: no limit
  const Shape* shape = nullptr;    // of the object, or of the array's items
  bool is_filled = false;          // an array of at least one item
};

struct Shape {
  std::span<const Member> members;
  std::uint32_t required = 0;  // a bit each

  constexpr explicit Shape(std::span<const Member> of) : members(of) {
    for (std::size_t i = 0; i < of.size(); ++i) required |= of[i].required ? 1U << i : 0;
  }
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
// All five are documented as required, and rollbar-go's level "log" is none of the documented ones: what is missing is
// only noted.
constexpr Member telemetry_members[] = {
    {"timestamp_ms", integer | null}, {"level", any}, {"type", any}, {"source", any}, {"body", any}};
constexpr Shape telemetry{telemetry_members};
constexpr Member body_members[] = {{"trace", object | null, false, 0, &trace},
                                   {"trace_chain", array | null, false, 0, &trace, true},
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
                                   {"fingerprint", string | null},  // a longer one is hashed
                                   {"title", string | null, false, 255},
                                   {"uuid", string | null, false, 36},
                                   {"notifier", object | null},
                                   {"custom", object | null}};
constexpr Shape data{data_members};
constexpr Member root_members[] = {{"data", object, true, 0, &data}};
constexpr Shape root_shape{root_members};

constexpr std::string_view levels[] = {"critical", "error", "warning", "info", "debug"};
constexpr std::size_t level_place = 2;
static_assert(data_members[level_place].name == "level");
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

bool is_level(std::string_view text) { return std::ranges::find(levels, text) != std::end(levels); }

// rollbar-gem sends an empty person for a visitor who is nobody. [code] That it is accepted is a guess.
bool is_nobody(simdjson::dom::object members, const Shape& shape) { return &shape == &person && members.size() == 0; }

// ---- whether a payload is sound: no path is kept, and the first doubt ends it

constexpr std::uint32_t bit(std::size_t place) { return std::uint32_t{1} << place; }

bool object_is_sound(simdjson::dom::object members, const Shape& shape);

bool items_are_sound(simdjson::dom::array items, const Member& member) {
  if (member.shape == nullptr) return true;
  std::size_t count = 0;
  for (const element item : items) {
    if (!item.is_object() || !object_is_sound(item.get_object().value_unsafe(), *member.shape)) return false;
    ++count;
  }
  return count > 0 || !member.is_filled;
}

// The type is asked for once: a payload has some hundred values.
inline bool value_is_sound(element value, element_type type, const Member& member) {
  switch (type) {
    case element_type::STRING:
      return (member.types & (string | any)) != 0 &&
             (member.max_characters == 0 || value.get_string().value_unsafe().size() <= member.max_characters);
    case element_type::INT64:
    case element_type::UINT64:
      return (member.types & (number | integer | any)) != 0;
    case element_type::OBJECT:
      return (member.types & (object | any)) != 0 &&
             (member.shape == nullptr || object_is_sound(value.get_object().value_unsafe(), *member.shape));
    case element_type::ARRAY:
      return (member.types & (array | any)) != 0 && items_are_sound(value.get_array().value_unsafe(), member);
    default:
      return fits(value, member.types);
  }
}

// Where the shape has that member; most objects have theirs in the shape's order.
std::size_t place_of(std::string_view key, const Shape& shape, std::size_t next) {
  if (next < shape.members.size() && shape.members[next].name == key) return next;
  for (std::size_t i = 0; i < shape.members.size(); ++i) {
    if (shape.members[i].name == key) return i;
  }
  return shape.members.size();
}

bool object_is_sound(simdjson::dom::object members, const Shape& shape) {
  if (is_nobody(members, shape)) return true;
  std::uint32_t present = 0, absent = 0;
  std::size_t next = 0;
  for (const auto [key, value] : members) {
    const std::size_t place = place_of(key, shape, next);
    if (place == shape.members.size()) continue;
    const element_type type = value.type();
    if ((present & bit(place)) != 0 || !value_is_sound(value, type, shape.members[place])) return false;
    present |= bit(place);
    if (type == element_type::NULL_VALUE) absent |= bit(place);
    if (place == level_place && &shape == &data && type == element_type::STRING &&
        !is_level(value.get_string().value_unsafe())) {
      return false;
    }
    next = place + 1;
  }
  if ((present & shape.required) != shape.required) return false;
  if (&shape == &body) return std::popcount(present & ~absent & (bit(body_kinds) - 1)) == 1;
  return &shape != &telemetry || present == bit(std::size(telemetry_members)) - 1;
}

// ---- what is wrong with one

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
    if (!refuses && ++notes_ > most_notes) return;
    if (found_.size() < most_violations) found_.push_back({rule, refuses, path_, std::move(text)});
  }

  void object_of(simdjson::dom::object members, const Shape& shape) {
    if (is_nobody(members, shape)) return;
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
    if (&shape == &telemetry) whole_event(values);
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
    if (index == 0 && member.is_filled) {
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

  void whole_event(const Values& values) {
    for (std::size_t i = 0; i < std::size(telemetry_members); ++i) {
      if (values.has(i)) continue;
      path_.emplace_back(telemetry_members[i].name);
      add(rule::item_telemetry, "it is missing", false);
      path_.pop_back();
    }
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
    if (!values.has(level_place) || !values.value[level_place].is_string()) return;
    if (is_level(values.value[level_place].get_string().value_unsafe())) return;
    path_.emplace_back("level");
    add(rule::item_unknown_level, "data.level should be equal to one of the allowed values");
    path_.pop_back();
  }

  std::vector<JsonStep> path_;
  std::vector<Violation> found_;
  std::size_t notes_ = 0;
};

}  // namespace

bool is_sound(element root) {
  return root.is_object() && object_is_sound(root.get_object().value_unsafe(), root_shape);
}

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
