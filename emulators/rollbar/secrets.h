// What must not stand in a report, told from names and texts.
#pragma once

#include <string_view>

namespace understudy::rollbar {

// A key that is named like a secret: it contains password, token, cookie, authorization and the like, without case.
// [run: what pyrollbar's defaults leave unmasked]
bool is_secret_name(std::string_view name);

// One of the masks that notifiers write. [code: pyrollbar, rollbar.js, rollbar-gem, rollbar-go, rollbar-php]
bool is_mask(std::string_view value);

// What kind of credential the text holds ("a JSON web token"); empty if it holds none.
std::string_view credential_in(std::string_view text);

}  // namespace understudy::rollbar
