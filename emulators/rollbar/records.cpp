#include "rollbar/records.h"

#include <nlohmann/json.hpp>

#include "recording/record.h"
#include "rollbar/effect.pb.h"
#include "rollbar/payload.h"
#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

using nlohmann::ordered_json;

// Some notifiers repeat the token in their options or in the URL of their own request.
void mask_within(ordered_json& value, const std::string& token, const std::string& mask) {
  if (value.is_structured()) {
    for (ordered_json& inner : value) mask_within(inner, token, mask);
    return;
  }
  if (!value.is_string()) return;
  auto& text = value.get_ref<std::string&>();
  for (std::size_t at = text.find(token); at != std::string::npos; at = text.find(token, at + mask.size())) {
    text.replace(at, token.size(), mask);
  }
}

// The client's time, in seconds; the time of arrival where it sent none that is one.
std::int64_t time_of(const ordered_json& data, const recording::Entry& entry) {
  constexpr double latest = 9e9;  // seconds that fit into 64 bits of nanoseconds
  const auto timestamp = data.find("timestamp");
  if (timestamp == data.end() || !timestamp->is_number()) return entry.moment.vendor_ns;
  if (timestamp->is_number_integer() && *timestamp >= 0 && *timestamp < latest) {
    return timestamp->get<std::int64_t>() * 1'000'000'000;
  }
  const double seconds = timestamp->get<double>();
  return seconds >= 0 && seconds < latest ? static_cast<std::int64_t>(seconds * 1e9) : entry.moment.vendor_ns;
}

void add_text(ordered_json& fields, const char* name, const std::string& text) {
  if (!text.empty()) fields[name] = text;
}

// What a call reported of a deploy: its start or its whole, or a change of it.
void deploy_record(const recording::Entry& entry, const Effect& effect, const recording::RecordSink& sink) {
  recording::Record record;
  record.kind = "deploy";
  record.time_ns = entry.moment.vendor_ns;
  const NewDeploy& made = effect.deploy();
  const DeployUpdate& update = effect.deploy_update();
  record.fields["id"] = effect.has_deploy() ? made.id() : update.id();
  add_text(record.fields, "environment", made.environment());
  add_text(record.fields, "revision", made.revision());
  add_text(record.fields, "rollbar_username", made.rollbar_username());
  add_text(record.fields, "local_username", made.local_username());
  add_text(record.fields, "comment", effect.has_deploy() ? made.comment() : update.comment());
  add_text(record.fields, "status", effect.has_deploy() ? made.status() : update.status());
  record.fields["project"] = effect.project();
  sink(std::move(record));
}

void item_record(const recording::Entry& entry, const Effect& effect, const simdjson::dom::element& data,
                 const FoundToken& token, const recording::RecordSink& sink) {
  const std::string mask = masked(token.text);
  recording::Record record;
  record.kind = "item";
  record.fields = to_ordered_json(data);
  if (token.text.size() >= 8) mask_within(record.fields, token.text, mask);
  record.fields["access_token"] = mask;
  // So that a contract can hold an item to the project it was meant for; a payload's own member stays.
  if (!record.fields.contains("project")) record.fields["project"] = effect.project();
  record.time_ns = time_of(record.fields, entry);
  sink(std::move(record));
}

// A record for each item that was kept.
void item_records(const recording::Entry& entry, const Effect& effect, const recording::RecordSink& sink) {
  thread_local JsonReader reader;
  std::string storage;
  const recording::Request request = entry.request();
  const auto payload = read_payload(request, reader, storage);
  if (!payload) return;
  const FoundToken token = find_token(request, &*payload);
  const int count = effect.fate() == Effect::STORED ? 1 : effect.batch_size();
  for (int place = 0; place < count; ++place) {
    if (place < effect.batch_size() && effect.batch(place).is_duplicate()) continue;
    const auto data = data_of(*payload, static_cast<std::size_t>(place));
    if (data) item_record(entry, effect, *data, token, sink);
  }
}

}  // namespace

void records(const recording::Entry& entry, const recording::RecordSink& sink) {
  Effect effect;
  if (entry.kind != recording::EntryKind::exchange || entry.effect.empty() || !effect.ParseFromString(entry.effect)) {
    return;
  }
  if (effect.fate() == Effect::STORED || effect.batch_size() > 0) item_records(entry, effect, sink);
  if (effect.has_deploy() || effect.has_deploy_update()) deploy_record(entry, effect, sink);
}

}  // namespace understudy::rollbar
