#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace cruddur::telemetry {

/// Whether a member, header or query parameter of this name is a secret: the whole name counts, its case does not. The
/// list is pyrollbar's, and the headers that it lets through.
bool is_secret_name(std::string_view name);

/// Masks every secret member of a JSON value at any depth, and secrets within URLs in its strings.
void scrub(nlohmann::json& value);

/// Query parameters with secret names and the password before the host become dashes.
std::string scrub_url(std::string_view url);

}  // namespace cruddur::telemetry
