// POST /v1/traces, X-Ray's OTLP endpoint, with its limits [docs: CloudWatch, OTLP endpoints].
#include "xray/otlp_traces.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "aws/body.h"
#include "base/base64.h"
#include "otlp/decode.h"
#include "otlp/json.h"
#include "otlp/trace_service.pb.h"
#include "xray/effect.h"
#include "xray/limits.h"
#include "xray/members.h"
#include "xray/rules.h"
#include "xray/scope.h"

namespace understudy::xray {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view endpoint = "/v1/traces";
constexpr std::size_t largest_body = 5'000'000;  // without compression
constexpr std::size_t most_spans = 10'000;
constexpr std::size_t largest_span = 200'000;
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t furthest_ahead_ns = 2 * 3600 * second_ns;
constexpr std::int64_t longest_ago_ns = 14 * 24 * 3600 * second_ns;
constexpr std::int64_t longest_spread_ns = 24 * 3600 * second_ns;

bool is_json(const recording::Request& request) {
  return request.header("content-type").value_or("").starts_with("application/json");
}
bool is_protobuf(const recording::Request& request) {
  const auto type = request.header("content-type").value_or("");
  return type.starts_with("application/x-protobuf") || type.starts_with("application/protobuf");
}

// The request as protobuf; `storage` keeps what had to be rewritten.
std::expected<std::string_view, std::string> protobuf_of(const recording::Request& request, std::string_view body,
                                                         std::string& storage) {
  if (is_json(request)) {
    auto converted = otlp::json_to_protobuf(otlp::Signal::traces, body);
    if (!converted) return std::unexpected(otlp::describe(converted.error()));
    storage = std::move(*converted);
    body = storage;
  } else if (!is_protobuf(request)) {
    return std::unexpected(fmt::format("content-type {}", request.header("content-type").value_or("is missing")));
  }
  return body;
}

// Which spans X-Ray does not take, by index, and why the first. That they come back as a partial success is a [guess].
struct Rejected {
  std::vector<std::size_t> indexes;
  std::string why;

  void add(std::size_t index, std::string_view reason) {
    if (!indexes.empty() && indexes.back() == index) return;
    indexes.push_back(index);
    if (why.empty()) why = fmt::format("span {}: {}", index, reason);
  }
};

Rejected judge_spans(std::string_view body, std::int64_t now_ns) {
  Rejected rejected;
  std::int64_t first_ns = INT64_MAX;
  std::size_t index = 0;
  otlp::for_each_span(body, [&](const otlp::SpanView& span) {
    const auto start_ns = static_cast<std::int64_t>(span.start_time_unix_nano);
    const auto end_ns = static_cast<std::int64_t>(span.end_time_unix_nano);
    first_ns = std::min(first_ns, start_ns);
    if (span.item.size() > largest_span) rejected.add(index, fmt::format("{} bytes", span.item.size()));
    if (end_ns - now_ns > furthest_ahead_ns) rejected.add(index, "more than 2 hours ahead");
    if (now_ns - start_ns > longest_ago_ns) rejected.add(index, "more than 14 days ago");
    if (start_ns - first_ns > longest_spread_ns) rejected.add(index, "more than 24 hours after another one");
    ++index;
  });
  return rejected;
}

// ExportTraceServiceResponse: empty, or partial_success {rejected_spans, error_message}.
std::string response(bool as_json, const Rejected& rejected) {
  if (as_json) {
    if (rejected.indexes.empty()) return "{}";
    return ordered_json{{"partialSuccess",
                         {{"rejectedSpans", std::to_string(rejected.indexes.size())}, {"errorMessage", rejected.why}}}}
        .dump();
  }
  if (rejected.indexes.empty()) return "";
  opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse message;
  message.mutable_partial_success()->set_rejected_spans(static_cast<std::int64_t>(rejected.indexes.size()));
  message.mutable_partial_success()->set_error_message(rejected.why);
  return message.SerializeAsString();
}

// A status of its own for a body that is too large is a [guess], as are the texts.
Answer refuse_size(std::string_view what) {
  return Answer::refusal({"InvalidRequestException", fmt::format("The request is too large: {}", what), 413, {}},
                         found(id::otlp_too_large, "body", what));
}

void items_of(otlp::Signal signal, std::string_view body, const std::set<std::size_t>& rejected, const TakeItem& take,
              std::optional<bool> sampled) {
  const std::string_view kind = signal == otlp::Signal::traces ? "span" : "metric";
  (void)otlp::decode(signal, body, [&](std::size_t index, ordered_json fields) {
    if (rejected.contains(index)) return;
    if (sampled) fields["sampled"] = *sampled;
    take(kind, std::move(fields));
  });
}

void items_of_datagram(const recording::Entry& entry, const TakeItem& take) {
  const auto otlp = otlp_body(read_datagram(entry.body).document);
  if (entry.effect != datagram_otlp || !otlp) return;
  const auto request = export_request(*otlp);
  const bool is_traces = otlp->signal == "traces";
  if (request) {
    items_of(is_traces ? otlp::Signal::traces : otlp::Signal::metrics, *request, {}, take,
             is_traces ? std::optional(otlp->sampled) : std::nullopt);
  }
}

}  // namespace

std::expected<std::string, std::string> export_request(const OtlpBody& otlp) {
  auto bytes = from_base64(otlp.payload);
  if (!bytes) return std::unexpected("the text behind the prefix is no base64");
  const auto signal = otlp.signal == "traces" ? otlp::Signal::traces : otlp::Signal::metrics;
  if (const auto valid = otlp::validate(signal, *bytes); !valid) return std::unexpected(otlp::describe(valid.error()));
  return std::move(*bytes);
}

void otlp_items(const recording::Entry& entry, const TakeItem& take) {
  if (entry.protocol == recording::Protocol::udp) return items_of_datagram(entry, take);
  const auto request = entry.request();
  if (request.path() != endpoint || entry.effect.empty()) return;
  const auto effect = nlohmann::json::parse(entry.effect, nullptr, false);
  if (!effect.is_object() || !effect.contains("otlp")) return;
  std::string storage;
  std::string converted;
  const auto plain = aws::plain_body(request, storage, largest_plain_body);
  if (!plain) return;
  const auto body = protobuf_of(request, *plain, converted);
  if (!body) return;
  items_of(otlp::Signal::traces, *body, effect["otlp"].value("rejected", std::set<std::size_t>{}), take, std::nullopt);
}

Answer put_otlp_traces(const XrayState& state, const Call& call) {
  if (call.body.size() > largest_body) return refuse_size(fmt::format("{} bytes", call.body.size()));
  std::string converted;
  const auto body = protobuf_of(call.request, call.body, converted);
  const auto refuse_body = [](const std::string& why) {
    return Answer::refusal(invalid_request(why), found(id::otlp_unreadable, "body", why));  // text [guess]
  };
  if (!body) return refuse_body(body.error());
  const auto summary = otlp::validate(otlp::Signal::traces, *body);
  if (!summary) return refuse_body(otlp::describe(summary.error()));
  if (summary->items > most_spans) return refuse_size(fmt::format("{} spans", summary->items));

  const auto& destination = state.region(call.scope).resources.destination;
  const bool goes_to_logs = destination.name == "CloudWatchLogs";
  if (!goes_to_logs && destination.was_chosen) {  // text [guess]
    return Answer::refusal(
        invalid_request("The OTLP API is supported with CloudWatch Logs as a Trace Segment Destination."),
        found(id::otlp_destination, "region", call.scope.region));
  }
  Answer answer;
  const auto rejected = judge_spans(*body, call.context.moment.vendor_ns);
  answer.body = response(is_json(call.request), rejected);
  answer.content_type = is_json(call.request) ? "application/json" : "application/x-protobuf";
  answer.effect = scoped_effect("otlp", call.scope,
                                {{"spans", summary->items - rejected.indexes.size()}, {"rejected", rejected.indexes}});
  if (!goes_to_logs) answer.findings.push_back(found(id::otlp_destination, "region", call.scope.region));
  if (!rejected.indexes.empty()) answer.findings.push_back(found(id::otlp_span_rejected, "body", rejected.why));
  return answer;
}

}  // namespace understudy::xray
