// Every route of the table is documented, and every documented route answers.
#include "console/openapi.h"

#include <set>

#include "console/routes.h"
#include "tests/console/fixture.h"

namespace understudy::console {
namespace {

using nlohmann::ordered_json;

void gather_references(const ordered_json& json, std::set<std::string>& found) {
  if (json.is_object() && json.contains("$ref")) found.insert(json["$ref"].get<std::string>());
  if (!json.is_structured()) return;
  for (const auto& [name, value] : json.items()) gather_references(value, found);
}

using OpenApi = ConsoleTest;

TEST_F(OpenApi, IsServed) { EXPECT_EQ(get("/v1/openapi.json"), openapi_document()); }

TEST_F(OpenApi, DocumentsEveryRoute) {
  const ordered_json document = openapi_document();
  std::size_t documented = 0;
  for (const auto& [path, methods] : document["paths"].items()) documented += methods.size();
  EXPECT_EQ(documented, routes().size());
  for (const Route& route : routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    const auto& operation = document["paths"][std::string(route.path)][method];
    EXPECT_EQ(operation["summary"], route.summary) << route.path;
    EXPECT_TRUE(operation["responses"].contains(std::to_string(route.success))) << route.path;
    EXPECT_EQ(operation.contains("requestBody"), !route.takes.empty()) << route.path;
  }
}

TEST_F(OpenApi, EveryReferenceLeadsToASchemaAndEverySchemaIsUsed) {
  const ordered_json document = openapi_document();
  std::set<std::string> references;
  gather_references(document, references);
  for (const auto& [name, schema] : document["components"]["schemas"].items()) {
    EXPECT_EQ(references.erase("#/components/schemas/" + name), 1) << name;
  }
  EXPECT_TRUE(references.empty()) << *references.begin();
}

TEST_F(OpenApi, EveryParameterOfARouteIsDescribed) {
  for (const Route& route : routes()) {
    std::istringstream names{std::string(route.parameters)};
    for (std::string name; names >> name;) {
      const bool known =
          std::any_of(parameters().begin(), parameters().end(), [&](const Parameter& one) { return one.name == name; });
      EXPECT_TRUE(known) << route.path << ' ' << name;
    }
  }
}

// What each route is asked with; bodies that their schema allows.
ordered_json example_of(std::string_view schema) {
  if (schema == "NewSession") return {{"name", "example"}};
  if (schema == "NewFault") return {{"count", 1}};
  if (schema == "Wait") return {{"count", {{"at_least", 0}}}};
  if (schema == "Driven") return {{"method", "GET"}, {"url", "http://x"}, {"status", 200}};
  return ordered_json::object();
}

TEST_F(OpenApi, EveryDocumentedRouteAnswersAsDocumented) {
  const ordered_json document = openapi_document();
  send({{"records", {{{"kind", "span"}}}}});
  ask("POST", "/v1/sessions", R"({"name":"gone"})");
  for (const Route& route : routes()) {
    std::string path(route.path);
    if (const auto at = path.find("{n}"); at != std::string::npos) path.replace(at, 3, "1");
    if (const auto at = path.find("{name}"); at != std::string::npos) path.replace(at, 6, "gone");
    const std::string body = route.takes.empty() ? "" : example_of(route.takes).dump();
    const auto answer = ask(route.method, path, body);
    EXPECT_EQ(answer->answer.status, route.success) << route.method << ' ' << path << ' ' << answer->answer.body;
    const bool is_schema = route.gives.find('/') == std::string_view::npos;
    const std::string type = is_schema ? "application/json" : std::string(route.gives);
    EXPECT_THAT(answer->header("Content-Type"), ::testing::StartsWith(type)) << path;
    if (!is_schema) continue;
    const ordered_json reply = answer->json();
    const auto& schema = document["components"]["schemas"][std::string(route.gives)];
    if (!schema.contains("required")) continue;
    for (const auto& member : schema["required"]) {
      EXPECT_TRUE(reply.contains(member.get<std::string>())) << path << ' ' << member;
    }
  }
}

}  // namespace
}  // namespace understudy::console
