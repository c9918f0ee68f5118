// What an item must look like: a table of shapes, and the walk that holds a payload to it.
// Includes simdjson: for .cpp files only.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "rollbar/outline.h"

namespace understudy::rollbar {

struct Violation {
  std::string_view rule;       // id of the finding
  bool refuses = true;         // otherwise only noted
  std::vector<JsonStep> path;  // views into the payload and the table
  std::string text;            // in the service's words, without the full stop; of a note, in ours
};

// The outline of a payload about which there is nothing to say: one look at each member. Nearly every payload is so;
// what is wrong with another, the violations tell. (They may also be none: of two members with one name only they
// judge.)
std::optional<Outline> outline_of(simdjson::dom::element root);
inline bool is_sound(simdjson::dom::element root) { return outline_of(root).has_value(); }

// Of an accepted payload nothing, or notes. Not more than a hundred: a hostile payload has a million.
std::vector<Violation> violations(simdjson::dom::element root);

// "data.body.trace_chain[2].frames"
std::string path_text(const std::vector<JsonStep>& path);

}  // namespace understudy::rollbar
