// The sentence in which AWS says that members of a request break its model:
// "2 validation errors detected: Value '' at 'a' failed to satisfy constraint: ...; Value null at 'b' failed ...".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::aws {

namespace constraint {
inline constexpr std::string_view not_null = "Member must not be null";
std::string min_length(std::size_t n);
std::string max_length(std::size_t n);
std::string min_value(std::int64_t n);
std::string max_value(std::int64_t n);
std::string pattern(std::string_view expression);
std::string one_of(std::string_view names);  // "A, B", in the server's order
}  // namespace constraint

class Violations {
 public:
  // AWS lists ten and stops [snapshot].
  static constexpr std::size_t listed = 10;

  void add(std::string_view value, std::string_view path, std::string_view constraint);
  void add_null(std::string_view path, std::string_view constraint = constraint::not_null);
  // For members whose value AWS does not repeat: "Value at 'logGroupIdentifier' failed ...".
  void add_unquoted(std::string_view path, std::string_view constraint);

  bool empty() const { return sentences_.empty(); }
  bool full() const { return sentences_.size() >= listed; }
  std::string message() const;

 private:
  void add_sentence(std::string sentence);
  std::vector<std::string> sentences_;
};

}  // namespace understudy::aws
