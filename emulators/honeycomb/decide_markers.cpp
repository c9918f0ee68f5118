#include "honeycomb/decide_markers.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/json.h"
#include "base/percent.h"
#include "honeycomb/caller.h"
#include "honeycomb/config_objects.h"
#include "honeycomb/dataset_path.h"
#include "honeycomb/key_diagnosis.h"
#include "honeycomb/keys.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"
#include "honeycomb/set_refusals.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Context;
using recording::Decision;
using recording::Request;

constexpr std::int64_t second_ns = 1'000'000'000;
// Markers of every dataset of the environment. [docs: API, markers]
constexpr std::string_view whole_environment = "__all__";

std::string to_text(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// "2026-11-21T00:38:03Z": whole seconds, as the API's examples have it. [docs]
std::string time_text(std::int64_t unix_ns) {
  std::string text = recording::rfc3339(unix_ns);
  return text.substr(0, text.find('.')) + "Z";
}

// Takes the members that a marker has, each of its type; false if one has another.
bool take_members(const ordered_json& sent, ordered_json& marker) {
  for (const auto* name : {"start_time", "end_time"}) {
    const auto found = sent.find(name);
    if (found == sent.end() || found->is_null()) continue;
    if (!found->is_number_integer()) return false;
    marker[name] = *found;
  }
  for (const auto* name : {"message", "type", "url"}) {
    const auto found = sent.find(name);
    if (found == sent.end() || found->is_null()) continue;
    if (!found->is_string()) return false;
    marker[name] = *found;
  }
  return true;
}

// The object of a body. A body that cannot be read has one reply, whatever is wrong with it. [guess: its words]
std::optional<ordered_json> object_of(const Request& request) {
  JsonReader reader;
  const auto read = reader.read_padded(request.body);
  if (!read || !read->is_object()) return std::nullopt;
  return to_ordered_json(*read);
}

class MarkerCall {
 public:
  MarkerCall(const HoneycombState& state, const Request& request, const Context& context, const Account& account,
             std::string dataset)
      : state_(state),
        request_(request),
        context_(context),
        environment_(account.environment.slug),
        dataset_(std::move(dataset)),
        markers_(state.markers(environment_, dataset_)) {}

  Decision list() const {
    Decision decision;
    std::string body = "[";
    for (const auto& [id, marker] : markers_) {
      if (body.size() > 1) body += ',';
      body += colored(marker);
    }
    decision.reply = json_text_reply(200, body + "]");
    decision.read = true;
    return decision;
  }

  Decision create() const {
    const auto sent = object_of(request_);
    if (!sent) return unreadable();
    std::string id = context_.entropy.hex("marker id", 6);
    for (int i = 2; markers_.contains(id); ++i) id = context_.entropy.hex(fmt::format("marker id {}", i), 6);
    const std::string now = time_text(context_.moment.vendor_ns);
    ordered_json marker = {
        {"created_at", now}, {"updated_at", now}, {"id", id}, {"start_time", context_.moment.vendor_ns / second_ns}};
    if (!take_members(*sent, marker)) return unreadable();
    return changed(201, id, to_text(marker));
  }

  Decision update(const std::string& id) const {
    const auto found = markers_.find(id);
    if (found == markers_.end()) return unknown();
    const auto sent = object_of(request_);
    ordered_json marker = ordered_json::parse(found->second, nullptr, false);
    if (!sent || !take_members(*sent, marker)) return unreadable();
    marker["updated_at"] = time_text(context_.moment.vendor_ns);
    return changed(200, id, to_text(marker));
  }

  Decision remove(const std::string& id) const {
    if (!markers_.contains(id)) return unknown();
    Decision decision;
    decision.reply.status = 204;
    decision.effect = write_marker_effect(environment_, dataset_, id, {});
    return decision;
  }

 private:
  // With the color that the dataset's marker settings give to its type. [docs: API, markers]
  std::string colored(const std::string& marker) const {
    const ordered_json plain = ordered_json::parse(marker);
    const auto type = plain.find("type");
    if (type == plain.end()) return marker;
    const std::string dataset = dataset_ == whole_environment ? std::string() : lower_case(dataset_);
    const auto color = marker_color(state_, environment_, dataset, type->get_ref<const std::string&>());
    if (!color) return marker;
    ordered_json shown = plain;
    shown["color"] = *color;
    return to_text(shown);
  }
  Decision changed(int status, const std::string& id, std::string json) const {
    Decision decision;
    decision.effect = write_marker_effect(environment_, dataset_, id, json);
    decision.reply = json_text_reply(status, std::move(json));
    return decision;
  }
  Decision unreadable() const {
    Decision decision;
    decision.reply = api_error(400, "could not parse request body");
    decision.findings.push_back(finding(rule::api_body_unreadable, "body", "no marker"));
    return decision;
  }
  Decision unknown() const {
    Decision decision;
    decision.reply = api_error(404, "marker not found");  // [guess]
    decision.findings.push_back(finding(rule::api_object_unknown, "path", std::string(request_.path())));
    return decision;
  }

  const HoneycombState& state_;
  const Request& request_;
  const Context& context_;
  std::string_view environment_;
  std::string dataset_;
  const Markers& markers_;
};

}  // namespace

Decision decide_markers(const HoneycombState& state, const Request& request, const Context& context,
                        std::string_view dataset_segment, std::string_view id_segment) {
  Decision decision;
  const auto refuse = [&](int status, std::string_view message, recording::Finding found) {
    decision.reply = api_error(status, message);
    decision.findings.push_back(std::move(found));
    return std::move(decision);
  };
  const KeyHeader key = key_of(request);
  if (key.key.empty()) return refuse(401, api_unknown_key, diagnose_missing_key(request));
  const Account* const account = account_of(state, request);
  if (account == nullptr) return refuse(401, api_unknown_key, diagnose_key(state, request));
  if (is_ingest(account->kind) || !account->may(Permission::markers)) {
    return refuse(
        state.settings.may_not_call_status, api_unknown_key,
        finding(rule::key_lacks_permission, "header x-honeycomb-team", fmt::format("{}: markers", masked(key.key))));
  }
  if (auto refused = refused_call(state.settings, request, context)) {
    decision.reply = std::move(refused->reply);
    decision.findings.push_back(std::move(refused->finding));
    return decision;
  }
  std::string dataset = percent_decode(dataset_segment);
  const Dataset* const known = dataset_of_path(state, account->environment.slug, dataset);
  if (known != nullptr) dataset = known->name;
  if (known == nullptr && dataset != whole_environment) {
    return refuse(404, "dataset not found", finding(rule::api_object_unknown, "path", std::string(request.path())));
  }
  const MarkerCall call(state, request, context, *account, std::move(dataset));
  const std::string id = percent_decode(id_segment);
  if (request.method == "GET") return call.list();
  if (request.method == "POST") return call.create();
  return request.method == "PUT" ? call.update(id) : call.remove(id);
}

}  // namespace understudy::honeycomb
