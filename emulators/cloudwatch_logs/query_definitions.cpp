#include "cloudwatch_logs/query_definitions.h"

#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

// 1000 a region [docs: quotas]; the text [guess].
constexpr Resource query_definition{"query_definition",
                                    'q',
                                    "queryDefinitions",
                                    "queryDefinitionId",
                                    "",
                                    "The specified query definition does not exist.",
                                    1000};

recording::Decision put(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto given = input.text("queryDefinitionId");
  const auto& all = objects_of_kind(call.objects, query_definition.kind);
  if (given && !all.contains(*given)) return refuse_missing(call, query_definition, *given);
  if (!given && all.size() >= query_definition.most) return refuse_for_limit(call, "name", query_definition.most);
  const auto id = given ? *given : call.context.entropy.uuid("query definition");
  json item = {{"lastModified", call.now_ms()},
               {"queryDefinitionId", id},
               {"queryLanguage", input.text("queryLanguage").value_or("CWLI")}};
  copy_members(item, input, {"name", "queryString", "logGroupNames", "parameters"});
  return store(call, "", query_definition, id, item, {{"queryDefinitionId", id}});
}

recording::Decision describe(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto prefix = input.text("queryDefinitionNamePrefix").value_or("");
  const auto language = input.text("queryLanguage");
  Listed listed;
  for (auto& [id, item] : list_objects(call.objects, query_definition.kind)) {
    if (!item.value("name", "").starts_with(prefix) || (language && item["queryLanguage"] != *language)) continue;
    listed.emplace_back(id, std::move(item));
  }
  return answer_page(call, input, query_definition, listed, 1000);
}

recording::Decision delete_definition(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto id = input.text("queryDefinitionId").value_or("");
  if (find_object(call.objects, query_definition.kind, id) == nullptr) {
    return refuse_missing(call, query_definition, id);
  }
  return remove(call, "", query_definition, id, {{"success", true}});
}

constexpr NamedOperation operations[] = {
    {"PutQueryDefinition", put}, {"DescribeQueryDefinitions", describe}, {"DeleteQueryDefinition", delete_definition}};

}  // namespace

std::span<const NamedOperation> query_definition_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
