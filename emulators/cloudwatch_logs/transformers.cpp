#include "cloudwatch_logs/transformers.h"

#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

// The text [guess].
constexpr Resource transformer{"transformer",        't', "",
                               "logGroupIdentifier", "",  "The specified transformer does not exist."};

recording::Decision put(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  json item = {{"creationTime", call.now_ms()},
               {"lastModifiedTime", call.now_ms()},
               {"logGroupIdentifier", group_arn(call, found->name)}};
  if (const auto* old = find_object(found->group->objects, transformer.kind, "")) {
    item["creationTime"] = json::parse(*old)["creationTime"];
  }
  copy_members(item, input, {"transformerConfig"});
  auto decision = store(call, found->name, transformer, "", item);
  decision.findings.push_back(
      finding("input.ignored", "transformerConfig", "the transformer is stored; events are not transformed here"));
  return decision;
}

recording::Decision get(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  const auto* stored = find_object(found->group->objects, transformer.kind, "");
  if (stored == nullptr) return refuse_missing(call, transformer, found->name);
  return answer(call, *stored);
}

recording::Decision delete_transformer(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto found = group_of(call, input);
  if (!found) return found.error();
  if (find_object(found->group->objects, transformer.kind, "") == nullptr) {
    return refuse_missing(call, transformer, found->name);
  }
  return remove(call, found->name, transformer, "");
}

constexpr NamedOperation operations[] = {
    {"PutTransformer", put}, {"GetTransformer", get}, {"DeleteTransformer", delete_transformer}};

}  // namespace

std::span<const NamedOperation> transformer_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
