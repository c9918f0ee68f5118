#include "xray/records.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "aws/body.h"
#include "base/json.h"
#include "recording/entry.h"
#include "recording/record.h"
#include "xray/datagram.h"
#include "xray/effect.h"
#include "xray/limits.h"
#include "xray/operations.h"
#include "xray/otlp_segments.h"
#include "xray/otlp_traces.h"

namespace understudy::xray {
namespace {

using nlohmann::ordered_json;

recording::Record record(std::string_view kind, std::int64_t time_ns, ordered_json&& fields) {
  recording::Record made;
  made.kind = kind;
  made.time_ns = time_ns;
  made.fields = std::move(fields);
  return made;
}

// Epoch seconds, or milliseconds where the number is too large for seconds.
std::int64_t time_of(const ordered_json& fields, std::string_view member, std::int64_t otherwise_ns) {
  const auto value = fields.find(member);
  if (value == fields.end() || !value->is_number()) return otherwise_ns;
  auto seconds = value->get<double>();
  if (seconds >= looks_like_milliseconds) seconds /= 1000;
  if (!(seconds > 0 && seconds < 9e9)) return otherwise_ns;
  const double whole = std::floor(seconds);
  return static_cast<std::int64_t>(whole) * 1'000'000'000 + static_cast<std::int64_t>((seconds - whole) * 1e9);
}

void segment(ordered_json&& fields, const recording::Entry& entry, const recording::RecordSink& sink) {
  if (!fields.is_object()) return;
  const auto type = fields.find("type");
  const bool is_subsegment = type != fields.end() && *type == "subsegment";
  const auto time_ns = time_of(fields, "start_time", entry.moment.wall_ns);
  sink(record(is_subsegment ? "subsegment" : "segment", time_ns, std::move(fields)));
}

// A document that was taken: one object, or an array of subsegments.
void document(std::string_view text, const recording::Entry& entry, const recording::RecordSink& sink) {
  JsonReader reader;
  const auto json = reader.read(text);
  if (!json) return;
  auto fields = to_ordered_json(*json);
  if (!fields.is_array()) return segment(std::move(fields), entry, sink);
  for (auto& item : fields) segment(std::move(item), entry, sink);
}

// Spans as they came, then as the segments that X-Ray shows of them.
void spans(const recording::Entry& entry, const recording::RecordSink& sink) {
  std::vector<ordered_json> documents;
  otlp_items(entry, [&](std::string_view kind, ordered_json&& fields) {
    const auto begun = fields.find("start_time_unix_nano");
    const auto time_ns = begun != fields.end() && begun->is_number() ? begun->get<std::int64_t>() : 0;
    if (kind == "span") std::ranges::move(documents_of_span(fields), std::back_inserter(documents));
    sink(record(kind, time_ns > 0 ? time_ns : entry.moment.wall_ns, std::move(fields)));
  });
  for (auto& one : documents) segment(std::move(one), entry, sink);
}

void telemetry(const ordered_json& body, const recording::Entry& entry, const recording::RecordSink& sink) {
  for (const auto& one : body.value("TelemetryRecords", ordered_json::array())) {
    if (!one.is_object()) continue;
    auto fields = one;
    for (const auto* member : {"EC2InstanceId", "Hostname", "ResourceARN"}) {
      if (body.contains(member)) fields[member] = body[member];
    }
    const auto time_ns = time_of(fields, "Timestamp", entry.moment.wall_ns);
    sink(record("telemetry", time_ns, std::move(fields)));
  }
}

void datagram(const recording::Entry& entry, const recording::RecordSink& sink) {
  const auto parts = read_datagram(entry.body);
  if (entry.effect == datagram_taken) return document(parts.document, entry, sink);
  if (entry.effect != datagram_otlp) return;
  spans(entry, sink);
}

void trace_segments(const ordered_json& body, const recording::Entry& entry, const recording::RecordSink& sink) {
  const auto effect = nlohmann::json::parse(entry.effect, nullptr, false);
  std::set<std::size_t> refused;
  if (effect.contains("segments")) {
    for (const auto& index : effect["segments"].value("refused", nlohmann::json::array()))
      refused.insert(index.get<std::size_t>());
  }
  std::size_t index = 0;
  for (const auto& text : body.value("TraceSegmentDocuments", ordered_json::array())) {
    if (!refused.contains(index++) && text.is_string()) document(text.get<std::string>(), entry, sink);
  }
}

void statistics(const ordered_json& body, const recording::Entry& entry, const recording::RecordSink& sink) {
  for (auto& report : body.value("SamplingStatisticsDocuments", ordered_json::array())) {
    const auto time_ns = time_of(report, "Timestamp", entry.moment.wall_ns);
    sink(record("sampling_statistics", time_ns, ordered_json(report)));
  }
}

void sampling_request(const Operation& operation, const recording::Request& request, const recording::Entry& entry,
                      const recording::RecordSink& sink) {
  sink(record("sampling_request", entry.moment.wall_ns,
              {{"operation", operation.name},
               {"door", entry.door},
               {"user_agent", request.header("user-agent").value_or("")}}));
}

// The call may have named it by its ARN; the effect has the name.
void deleted(std::string_view kind, const char* member, const char* change, const recording::Entry& entry,
             const recording::RecordSink& sink) {
  const auto name = nlohmann::json::parse(entry.effect, nullptr, false).at(change).at("name").get<std::string>();
  sink(record(kind, entry.moment.wall_ns, {{member, name}}));
}

void call(const recording::Entry& entry, const recording::RecordSink& sink) {
  const auto request = entry.request();
  const auto* operation = find_operation(request.path());
  if (operation == nullptr || entry.reply.status != 200) return;
  if (operation->answer == get_sampling_rules) return sampling_request(*operation, request, entry, sink);
  if (entry.effect.empty()) return;
  if (operation->answer == put_otlp_traces) return spans(entry, sink);
  if (operation->answer == delete_sampling_rule) {
    return deleted("sampling_rule_deleted", "RuleName", "delete_rule", entry, sink);
  }
  if (operation->answer == delete_group) return deleted("group_deleted", "GroupName", "delete_group", entry, sink);
  std::string storage;
  const auto plain = aws::plain_body(request, storage, largest_plain_body);
  if (!plain) return;
  JsonReader reader;
  const auto read = reader.read(*plain);
  if (!read || !read->is_object()) return;
  auto body = to_ordered_json(*read);
  const auto now = entry.moment.wall_ns;
  if (operation->answer == put_trace_segments) {
    trace_segments(body, entry, sink);
  } else if (operation->answer == put_telemetry_records) {
    telemetry(body, entry, sink);
  } else if (operation->answer == get_sampling_targets) {
    statistics(body, entry, sink);
  } else if (operation->answer == create_sampling_rule) {
    sink(record("sampling_rule", now, std::move(body["SamplingRule"])));
  } else if (operation->answer == update_sampling_rule) {
    sink(record("sampling_rule", now, std::move(body["SamplingRuleUpdate"])));
  } else if (operation->answer == create_group || operation->answer == update_group) {
    sink(record("group", now, std::move(body)));
  }
}

}  // namespace

void records(const recording::Entry& entry, const recording::RecordSink& sink) {
  if (entry.kind != recording::EntryKind::exchange) return;
  try {
    entry.protocol == recording::Protocol::udp ? datagram(entry, sink) : call(entry, sink);
  } catch (const nlohmann::json::exception&) {
    return;  // an effect that this program did not write means nothing
  }
}

}  // namespace understudy::xray
