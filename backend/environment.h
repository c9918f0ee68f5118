#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace cruddur {

/// The variables that the program was started with, or a test's own. A variable that is set but empty counts as unset:
/// compose files write `NAME=${NAME}` for what nobody exported.
class Environment {
 public:
  using Variables = std::map<std::string, std::string, std::less<>>;

  static Environment of_process();
  explicit Environment(Variables variables) : variables_(std::move(variables)) {}

  std::optional<std::string> get(std::string_view name) const;
  std::string get_or(std::string_view name, std::string_view fallback) const;
  /// A whole number from `least` to `most`; the error names the variable.
  std::expected<std::int64_t, std::string> number(std::string_view name, std::int64_t fallback, std::int64_t least,
                                                  std::int64_t most) const;
  /// `fallback` unless the variable is one of 1 true yes y t on, or 0 false no n f off.
  bool flag(std::string_view name, bool fallback) const;

 private:
  Variables variables_;
};

}  // namespace cruddur
