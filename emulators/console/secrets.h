// Keys and tokens in what is shown of a request: masked, unless somebody asks for them.
//
// A mask has the length of what it hides, so that offsets of findings and lengths of bodies stay true.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace understudy::console {

// The first four characters of a long secret, nothing of a short one; the rest is '*'.
std::string masked(std::string_view secret);

// A request's head: the values of headers that carry secrets, and of such parameters in the target.
std::string mask_head(std::string_view head);
std::string mask_target(std::string_view target);
std::string mask_header(std::string_view name, std::string_view value);

// Text members such as "access_token": "..." in a body, wherever they stand; the bytes need not be JSON.
std::string mask_body(std::string_view body);
// The same for a body in a content coding, which cannot be masked in place: whether it holds something to hide.
bool hides_secrets(std::string_view coding, std::string_view body);

// Every string below a member whose name tells a key, a token or a secret.
void mask_members(nlohmann::ordered_json& json);

}  // namespace understudy::console
