// What is demanded of one record, and why a record does not meet it, in the words of a person.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recording/filter.h"
#include "recording/record.h"

namespace understudy::contract {

class Traces;

enum class Type { text, integer, number, boolean, list, object };

std::string_view name_of(Type type);
std::optional<Type> type_named(std::string_view name);
// The names of all types, in order.
std::vector<std::string_view> type_names();

// A field that must be there, with a value of this type. An integer is a number too.
struct Typed {
  std::string field;
  Type type = Type::text;
};

// All of it must hold.
struct Requirements {
  std::vector<recording::Condition> conditions;
  std::vector<Typed> types;
  std::optional<recording::Filter> parent;  // the record's parent was recorded, and meets this
  std::optional<recording::Filter> child;   // a child of the record was recorded that meets this

  bool asks_for_relatives() const { return parent || child; }
  std::size_t size() const { return conditions.size() + types.size() + (parent ? 1 : 0) + (child ? 1 : 0); }
  bool empty() const { return size() == 0; }
  // How many hold, and a sentence for each that does not.
  recording::Nearness nearness(const recording::Record& record, const Traces& traces) const;
  std::string text() const;  // "name = "home", app.now is text and it is child of a span with kind = "SERVER""
};

// How a person names a field: "attribute app.result_length", "annotation key", "name".
std::string spoken(std::string_view field);
// Why the condition does not hold; empty if it does. "attribute app.result_length is 2, not 3"
std::string why_not(const recording::Condition& condition, const recording::Record& record);
std::string why_not(const Typed& typed, const recording::Record& record);
std::string why_no_child(const recording::Filter& parent, const recording::Record& record, const Traces& traces);
std::string why_no_parent(const recording::Filter& child, const recording::Record& record, const Traces& traces);
// All conditions that fail, joined; empty if it matches.
std::string why_not(const recording::Filter& filter, const recording::Record& record);

// One record in a few words: span "GET /" (default/7/0).
std::string sketch(const recording::Record& record);
// "1 span", "3 log events".
std::string counted(std::uint64_t count, std::string_view kind);
std::string plural(std::string_view kind);

}  // namespace understudy::contract
