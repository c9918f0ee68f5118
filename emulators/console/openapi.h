// The control API described by itself.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace understudy::console {

// OpenAPI 3.1, made from the routing table and the schemas.
nlohmann::ordered_json openapi_document();

// JSON text: an object of schemas by name.
std::string_view schemas();

}  // namespace understudy::console
