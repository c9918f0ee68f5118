#include "contract/requirements.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "contract/traces.h"

namespace understudy::contract {

using nlohmann::ordered_json;
using recording::Condition;
using recording::Filter;
using recording::FilterOp;
using recording::Record;
using recording::shown;

namespace {

// In the order of Type.
constexpr std::string_view type_words[] = {"text", "integer", "number", "boolean", "list", "object"};

// Where fields stand, and what a person calls those that stand there.
struct Place {
  std::string_view prefix;
  std::string_view word;
};
constexpr Place places[] = {
    {"resource.attributes.", "resource attribute "},
    {"attributes.", "attribute "},
    {"annotations.", "annotation "},
    {"metadata.", "metadata "},
};

std::string_view kind_of_value(const ordered_json& value) {
  if (value.is_number()) return "number";
  if (value.is_boolean()) return "boolean";
  if (value.is_string()) return "text";
  return value.is_array() ? "list" : "object";
}

bool has_type(const ordered_json& value, Type type) {
  switch (type) {
    case Type::text:
      return value.is_string();
    case Type::integer:
      return value.is_number_integer();
    case Type::number:
      return value.is_number();
    case Type::boolean:
      return value.is_boolean();
    case Type::list:
      return value.is_array();
    case Type::object:
      return value.is_object();
  }
  return false;
}

std::string absent(const Record& record, std::string_view field, const std::string& wanted) {
  const std::string near = recording::near_field(record, field);
  const std::string hint = near.empty() ? "" : fmt::format(" (did you mean {}?)", spoken(near));
  return fmt::format("it has no {}{}, wanted {}", spoken(field), hint, wanted);
}

// What a condition wants of its field: "3", "> 3", "to exist".
std::string wanted(const Condition& condition) {
  switch (condition.op) {
    case FilterOp::equals:
      return shown(condition.value);
    case FilterOp::exists:
      return "one";
    case FilterOp::does_not_exist:
      return "none";
    default:
      return fmt::format("{} {}", name_of(condition.op), shown(condition.value));
  }
}

std::string says(const Condition& condition) {
  switch (condition.op) {
    case FilterOp::exists:
      return fmt::format("there is a {}", spoken(condition.field));
    case FilterOp::does_not_exist:
      return fmt::format("there is no {}", spoken(condition.field));
    default:
      return fmt::format("{} {} {}", spoken(condition.field), name_of(condition.op), shown(condition.value));
  }
}

std::string says(const Filter& filter) {
  std::vector<std::string> parts;
  for (const Condition& condition : filter.conditions()) parts.push_back(says(condition));
  return fmt::format("{}", fmt::join(parts, " and "));
}

}  // namespace

std::string_view name_of(Type type) { return type_words[static_cast<int>(type)]; }

std::optional<Type> type_named(std::string_view name) {
  const auto found = std::find(std::begin(type_words), std::end(type_words), name);
  if (found == std::end(type_words)) return std::nullopt;
  return static_cast<Type>(found - std::begin(type_words));
}

std::vector<std::string_view> type_names() { return {std::begin(type_words), std::end(type_words)}; }

std::string spoken(std::string_view field) {
  for (const Place& place : places) {
    if (field.starts_with(place.prefix)) return fmt::format("{}{}", place.word, field.substr(place.prefix.size()));
  }
  return std::string(field);
}

std::string why_not(const Condition& condition, const Record& record) {
  if (Filter({condition}).matches(record)) return "";
  ordered_json own;
  const ordered_json* value = find_field(record, condition.field, own);
  if (value == nullptr || value->is_null()) return absent(record, condition.field, wanted(condition));
  const std::string field = spoken(condition.field);
  if (condition.op == FilterOp::does_not_exist) return fmt::format("there is {}: {}", field, shown(*value));
  const bool other_type =
      !condition.value.is_array() && kind_of_value(*value) != kind_of_value(condition.value) && !value->is_array();
  if (other_type) {
    const std::string op = condition.op == FilterOp::equals ? "" : fmt::format("{} ", name_of(condition.op));
    return fmt::format("{} is the {} {}, wanted {}the {} {}", field, kind_of_value(*value), shown(*value), op,
                       kind_of_value(condition.value), shown(condition.value));
  }
  if (condition.op == FilterOp::equals)
    return fmt::format("{} is {}, not {}", field, shown(*value), shown(condition.value));
  return fmt::format("{} is {}, wanted {}", field, shown(*value), wanted(condition));
}

std::string why_not(const Typed& typed, const Record& record) {
  ordered_json own;
  const ordered_json* value = find_field(record, typed.field, own);
  if (value == nullptr || value->is_null()) {
    return absent(record, typed.field, fmt::format("one of type {}", name_of(typed.type)));
  }
  if (has_type(*value, typed.type)) return "";
  return fmt::format("{} is the {} {}, wanted a value of type {}", spoken(typed.field), kind_of_value(*value),
                     shown(*value), name_of(typed.type));
}

std::string why_not(const Filter& filter, const Record& record) {
  std::vector<std::string> parts;
  for (const Condition& condition : filter.conditions()) {
    if (std::string why = why_not(condition, record); !why.empty()) parts.push_back(std::move(why));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string why_no_child(const Filter& parent, const Record& record, const Traces& traces) {
  const TracePlace place = place_in_trace(record);
  if (place.id.empty()) return fmt::format("a {} has no parent", counted(1, record.kind).substr(2));
  if (place.parent.empty()) return "it is the root of its trace";
  const Record* found = traces.find(place.trace, place.parent);
  if (found == nullptr) return fmt::format("its parent {} was not recorded", place.parent);
  const std::string why = why_not(parent, *found);
  return why.empty() ? "" : fmt::format("its parent is the {}: {}", sketch(*found), why);
}

std::string why_no_parent(const Filter& child, const Record& record, const Traces& traces) {
  if (place_in_trace(record).id.empty()) return fmt::format("a {} has no children", counted(1, record.kind).substr(2));
  const auto children = traces.children_of(record);
  if (children.empty()) return "no child of it was recorded";
  const Record* nearest = nullptr;
  std::size_t most = 0;
  for (const auto& one : children) {
    if (child.matches(*one)) return "";
    const std::size_t met = child.count_met(*one);
    if (nearest != nullptr && met <= most) continue;
    nearest = one.get();
    most = met;
  }
  return fmt::format("none of its {} is meant; the nearest is the {}: {}", counted(children.size(), "child"),
                     sketch(*nearest), why_not(child, *nearest));
}

recording::Nearness Requirements::nearness(const Record& record, const Traces& traces) const {
  recording::Nearness nearness;
  const auto take = [&nearness](std::string why) {
    if (why.empty()) {
      ++nearness.met;
    } else {
      nearness.why.push_back(std::move(why));
    }
  };
  for (const Condition& condition : conditions) take(why_not(condition, record));
  for (const Typed& typed : types) take(why_not(typed, record));
  if (parent) take(why_no_child(*parent, record, traces));
  if (child) take(why_no_parent(*child, record, traces));
  return nearness;
}

std::string Requirements::text() const {
  std::vector<std::string> parts;
  for (const Condition& condition : conditions) parts.push_back(says(condition));
  for (const Typed& typed : types) parts.push_back(fmt::format("{} is {}", spoken(typed.field), name_of(typed.type)));
  if (parent) parts.push_back(fmt::format("it is a child of one where {}", says(*parent)));
  if (child) parts.push_back(fmt::format("it is the parent of one where {}", says(*child)));
  return fmt::format("{}", fmt::join(parts, " and "));
}

std::string sketch(const Record& record) {
  std::string kind = record.kind;
  std::replace(kind.begin(), kind.end(), '_', ' ');
  // What tells records of a kind apart, the first that is there.
  for (const char* field : {"name", "message", "title", "body.message.body", "body.trace.exception.class",
                            "body.trace_chain.0.exception.class", "RuleName", "GroupName"}) {
    ordered_json own;
    const ordered_json* value = find_field(record, field, own);
    if (value != nullptr && value->is_string())
      return fmt::format("{} {} ({})", kind, shown(*value), record_id(record));
  }
  return fmt::format("{} ({})", kind, record_id(record));
}

std::string plural(std::string_view kind) {
  std::string word(kind);
  std::replace(word.begin(), word.end(), '_', ' ');
  if (word.empty()) return "records";
  if (word == "child") return "children";
  return word.ends_with('s') ? word : word + 's';
}

std::string counted(std::uint64_t count, std::string_view kind) {
  if (count != 1) return fmt::format("{} {}", count, plural(kind));
  std::string word(kind.empty() ? "record" : kind);
  std::replace(word.begin(), word.end(), '_', ' ');
  return "1 " + word;
}

}  // namespace understudy::contract
