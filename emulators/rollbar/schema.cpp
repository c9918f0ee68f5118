#include "rollbar/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>

#include "base/bytes.h"
#include "base/utf8.h"
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
  char mark = 0;                   // in the outline; 0: it does not count there
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
// What grouping.cpp, code_version_of() and the item index read has a mark.
constexpr Member frame_members[] = {{.name = "filename", .types = string, .required = true, .mark = 'f'},
                                    {.name = "lineno", .types = integer | null},
                                    {.name = "method", .types = string | null, .mark = 'm'},
                                    {.name = "code", .types = string | null},
                                    {.name = "context", .types = object | null},
                                    {.name = "locals", .types = object | null},
                                    {.name = "colno", .types = integer | null},
                                    {.name = "class_name", .types = string | null},
                                    {.name = "argspec", .types = array | null}};
constexpr Shape frame{frame_members};
constexpr Member exception_members[] = {{.name = "class", .types = string, .required = true, .mark = 'c'},
                                        {.name = "message", .types = string | null},
                                        {.name = "description", .types = string | null}};
constexpr Shape exception{exception_members};
constexpr Member trace_members[] = {
    {.name = "frames", .types = array, .required = true, .shape = &frame, .mark = 'F'},
    {.name = "exception", .types = object, .required = true, .shape = &exception, .mark = 'E'}};
constexpr Shape trace{trace_members};
constexpr Member message_members[] = {{.name = "body", .types = string, .required = true, .mark = 'b'}};
constexpr Shape message{message_members};
constexpr Member crash_report_members[] = {{.name = "raw", .types = string, .required = true, .mark = 'r'}};
constexpr Shape crash_report{crash_report_members};
// All five are documented as required, and rollbar-go's level "log" is none of the documented ones: what is missing is
// only noted.
constexpr Member telemetry_members[] = {{.name = "timestamp_ms", .types = integer | null},
                                        {.name = "level", .types = any},
                                        {.name = "type", .types = any},
                                        {.name = "source", .types = any},
                                        {.name = "body", .types = any}};
constexpr Shape telemetry{telemetry_members};
constexpr Member body_members[] = {
    {.name = "trace", .types = object | null, .shape = &trace, .mark = 'T'},
    {.name = "trace_chain", .types = array | null, .shape = &trace, .is_filled = true, .mark = 'C'},
    {.name = "message", .types = object | null, .shape = &message, .mark = 'M'},
    {.name = "crash_report", .types = object | null, .shape = &crash_report, .mark = 'R'},
    {.name = "telemetry", .types = array | null, .shape = &telemetry}};
constexpr std::size_t body_kinds = 4;  // the first of the above
constexpr Shape body{body_members};
constexpr Member person_members[] = {
    {.name = "id", .types = string | number | null, .required = true, .max_characters = 40},
    {.name = "username", .types = string | null, .max_characters = 255},
    {.name = "email", .types = string | null, .max_characters = 255}};
constexpr Shape person{person_members};
constexpr Member server_members[] = {{.name = "root", .types = any, .mark = 'o'},
                                     {.name = "code_version", .types = any, .mark = 'w'}};
constexpr Shape server{server_members};
constexpr Member javascript_members[] = {{.name = "code_version", .types = any, .mark = 'x'}};
constexpr Shape javascript{javascript_members};
constexpr Member client_members[] = {{.name = "javascript", .types = any, .shape = &javascript, .mark = 'J'}};
constexpr Shape client{client_members};
constexpr Member data_members[] = {
    {.name = "environment", .types = string | null, .max_characters = 255, .mark = 'e'},
    {.name = "body", .types = object, .required = true, .shape = &body, .mark = 'B'},
    {.name = "level", .types = string | null},
    {.name = "timestamp", .types = number | null},
    {.name = "code_version", .types = string | number | null, .max_characters = 40, .mark = 'v'},
    {.name = "platform", .types = string | null},
    {.name = "language", .types = string | null},
    {.name = "framework", .types = string | null},
    {.name = "context", .types = string, .max_characters = 255},
    {.name = "request", .types = object | null},
    {.name = "person", .types = object | null, .shape = &person},
    {.name = "server", .types = object | null, .shape = &server, .mark = 'S'},
    {.name = "client", .types = object | null, .shape = &client, .mark = 'K'},
    {.name = "fingerprint", .types = string | null, .mark = 'p'},  // a longer one is hashed
    {.name = "title", .types = string | null, .max_characters = 255},
    {.name = "uuid", .types = string | null, .max_characters = 36},
    {.name = "notifier", .types = object | null},
    {.name = "custom", .types = object | null}};
constexpr Shape data{data_members};
constexpr Member root_members[] = {{.name = "data", .types = object, .required = true, .shape = &data, .mark = 'D'}};
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

bool is_level(std::string_view text) { return std::ranges::find(levels, text) != std::end(levels); }

// rollbar-gem sends an empty person for a visitor who is nobody. [code] That it is accepted is a guess.
bool is_nobody(simdjson::dom::object members, const Shape& shape) { return &shape == &person && members.size() == 0; }

// What is in the list has a shape; what is of any type may be a list of anything.
bool has_shaped_items(const Member& member) { return member.shape != nullptr && (member.types & any) == 0; }

// ---- whether a payload is sound: no path is kept, and the first doubt ends it

constexpr std::uint32_t bit(std::size_t place) { return std::uint32_t{1} << place; }

class SoundWalk {
 public:
  bool object_of(simdjson::dom::object members, const Shape& shape) {
    if (is_nobody(members, shape)) return true;
    std::uint32_t present = 0, absent = 0;
    std::size_t next = 0;
    for (const auto [key, value] : members) {
      const std::size_t place = place_of(key, shape, next);
      if (place == shape.members.size()) continue;
      const element_type type = value.type();
      if ((present & bit(place)) != 0 || !value_of(value, type, shape.members[place])) return false;
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

  const Outline& outline() const { return outline_; }

 private:
  // Where the shape has that member; most objects have theirs in the shape's order.
  static std::size_t place_of(std::string_view key, const Shape& shape, std::size_t next) {
    if (next < shape.members.size() && is_name(key, shape.members[next].name)) return next;
    for (std::size_t i = 0; i < shape.members.size(); ++i) {
      if (is_name(key, shape.members[i].name)) return i;
    }
    return shape.members.size();
  }

  // As ==, without a call: names are compared some hundred times an item, and the table's are short.
  static bool is_name(std::string_view key, std::string_view name) {
    const std::size_t size = name.size();
    if (key.size() != size) return false;
    const auto same = [&]<typename Word>(Word, std::size_t at) {
      return load_little_endian<Word>(key.data() + at) == load_little_endian<Word>(name.data() + at);
    };
    if (size >= 8 && size <= 16) return same(std::uint64_t{}, 0) && same(std::uint64_t{}, size - 8);
    if (size >= 4 && size < 8) return same(std::uint32_t{}, 0) && same(std::uint32_t{}, size - 4);
    return key == name;
  }

  // The type is asked for once: a payload has some hundred values.
  bool value_of(element value, element_type type, const Member& member) {
    switch (type) {
      case element_type::STRING: {
        const std::string_view text = value.get_string().value_unsafe();
        if (member.mark != 0) outline_.add(member.mark, text);
        return (member.types & (string | any)) != 0 &&
               (member.max_characters == 0 || text.size() <= member.max_characters);
      }
      case element_type::INT64:
      case element_type::UINT64:
        if (member.mark != 0) number_of(value, type, member);
        return (member.types & (number | integer | any)) != 0;
      case element_type::OBJECT:
        if (member.mark != 0) outline_.add(member.mark);
        return (member.types & (object | any)) != 0 &&
               (member.shape == nullptr || object_of(value.get_object().value_unsafe(), *member.shape));
      case element_type::ARRAY:
        if (member.mark != 0) outline_.add(member.mark);
        return (member.types & (array | any)) != 0 && items_of(value.get_array().value_unsafe(), member);
      default:
        if (member.mark != 0) outline_.add(member.mark, without_text);
        return fits(value, member.types);
    }
  }

  bool items_of(simdjson::dom::array items, const Member& member) {
    if (!has_shaped_items(member)) return true;
    std::size_t count = 0;
    for (const element item : items) {
      if (member.mark != 0) outline_.add('i');
      if (!item.is_object() || !object_of(item.get_object().value_unsafe(), *member.shape)) return false;
      ++count;
    }
    return count > 0 || !member.is_filled;
  }

  // Of a code version its text is the same as that of a string, but not its mark.
  void number_of(element value, element_type type, const Member& member) {
    outline_.add(member.mark, a_number);
    outline_.add(member.mark, type == element_type::INT64 ? static_cast<std::uint64_t>(value.get_int64().value_unsafe())
                                                          : value.get_uint64().value_unsafe());
  }

  // No text is that long.
  static constexpr std::uint64_t a_number = std::uint64_t{1} << 40;
  static constexpr std::uint64_t without_text = std::uint64_t{1} << 41;

  Outline outline_;
};

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
    if (value->is_array() && has_shaped_items(member)) items_of(value->get_array().value_unsafe(), member);
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
    const std::size_t length = characters_in(text);
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

std::optional<Outline> outline_of(element root) {
  SoundWalk walk;
  if (!root.is_object() || !walk.object_of(root.get_object().value_unsafe(), root_shape)) return std::nullopt;
  return walk.outline();
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
