// The named values of a request's body, however they are wrapped: JSON, a form, or multipart.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "recording/request.h"

namespace understudy::rollbar {

// An object. Forms give strings; of several values with one name the first counts in a form, the last in JSON. Nothing
// where the body begins like JSON or multipart, and is none. The content type does not count, as with items:
// rollbar-gem sends JSON as a form. [code]
std::optional<nlohmann::ordered_json> read_fields(const recording::Request& request);

// Empty where the member is absent or no string.
std::string text_field(const nlohmann::ordered_json& fields, const char* name);

}  // namespace understudy::rollbar
