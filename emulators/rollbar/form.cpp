#include "rollbar/form.h"

#include <charconv>

namespace understudy::rollbar {

namespace {

// '+' is a space; a '%' without two hexadecimal digits stands for itself, as browsers and servers read it.
std::string decoded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr == text.data() + i + 3) {
      result += static_cast<char>(value);
      i += 2;
    } else {
      result += text[i] == '+' ? ' ' : text[i];
    }
  }
  return result;
}

}  // namespace

std::optional<std::string> form_field(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const std::string_view field = form.substr(0, form.find('&'));
    form.remove_prefix(field.size() + (field.size() < form.size() ? 1 : 0));
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos || decoded(field.substr(0, equals)) != name) continue;
    return decoded(field.substr(equals + 1));
  }
  return std::nullopt;
}

}  // namespace understudy::rollbar
