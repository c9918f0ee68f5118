#include "rollbar/uploads.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/percent.h"
#include "rollbar/callers.h"
#include "rollbar/effect.pb.h"
#include "rollbar/fields.h"
#include "rollbar/multipart.h"
#include "rollbar/paging.h"
#include "rollbar/replies.h"
#include "rollbar/rules.h"
#include "rollbar/source_maps.h"

namespace understudy::rollbar {

namespace {

using recording::Context;
using recording::Decision;
using recording::Request;

using Parts = std::vector<Part>;

const Part* find(const Parts& parts, std::string_view name) {
  const auto found = std::ranges::find(parts, name, &Part::name);
  return found == parts.end() ? nullptr : &*found;
}

std::string text_of(const Parts& parts, std::string_view name) {
  const Part* const part = find(parts, name);
  return part == nullptr ? std::string() : std::string(part->content);
}

Parts parts_of(const Request& request) {
  auto parts = read_multipart(request.body, boundary_of(request.header("content-type").value_or("")));
  return parts ? std::move(*parts) : Parts();
}

Decision refuse(const Caller& caller, std::string_view message) {
  Decision decision;
  decision.reply = failed(422, message, caller.rate);
  decision.findings.push_back(finding(rule::upload_incomplete, "body", std::string(message)));
  return decision;
}

Decision keep(const Caller& caller, std::string_view kind, const Parts& parts, std::string uuid) {
  Effect effect = counted(caller);
  auto& upload = *effect.mutable_upload();
  upload.set_kind(std::string(kind));
  upload.set_version(text_of(parts, "version"));
  upload.set_minified_url(text_of(parts, "minified_url"));
  upload.set_uuid(uuid);
  Decision decision;
  decision.reply = succeeded({{"uuid", std::move(uuid)}}, caller.rate, false);
  effect.SerializeToString(&decision.effect);
  return decision;
}

}  // namespace

Decision upload_source_map(const State& state, const Request& request, const Context& context) {
  const Parts parts = parts_of(request);
  const auto caller = authorize(state, request, context, "post_server_item", {text_of(parts, "access_token"), {}});
  if (!caller) return caller.error();
  const Part* const map = find(parts, "source_map");
  if (map == nullptr) return refuse(*caller, "missing source_map file upload");  // [code: rollbar-cli's tests]
  for (const char* const name : {"version", "minified_url"}) {                   // required; the words are ours [guess]
    if (text_of(parts, name).empty()) return refuse(*caller, fmt::format("missing {}", name));
  }
  Decision decision = keep(*caller, "source_map", parts, context.entropy.hex("upload", 32));
  if (!SourceMap::parse(map->content)) {
    decision.findings.push_back(finding(rule::upload_no_map, "source_map", std::string(map->file_name),
                                        static_cast<std::uint64_t>(map->content.data() - request.body.data()),
                                        map->content.size()));
  }
  return decision;
}

// [code: rollbar-cli] Its answer is not on record: that of an upload. [guess]
Decision download_source_map(const State& state, const Request& request, const Context& context) {
  const auto fields = read_fields(request);
  const auto caller = authorize(state, request, context, "post_server_item", named_in(fields));
  if (!caller) return caller.error();
  for (const char* const name : {"version", "minified_url"}) {
    if (!fields || text_field(*fields, name).empty()) return refuse(*caller, fmt::format("missing {}", name));
  }
  const std::string version_text = text_field(*fields, "version"), url_text = text_field(*fields, "minified_url");
  Decision decision =
      keep(*caller, "source_map_to_fetch", {{"version", "", version_text}, {"minified_url", "", url_text}},
           context.entropy.hex("upload", 32));
  decision.findings.push_back(finding(rule::upload_not_fetched, "minified_url", url_text));
  return decision;
}

// The scheme is not known here: a Host with a port is taken for plain HTTP.
Decision sign_bundle(const State& state, const Request& request, const Context& context) {
  const auto fields = read_fields(request);
  const auto caller = authorize(state, request, context, "post_server_item", named_in(fields));
  if (!caller) return caller.error();
  for (const char* const name : {"version", "prefix_url"}) {  // required; the words are ours [guess]
    if (!fields || text_field(*fields, name).empty()) return refuse(*caller, fmt::format("missing {}", name));
  }
  const std::string version = text_field(*fields, "version"), prefix = text_field(*fields, "prefix_url");
  const std::string uuid = context.entropy.hex("upload", 32);
  Decision decision = keep(*caller, bundle_kind, {{"version", "", version}, {"minified_url", "", prefix}}, uuid);
  const std::string_view host = request.header("host").value_or("127.0.0.1:7655");
  const std::string_view scheme = host.find(':') == host.npos ? "https" : "http";
  decision.reply = succeeded({{"signed_url", fmt::format("{}://{}/api/1/signed_upload/{}", scheme, host, uuid)},
                              {"project_id", project_id(caller->project)}},
                             caller->rate, false);
  return decision;
}

// The answer is a storage's, which looks at nothing.
Decision put_bundle(const State& state, const Request& request, std::string_view uuid) {
  const auto bundle = state.bundles.find(uuid);
  if (bundle == state.bundles.end()) return {.reply = not_found(), .findings = {}, .effect = {}};
  Effect effect;
  effect.set_fate(Effect::COUNTED);
  effect.set_project(bundle->second.project);
  auto& upload = *effect.mutable_upload();
  upload.set_kind(std::string(put_bundle_kind));
  upload.set_version(bundle->second.version);
  upload.set_minified_url(bundle->second.prefix_url);
  upload.set_uuid(bundle->first);
  Decision decision;
  decision.reply.headers = {{"Content-Type", "text/html; charset=UTF-8"}};
  effect.SerializeToString(&decision.effect);
  if (maps_of_bundle(request.body).empty()) {
    decision.findings.push_back(finding(rule::upload_not_unpacked, "body", std::string(uuid), 0, request.body.size()));
  }
  return decision;
}

// Which parts they need is documented one by one; that a file is among them is all that is asked for here. [guess]
Decision upload_symbols(const State& state, const Request& request, const Context& context, std::string_view kind) {
  const Parts parts = parts_of(request);
  const auto caller = authorize(state, request, context, "post_server_item", {text_of(parts, "access_token"), {}});
  if (!caller) return caller.error();
  const bool has_file = std::ranges::any_of(parts, [](const Part& part) { return !part.file_name.empty(); });
  if (!has_file) return refuse(*caller, "missing file upload");
  return keep(*caller, kind, parts, context.entropy.hex("upload", 32));
}

// OTLP in JSON, of a browser, after an item that named the replay. What the service answers is not on record. [guess]
Decision post_replay(const State& state, const Request& request, const Context& context) {
  const auto caller = authorize(state, request, context, "post_client_item");
  if (!caller) return caller.error();
  thread_local JsonReader reader;
  const auto root = reader.read_padded(request.body);
  if (!root || !root->is_object() || !last_member(root->get_object().value_unsafe(), "resourceSpans")) {
    return refuse(*caller, "missing resourceSpans");
  }
  Decision decision = keep(*caller, replay_kind, {}, std::string(request.header("x-rollbar-replay-id").value_or("")));
  decision.reply = answered(200, {{"err", 0}}, caller->rate);
  return decision;
}

// The id of the replay names it; environment and session lead to it. What the service answers is not on record. [guess]
Decision delete_replay(const State& state, const Request& request, const Context& context, const Route& route) {
  const auto caller = authorize(state, request, context, "write");
  if (!caller) return caller.error();
  std::string id = percent_decode(route.arguments[2]);
  if (!state.replays.contains({caller->project, id})) {
    return {.reply = not_found(), .findings = {}, .effect = {}, .read = true};
  }
  Decision decision = keep(*caller, deleted_replay_kind, {}, std::move(id));
  decision.reply = answered(200, {{"err", 0}}, caller->rate);
  return decision;
}

}  // namespace understudy::rollbar
