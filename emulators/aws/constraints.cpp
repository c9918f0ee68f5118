#include "aws/constraints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace understudy::aws {

namespace constraint {

std::string min_length(std::size_t n) { return fmt::format("Member must have length greater than or equal to {}", n); }
std::string max_length(std::size_t n) { return fmt::format("Member must have length less than or equal to {}", n); }
std::string min_value(std::int64_t n) { return fmt::format("Member must have value greater than or equal to {}", n); }
std::string max_value(std::int64_t n) { return fmt::format("Member must have value less than or equal to {}", n); }
std::string pattern(std::string_view expression) {
  return fmt::format("Member must satisfy regular expression pattern: {}", expression);
}
std::string one_of(std::string_view names) { return fmt::format("Member must satisfy enum value set: [{}]", names); }

}  // namespace constraint

void Violations::add(std::string_view value, std::string_view path, std::string_view constraint) {
  if (!full())
    add_sentence(fmt::format("Value '{}' at '{}' failed to satisfy constraint: {}", value, path, constraint));
}

void Violations::add_null(std::string_view path, std::string_view constraint) {
  if (!full()) add_sentence(fmt::format("Value null at '{}' failed to satisfy constraint: {}", path, constraint));
}

void Violations::add_unquoted(std::string_view path, std::string_view constraint) {
  if (!full()) add_sentence(fmt::format("Value at '{}' failed to satisfy constraint: {}", path, constraint));
}

void Violations::add_sentence(std::string sentence) { sentences_.push_back(std::move(sentence)); }

std::string Violations::message() const {
  return fmt::format("{} validation error{} detected: {}", sentences_.size(), sentences_.size() == 1 ? "" : "s",
                     fmt::join(sentences_, "; "));
}

}  // namespace understudy::aws
