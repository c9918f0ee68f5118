#include "cloudwatch_logs/transformers.h"

#include <fmt/format.h>

#include "cloudwatch_logs/objects.h"
#include "cloudwatch_logs/transform.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

// The text [guess].
constexpr Resource transformer{"transformer",        't', "",
                               "logGroupIdentifier", "",  "The specified transformer does not exist."};

// What no transformer may have is refused when it is put and when it is tested; what only this program lacks, when it
// is tested.
std::optional<recording::Decision> refuse_processors(const Call& call, const json& configuration, bool tested) {
  const auto fault = fault_of_transformer(configuration);
  if (!fault || (fault->not_built && !tested)) return std::nullopt;
  return refuse(
      call, invalid_parameter(fault->reason),
      finding(fault->not_built ? "transformer.not-built" : "transformer.processors", fault->place, fault->reason));
}

recording::Decision put(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  if (const auto refused = refuse_processors(call, without_nulls(*input.json("transformerConfig")), false)) {
    return *refused;
  }
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

// Where the message comes from is nowhere: copyValue finds the account and the region alone.
recording::Decision test(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const json configuration = without_nulls(*input.json("transformerConfig"));
  if (const auto refused = refuse_processors(call, configuration, true)) return *refused;
  const EventOrigin origin{"", "", call.place.account, call.place.region};
  auto logs = json::array();
  const auto& messages = *input.json("logEventMessages");
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto message = messages[i].get<std::string>();
    json log = {{"eventNumber", i + 1}, {"eventMessage", message}};
    if (auto made = transformed(configuration, message, origin)) log["transformedEventMessage"] = std::move(*made);
    logs.push_back(std::move(log));
  }
  return answer(call, json{{"transformedLogs", logs}}.dump(-1, ' ', false, json::error_handler_t::replace));
}

constexpr NamedOperation operations[] = {{"PutTransformer", put},
                                         {"GetTransformer", get},
                                         {"DeleteTransformer", delete_transformer},
                                         {"TestTransformer", test}};

}  // namespace

std::span<const NamedOperation> transformer_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
