#include "backend/environment.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "backend/text.h"

namespace cruddur {

Environment Environment::of_process() {
  Variables variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) {
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return Environment(std::move(variables));
}

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto found = variables_.find(name);
  if (found == variables_.end() || found->second.empty()) {
    return std::nullopt;
  }
  return found->second;
}

std::string Environment::get_or(std::string_view name, std::string_view fallback) const {
  return get(name).value_or(std::string(fallback));
}

std::expected<std::int64_t, std::string> Environment::number(std::string_view name, std::int64_t fallback,
                                                             std::int64_t least, std::int64_t most) const {
  const auto text = get(name);
  if (!text) {
    return fallback;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < least || value > most) {
    return std::unexpected(fmt::format("{} is '{}'; set it to a whole number from {} to {}", name, *text, least, most));
  }
  return value;
}

bool Environment::flag(std::string_view name, bool fallback) const {
  constexpr std::array yes{"1", "true", "yes", "y", "t", "on"};
  constexpr std::array no{"0", "false", "no", "n", "f", "off"};
  const auto text = to_lower(get_or(name, ""));
  if (std::ranges::find(yes, text) != yes.end()) {
    return true;
  }
  return std::ranges::find(no, text) == no.end() && fallback;
}

}  // namespace cruddur
