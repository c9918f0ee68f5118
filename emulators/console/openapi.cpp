#include "console/openapi.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/version.h"
#include "console/routes.h"

namespace understudy::console {

using nlohmann::ordered_json;

namespace {

ordered_json reference(std::string_view schema) { return {{"$ref", fmt::format("#/components/schemas/{}", schema)}}; }

ordered_json json_of(std::string_view schema) { return {{"application/json", {{"schema", reference(schema)}}}}; }

// A schema's name, or a media type.
ordered_json content_of(std::string_view gives) {
  if (gives.find('/') == std::string_view::npos) return json_of(gives);
  return {{std::string(gives), ordered_json::object()}};
}

ordered_json parameters_of(const Route& route) {
  ordered_json list = ordered_json::array();
  for (std::size_t at = route.path.find('{'); at != std::string_view::npos; at = route.path.find('{', at + 1)) {
    const std::string_view name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
    list.push_back({{"name", name},
                    {"in", "path"},
                    {"required", true},
                    {"schema", {{"type", name == "n" ? "integer" : "string"}}}});
  }
  for (const Parameter& one : parameters()) {
    if (!takes_parameter(route, one.name)) continue;
    list.push_back(
        {{"name", one.name}, {"in", "query"}, {"description", one.description}, {"schema", {{"type", one.type}}}});
  }
  return list;
}

ordered_json operation_of(const Route& route) {
  ordered_json operation = {{"summary", route.summary}, {"parameters", parameters_of(route)}};
  if (!route.takes.empty()) operation["requestBody"] = {{"required", true}, {"content", json_of(route.takes)}};
  operation["responses"][std::to_string(route.success)] = {{"description", "as asked"},
                                                           {"content", content_of(route.gives)}};
  operation["responses"]["default"] = {{"description", "what is wrong, and how to mend it"},
                                       {"content", json_of("Error")}};
  return operation;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(c | 0x20);  // letters only
  return result;
}

}  // namespace

ordered_json openapi_document() {
  ordered_json document = {{"openapi", "3.1.0"},
                           {"info",
                            {{"title", "Understudy control API"},
                             {"version", version},
                             {"description", "Sessions, records, waits and faults of the local fakes."}}}};
  for (const Route& route : routes()) {
    document["paths"][std::string(route.path)][lower(route.method)] = operation_of(route);
  }
  document["components"]["schemas"] = ordered_json::parse(schemas());
  return document;
}

}  // namespace understudy::console
