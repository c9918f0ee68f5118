// Occurrences ("instances" in the API): listed, shown as they are stored, deleted. [docs: Occurrences]
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "rollbar/address.h"
#include "rollbar/effect.pb.h"
#include "rollbar/enumerations.h"
#include "rollbar/members.h"
#include "rollbar/payload.h"
#include "rollbar/read_api.h"
#include "rollbar/replies.h"

namespace understudy::rollbar {

namespace {

using nlohmann::ordered_json;
using recording::Answer;
using recording::Context;
using recording::Entry;

constexpr std::size_t occurrences_a_page = 20;
constexpr std::uint64_t most_a_page = 5000;

void put_address(ordered_json& data, std::string_view peer) {
  if (!data.contains("request") || !data["request"].is_object()) return;
  ordered_json& request = data["request"];
  if (!request.contains("user_ip")) return;
  if (request["user_ip"] == "$remote_ip") request["user_ip"] = address_of(peer);
  if (request["user_ip"] == "$remote_ip_anonymize") request["user_ip"] = anonymized(address_of(peer));
}

// What a stored occurrence has that was not sent: the time of arrival in place of the client's, which moves into the
// metadata. [snapshot: docs page Webhooks; pyrollbar #341]
void put_metadata(ordered_json& data, const Entry& entry) {
  const std::int64_t milliseconds = entry.moment.vendor_ns / 1'000'000;
  ordered_json metadata = ordered_json::object();
  if (data.contains("timestamp") && data["timestamp"].is_number()) metadata["customer_timestamp"] = data["timestamp"];
  metadata["timestamp_ms"] = milliseconds;
  metadata["access_token"] = "";
  metadata["api_server_hostname"] = "understudy";
  metadata["debug"] = {{"routes", {{"start_time", milliseconds}, {"counters", {{"post_item", 1}}}}}};
  data["timestamp"] = milliseconds / 1000;
  data["metadata"] = std::move(metadata);
}

std::uint64_t number_in(const ordered_json& frame, const char* name) {
  const auto found = frame.find(name);
  return found != frame.end() && found->is_number_integer() && *found >= 0 ? found->get<std::uint64_t>() : 0;
}

void unwind_frames(ordered_json& trace, const Unwinder& unwinder) {
  if (!trace.is_object() || !trace.contains("frames") || !trace["frames"].is_array()) return;
  for (ordered_json& frame : trace["frames"]) {
    if (!frame.is_object() || !frame.contains("filename") || !frame["filename"].is_string()) continue;
    const auto place = unwinder.place(frame["filename"].get_ref<const std::string&>(), number_in(frame, "lineno"),
                                      number_in(frame, "colno"));
    if (!place) continue;
    frame["filename"] = place->file;
    frame["lineno"] = place->line;
    frame["colno"] = place->column;
    if (!place->name.empty()) frame["method"] = place->name;
  }
}

void unwind(ordered_json& data, const Unwinder& unwinder) {
  if (!unwinder.has_maps() || !data.contains("body") || !data["body"].is_object()) return;
  ordered_json& body = data["body"];
  if (body.contains("trace")) unwind_frames(body["trace"], unwinder);
  if (body.contains("trace_chain") && body["trace_chain"].is_array()) {
    for (ordered_json& trace : body["trace_chain"]) unwind_frames(trace, unwinder);
  }
}

// Of a report that the service makes itself little more than its title is known.
ordered_json system_data(const Item& item, const Entry& entry) {
  ordered_json data = {{"environment", item.environment},
                       {"level", level_name(item.level)},
                       {"framework", "rollbar-system"},
                       {"body", {{"message", {{"body", item.title}}}}}};
  put_metadata(data, entry);
  return data;
}

ordered_json stored_data(const ItemIndex& index, const Item& item, const Entry& entry, std::uint32_t place) {
  thread_local JsonReader reader;
  std::string storage;
  const auto payload = read_payload(entry.request(), reader, storage);
  const MaybeElement sent = payload ? data_of(*payload, place) : std::nullopt;
  if (!sent) return ordered_json::object();
  ordered_json data = to_ordered_json(*sent);
  Effect effect;
  (void)effect.ParseFromString(entry.effect);
  const bool is_batched = place < static_cast<std::uint32_t>(effect.batch_size());
  data["uuid"] = is_batched ? effect.batch(static_cast<int>(place)).uuid() : effect.uuid();
  if (!data.contains("framework") || data["framework"].is_null()) data["framework"] = "unknown";
  if (!data.contains("environment") || data["environment"].is_null()) data["environment"] = item.environment;
  put_address(data, entry.peer);
  unwind(data, Unwinder(index.source_maps(), item.project, code_version_of(sent)));
  put_metadata(data, entry);
  return data;
}

// Newest first; `limit` at most 5000; `lastId` beats `page`. [docs: List all occurrences] [code: rollbar/api-examples]
// `last_id` is the same. [code: rollbar-mcp-server]
template <typename Backwards>
Answer list(const ItemIndex& index, const ReadCall& call, const Context& context, const Backwards& backwards) {
  const std::uint64_t limit = limit_of(call.parameters, occurrences_a_page, most_a_page);
  const std::uint64_t page = page_of(call.parameters);
  auto last_id = to_number(parameter(call.parameters, "lastId"));
  if (!last_id) last_id = to_number(parameter(call.parameters, "last_id"));
  std::uint64_t skipped = last_id || page - 1 > index.occurrences().size() ? 0 : (page - 1) * limit;
  if (!last_id && page - 1 > index.occurrences().size()) skipped = index.occurrences().size();
  ordered_json instances = ordered_json::array();
  for (const Occurrence& occurrence : backwards) {
    if (occurrence.deleted || index.items()[occurrence.item].project != call.caller.project) continue;
    if (last_id && occurrence.position() >= Occurrence::position_of(*last_id)) continue;
    if (skipped > 0) {
      --skipped;
      continue;
    }
    if (instances.size() == limit) break;
    instances.push_back(to_json(index, occurrence, context));
  }
  return {.reply = succeeded({{"page", page}, {"instances", std::move(instances)}}, call.caller.rate)};
}

}  // namespace

ordered_json to_json(const ItemIndex& index, const Occurrence& occurrence, const Context& context) {
  const auto entry = context.entries.read(occurrence.ordinal);
  if (!entry) return nullptr;
  const Item& item = index.items()[occurrence.item];
  return {
      {"id", occurrence.id()},
      {"project_id", project_id(item.project)},
      {"timestamp", occurrence.second},
      {"version", 2},  // [guess]
      {"data", occurrence.is_system ? system_data(item, *entry) : stored_data(index, item, *entry, occurrence.place)},
      {"billable", occurrence.is_system ? 0 : 1},  // what the service reports itself is free [docs: Rate limits]
      {"item_id", item.id}};
}

Answer list_occurrences(const ItemIndex& index, const ReadCall& call, const Context& context) {
  return list(index, call, context, std::views::reverse(index.occurrences()));
}

Answer item_occurrences(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const Item* const item = index.item(call.caller.project, to_number(call.argument).value_or(0));
  if (item == nullptr) return {.reply = failed(404, "Item not found in this project.", call.caller.rate)};
  const auto of_item = [&](std::uint32_t i) -> const Occurrence& { return index.occurrences()[i]; };
  return list(index, call, context, item->occurrences | std::views::reverse | std::views::transform(of_item));
}

Answer get_occurrence(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const Occurrence* const found = index.occurrence(call.caller.project, to_number(call.argument).value_or(0));
  if (found == nullptr) return {.reply = not_found()};
  return {.reply = succeeded(to_json(index, *found, context), call.caller.rate)};
}

// As the browser sent it: rollbar-mcp-server hands it on unread, and no answer is on record. [guess]
Answer get_replay(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const auto ordinal = index.replay(call.caller.project, call.argument);
  const auto entry = ordinal ? context.entries.read(*ordinal) : std::unexpected(std::string());
  if (!entry) return {.reply = not_found()};
  thread_local JsonReader reader;
  const auto root = reader.read(entry->body);
  return {.reply = succeeded(root ? to_ordered_json(*root) : ordered_json(), call.caller.rate)};
}

// The deletion itself is folded from this exchange: item_index.h. [docs: Delete an occurrence]
Answer delete_occurrence(const ItemIndex& index, const ReadCall& call, const Context&) {
  if (index.occurrence(call.caller.project, to_number(call.argument).value_or(0)) == nullptr) {
    return {.reply = not_found()};
  }
  return {.reply = answered(200, {{"err", 0}, {"message", "The instance has been deleted"}}, call.caller.rate)};
}

}  // namespace understudy::rollbar
