// Fields of a query string or of an application/x-www-form-urlencoded body.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace understudy::rollbar {

// The first field of that name, decoded; nothing if there is none.
std::optional<std::string> form_field(std::string_view form, std::string_view name);

}  // namespace understudy::rollbar
