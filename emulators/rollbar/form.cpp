#include "rollbar/form.h"

#include "base/percent.h"

namespace understudy::rollbar {

std::optional<std::string> form_field(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const std::string_view field = form.substr(0, form.find('&'));
    form.remove_prefix(field.size() + (field.size() < form.size() ? 1 : 0));
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos || percent_decode(field.substr(0, equals), true) != name) continue;
    return percent_decode(field.substr(equals + 1), true);
  }
  return std::nullopt;
}

}  // namespace understudy::rollbar
