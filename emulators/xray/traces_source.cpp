#include "xray/traces_source.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "aws/body.h"
#include "base/json.h"
#include "recording/record.h"
#include "xray/effect.h"
#include "xray/limits.h"
#include "xray/records.h"

namespace understudy::xray {
namespace {

using Sink = std::function<void(const TakenDocument&)>;

std::vector<std::size_t> refused_in(const recording::Entry& entry) {
  const auto effect = nlohmann::json::parse(entry.effect, nullptr, false);
  std::vector<std::size_t> refused;
  if (!effect.is_object() || !effect.contains("segments") || !effect["segments"].is_object()) return refused;
  for (const auto& index : effect["segments"].value("refused", nlohmann::json::array())) {
    if (index.is_number_unsigned()) refused.push_back(index.get<std::size_t>());
  }
  return refused;
}

void trace_segments(const recording::Request& request, const recording::Entry& entry, const Sink& sink) {
  std::string storage;
  const auto plain = aws::plain_body(request, storage, largest_plain_body);
  if (!plain) return;
  thread_local JsonReader reader;
  const auto body = reader.read_padded(*plain);
  simdjson::dom::object object;
  if (!body || body->get(object) != simdjson::SUCCESS) return;
  const auto member = last_member(object, "TraceSegmentDocuments");
  simdjson::dom::array items;
  if (!member || member->get(items) != simdjson::SUCCESS) return;
  const auto refused = refused_in(entry);
  TakenDocument document;
  for (const auto item : items) {
    const bool is_refused = std::ranges::find(refused, document.number) != refused.end();
    if (!is_refused && item.get(document.text) == simdjson::SUCCESS) sink(document);
    ++document.number;
  }
}

// Documents that stand for something else, OTLP spans: what their records say.
void from_records(const recording::Entry& entry, const Sink& sink) {
  TakenDocument document;
  records(entry, [&](recording::Record&& record) {
    if (record.kind != "segment" && record.kind != "subsegment") return;
    const auto text = record.fields.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    document.text = text;
    sink(document);
    ++document.number;
  });
}

}  // namespace

void documents_in(const recording::Entry& entry, const Sink& sink) {
  if (entry.kind != recording::EntryKind::exchange || entry.effect.empty()) return;
  if (entry.effect == datagram_taken) {
    return sink({0, entry.body.substr(entry.body.find('\n') + 1), true});
  }
  if (entry.protocol == recording::Protocol::udp) {
    if (entry.effect == datagram_otlp) from_records(entry, sink);
    return;
  }
  const auto request = entry.request();
  if (request.path() == "/TraceSegments") return trace_segments(request, entry, sink);
  if (request.path() == "/v1/traces") from_records(entry, sink);
}

}  // namespace understudy::xray
