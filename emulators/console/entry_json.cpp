#include "console/entry_json.h"

#include <nlohmann/json.hpp>

#include "console/secrets.h"
#include "session/findings.h"

namespace understudy::console {

using nlohmann::ordered_json;
using recording::Entry;
using recording::EntryKind;
using recording::Outcome;
using recording::Row;

namespace {

bool is_request(const Entry& entry) { return entry.kind == EntryKind::exchange || entry.kind == EntryKind::fragment; }

// True or false once it is known; null before, and where nothing is ever answered.
ordered_json answered(const Entry& entry, const Row& row) {
  const Outcome outcome = row.outcome.load(std::memory_order_acquire);
  if (entry.kind != EntryKind::exchange || entry.reply.silent || outcome == Outcome{}) return nullptr;
  return outcome == Outcome::written;
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::written:
      return "written";
    case Outcome::cut_by_fault:
      return "cut by a fault";
    case Outcome::peer_gone:
      return "peer gone";
  }
  return "unknown";
}

std::string shown_header(std::string_view name, std::string_view value, Secrets secrets) {
  return secrets == Secrets::shown ? std::string(value) : mask_header(name, value);
}

ordered_json reply_json(const Entry& entry, Secrets secrets) {
  ordered_json reply = {{"status", entry.reply.status}};
  if (!entry.reply.reason.empty()) reply["reason"] = entry.reply.reason;
  reply["headers"] = ordered_json::array();
  for (const auto& [name, value] : entry.reply.headers) {
    reply["headers"].push_back({{"name", name}, {"value", shown_header(name, value, secrets)}});
  }
  if (entry.reply.grpc_status) {
    reply["grpc_status"] = *entry.reply.grpc_status;
    reply["grpc_message"] = entry.reply.grpc_message;
  }
  reply["body_bytes"] = entry.reply_bytes;
  if (!entry.reply_hash.empty()) reply["body_sha256"] = entry.reply_hash;  // the bytes were not kept
  return reply;
}

void add_request(const Entry& entry, const Row& row, Secrets secrets, ordered_json& json) {
  json["peer"] = entry.peer;
  json["head"] = secrets == Secrets::shown ? entry.head : mask_head(entry.head);
  json["headers"] = ordered_json::array();
  for (const auto& header : entry.request().headers) {
    json["headers"].push_back({{"name", header.name}, {"value", shown_header(header.name, header.value, secrets)}});
  }
  if (!entry.reply.silent) json["reply"] = reply_json(entry, secrets);
  json["outcome"] = outcome_name(row.outcome.load(std::memory_order_acquire));
  if (!entry.fault.empty()) json["fault"] = ordered_json::parse(entry.fault, nullptr, false);
  if (entry.kind == EntryKind::fragment) json["reason"] = entry.reason;
}

// The JSON that a control or driven entry keeps.
ordered_json text_json(const Entry& entry, Secrets secrets) {
  ordered_json text = ordered_json::parse(entry.text, nullptr, false);
  if (secrets == Secrets::shown || !text.is_object()) return text;
  for (const char* member : {"request_headers", "response_headers"}) {
    if (!text.contains(member) || !text[member].is_object()) continue;
    for (auto& [name, value] : text[member].items()) {
      if (value.is_string()) value = mask_header(name, value.get_ref<const std::string&>());
    }
  }
  mask_members(text);
  return text;
}

}  // namespace

ordered_json summary_of(const Entry& entry, const Row& row, Secrets secrets) {
  ordered_json json = {{"ordinal", entry.ordinal}, {"kind", name_of(entry.kind)}};
  json["received"] = recording::rfc3339(entry.moment.wall_ns);
  if (!entry.vendor.empty()) json["vendor"] = entry.vendor;
  if (!entry.door.empty()) json["door"] = entry.door;
  if (entry.kind == EntryKind::control) json["control"] = entry.control;
  if (entry.kind == EntryKind::drops) json["dropped"] = entry.total_bytes;
  if (entry.kind == EntryKind::outcome) json["outcomes"] = entry.outcomes.size();
  if (!is_request(entry)) return json;
  const recording::Request request = entry.request();
  json["protocol"] = name_of(entry.protocol);
  json["method"] = request.method;
  json["target"] = secrets == Secrets::shown ? std::string(request.target) : mask_target(request.target);
  if (const auto operation = request.header("x-amz-target")) json["operation"] = *operation;
  json["status"] = entry.reply.silent ? ordered_json() : ordered_json(entry.reply.status);
  json["body_bytes"] = entry.kind == EntryKind::fragment ? entry.total_bytes : entry.body.size();
  json["reply_bytes"] = entry.reply_bytes;
  json["read"] = entry.read;
  json["findings"] = entry.findings.size();
  json["answered"] = answered(entry, row);
  return json;
}

ordered_json details_of(const Entry& entry, const Row& row, const session::Vendors& vendors, Secrets secrets) {
  ordered_json json = summary_of(entry, row, secrets);
  json["vendor_instant"] = recording::rfc3339(entry.moment.vendor_ns);
  if (is_request(entry)) add_request(entry, row, secrets, json);
  json["findings"] = ordered_json::array();
  for (const auto& finding : entry.findings) json["findings"].push_back(session::to_json(finding, vendors));
  if (!entry.text.empty()) json["text"] = text_json(entry, secrets);
  if (entry.kind == EntryKind::outcome) {
    json["outcomes"] = ordered_json::array();
    for (const auto& one : entry.outcomes) {
      json["outcomes"].push_back({{"entry", one.ordinal}, {"outcome", outcome_name(one.outcome)}});
    }
  }
  return json;
}

RawPart raw_part(const Entry& entry, Part part, Secrets secrets) {
  const std::string_view bytes = part == Part::head   ? std::string_view(entry.head)
                                 : part == Part::body ? entry.body
                                                      : std::string_view(entry.reply.body);
  RawPart raw{std::string(bytes), false, false};
  if (secrets == Secrets::shown) return raw;
  if (part == Part::body && is_request(entry)) {
    const recording::Request request = entry.request();
    raw.refused = hides_secrets(request.header("content-encoding").value_or(""), bytes);
    if (raw.refused) return {{}, false, true};
  }
  raw.bytes = part == Part::head ? mask_head(bytes) : mask_body(bytes);
  raw.masked = raw.bytes != bytes;
  return raw;
}

}  // namespace understudy::console
