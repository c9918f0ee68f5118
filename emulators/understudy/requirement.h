// Something demanded of a record. The matchers are made of these, and these are the project's contracts underneath.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/query.h"
#include "understudy/records.h"

namespace understudy {

class Requirement {
 public:
  // A condition with an operator or value that makes no sense throws std::invalid_argument, in one line.
  static Requirement that(const Condition& condition);
  static Requirement all_of(const std::vector<Condition>& conditions);
  // The parent was recorded, and meets all of these.
  static Requirement parent(const std::vector<Condition>& conditions);
  // A child was recorded that meets all of these.
  static Requirement child(const std::vector<Condition>& conditions);

  bool holds(const Record& record) const;
  std::string why_not(const Record& record) const;  // "attribute app.result_length is 2, not 3"; empty if it holds
  std::string text() const;                         // "attribute app.result_length = 3"

 private:
  struct Held;
  explicit Requirement(std::shared_ptr<const Held> held) : held_(std::move(held)) {}
  std::shared_ptr<const Held> held_;
};

namespace detail {

// The command that shows a record's bytes; `failed` says, when the capture goes away, whether it is worth saving.
std::string show_command(const Record& record, bool (*failed)());
std::string show_command(const Entry& entry, bool (*failed)());
// The field as a person names it: "attribute app.result_length".
std::string spoken(std::string_view path);
// The name among these that was probably meant; empty if none is near.
std::string nearest(std::string_view written, const std::vector<std::string>& names);

}  // namespace detail

}  // namespace understudy
