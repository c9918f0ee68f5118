#include "honeycomb/datasets_api.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/ascii.h"
#include "base/utf8.h"
#include "honeycomb/datasets.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Decision;

constexpr std::int64_t max_expand_depth = 10;

struct Times {
  std::int64_t created_ns;
  std::int64_t written_ns;  // 0: no data yet
};

ordered_json to_json(std::string_view name, const DatasetSettings& settings, const Times& times) {
  return {{"name", name},
          {"slug", slug_of(name)},
          {"description", settings.description},
          {"expand_json_depth", settings.expand_json_depth},
          {"settings", {{"delete_protected", settings.delete_protected}}},
          {"created_at", time_json(times.created_ns)},
          {"last_written_at", time_json(times.written_ns)},
          {"regular_columns_count", nullptr}};  // "null or a number": counting would read all events
}

ordered_json to_json(const Call& call, const Dataset& dataset) {
  return to_json(dataset.name, call.state.queries.settings_of(call.environment(), lower_case(dataset.name)),
                 {dataset.created_ns, dataset.written_ns});
}

// What a body says, over what holds already.
std::expected<DatasetSettings, Decision> read_settings(const ordered_json& body, DatasetSettings settings) {
  const auto description = text_member(body, "description");
  if (!description) return std::unexpected(description.error());
  if (*description) settings.description = **description;
  if (const auto depth = body.find("expand_json_depth"); depth != body.end() && !depth->is_null()) {
    const bool fits = depth->is_number_integer() && *depth >= 0 && *depth <= max_expand_depth;
    if (!fits) return std::unexpected(refuse_member("expand_json_depth", "must be from 0 to 10"));
    settings.expand_json_depth = depth->get<std::uint32_t>();
  }
  if (const auto more = body.find("settings"); more != body.end() && more->is_object()) {
    const auto guarded = bool_member(*more, "delete_protected");
    if (!guarded) return std::unexpected(guarded.error());
    if (*guarded) settings.delete_protected = **guarded;
  }
  return settings;
}

void write_settings(const DatasetSettings& settings, DatasetChange& change) {
  change.set_description(settings.description);
  change.set_expand_json_depth(settings.expand_json_depth);
  change.set_unprotected(!settings.delete_protected);
}

// The dataset that the call names; the error is the answer.
std::expected<const Dataset*, Decision> named(const Call& call) {
  const auto name = find_dataset(call);
  if (!name) return std::unexpected(name.error());
  return call.state.find_dataset(call.environment(), *name);
}

}  // namespace

Decision list_datasets(const Call& call) {
  ordered_json list = ordered_json::array();
  for (const Dataset* dataset : call.state.datasets(call.environment())) list.push_back(to_json(call, *dataset));
  return read(json_reply(200, list));
}

Decision get_dataset(const Call& call) {
  const auto dataset = named(call);
  return dataset ? read(json_reply(200, to_json(call, **dataset))) : dataset.error();
}

// 201, or 200 where there is one of that name already; one of another name with the same slug is in the way.
// [docs: API; snapshot: terraform-provider-honeycombio, a blank name]
Decision create_dataset(const Call& call) {
  const auto body = read_body(call.request);
  if (!body) return body.error();
  const auto name = text_member(*body, "name");
  if (!name) return name.error();
  if (trim_space(name->value_or("")).empty()) {
    return refuse(invalid_field("name", "missing", "cannot be blank"),
                  finding(rule::api_body_invalid, "name", "cannot be blank"));
  }
  if (characters_in(**name) > max_name_length) return refuse_member("name", "must have at most 255 characters");
  if (const Dataset* known = call.state.find_dataset(call.environment(), **name)) {
    return read(json_reply(200, to_json(call, *known)));
  }
  const auto settings = read_settings(*body, {});
  if (!settings) return settings.error();
  for (const Dataset* dataset : call.state.datasets(call.environment())) {
    if (slug_of(dataset->name) != slug_of(**name)) continue;
    return refuse(
        api_error(409, "we could not create a dataset with that name"),
        finding(rule::api_body_invalid, "name", fmt::format("\"{}\" has the slug of \"{}\"", **name, dataset->name)));
  }
  QueryEffect effect;
  effect.set_dataset(lower_case(**name));
  effect.mutable_dataset_change()->set_name(**name);
  write_settings(*settings, *effect.mutable_dataset_change());
  return answer_with(json_reply(201, to_json(**name, *settings, {call.now_ns(), 0})), call, effect);
}

Decision update_dataset(const Call& call) {
  const auto dataset = named(call);
  if (!dataset) return dataset.error();
  const auto body = read_body(call.request);
  if (!body) return body.error();
  const std::string key = lower_case((*dataset)->name);
  const auto settings = read_settings(*body, call.state.queries.settings_of(call.environment(), key));
  if (!settings) return settings.error();
  QueryEffect effect;
  effect.set_dataset(key);
  write_settings(*settings, *effect.mutable_dataset_change());
  const Times times{(*dataset)->created_ns, (*dataset)->written_ns};
  return answer_with(json_reply(200, to_json((*dataset)->name, *settings, times)), call, effect);
}

// Protected ones are refused until PUT says otherwise. [docs: API; the words: guess]
Decision delete_dataset(const Call& call) {
  const auto dataset = named(call);
  if (!dataset) return dataset.error();
  const std::string key = lower_case((*dataset)->name);
  if (call.state.queries.settings_of(call.environment(), key).delete_protected) {
    return refuse(problem(Problem::conflict, "dataset is delete protected"),
                  finding(rule::dataset_protected, "path", fmt::format("\"{}\"", (*dataset)->name)));
  }
  QueryEffect effect;
  effect.set_dataset(key);
  effect.set_dataset_removed(true);
  recording::Reply reply;
  reply.status = 202;
  return answer_with(std::move(reply), call, effect);
}

}  // namespace understudy::honeycomb
