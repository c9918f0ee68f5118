#include "cloudwatch_logs/ingestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "aws/authentication.h"
#include "aws/body.h"
#include "base/bytes.h"
#include "base/percent.h"
#include "cloudwatch_logs/call.h"
#include "cloudwatch_logs/embedded_metrics.h"
#include "cloudwatch_logs/events.h"
#include "cloudwatch_logs/filter_matches.h"
#include "cloudwatch_logs/ingested_events.h"
#include "otlp/logs_service.pb.h"
#include "otlp/status.pb.h"

namespace understudy::cloudwatch_logs {
namespace {

using recording::Decision;
using recording::Request;

constexpr std::string_view token_prefix = "ACWL";

// What a batch keeps and what it loses: events are sorted, so what is too old leads.
struct Window {
  std::uint32_t too_old = 0;
  std::uint32_t expired = 0;
  std::uint32_t too_new = 0;
};

Window window_of(const std::vector<IngestedEvent>& events, const Group& group, std::int64_t now_ms) {
  Window window;
  const auto expired_ms = group.retention_days ? now_ms - *group.retention_days * std::int64_t{86'400'000} : INT64_MIN;
  for (const auto& event : events) {
    if (event.timestamp_ms < now_ms - oldest_event_ms) {
      ++window.too_old;
    } else if (event.timestamp_ms < expired_ms) {
      ++window.expired;
    } else if (event.timestamp_ms > now_ms + newest_event_ms) {
      ++window.too_new;
    }
  }
  return window;
}

class Ingestion {
 public:
  Ingestion(const LogsState& state, const Request& request, const recording::Context& context)
      : state_(state), request_(request), context_(context), form_(ingestion_path(request.path())->form) {}

  Decision decide() {
    if (!authenticate() || !find_target() || !read_events()) return std::move(refused_);
    return accept();
  }

 private:
  bool refuse(int status, std::string_view message, recording::Finding found);
  bool authenticate();
  bool take_token(std::string_view token);
  bool name_target();
  bool find_target();
  bool read_events();
  Decision accept();
  std::string reply_of(const Window& window) const;

  const LogsState& state_;
  const Request& request_;
  const recording::Context& context_;
  IngestionForm form_;
  Place place_;
  bool by_token_ = false;
  std::string group_name_;
  std::string stream_name_;
  const Group* group_ = nullptr;
  IngestedEvents read_;
  std::vector<recording::Finding> findings_;
  Decision refused_;
};

// OTLP says errors as a Status, in the form of the request; the other paths as JSON [guess].
bool Ingestion::refuse(int status, std::string_view message, recording::Finding found) {
  refused_.reply.status = status;
  const bool protobuf = form_ == IngestionForm::otlp && !is_json(request_);
  refused_.reply.headers = {{"x-amzn-RequestId", aws::request_id(context_.entropy)},
                            {"Content-Type", protobuf ? "application/x-protobuf" : "application/json"}};
  if (protobuf) {
    google::rpc::Status said;
    said.set_code(status == 403 ? 7 : 3);
    said.set_message(std::string(message));
    refused_.reply.body = said.SerializeAsString();
  } else {
    refused_.reply.body = R"({"message":)";
    aws::append_json_string(refused_.reply.body, message);
    refused_.reply.body += '}';
  }
  findings_.push_back(std::move(found));
  refused_.findings = std::move(findings_);
  return false;
}

bool Ingestion::take_token(std::string_view token) {
  by_token_ = true;
  place_ = {std::string(aws::default_account), "us-east-1"};
  if (token.starts_with(token_prefix) && token.size() > token_prefix.size()) return true;
  return refuse(403, "The security token included in the request is invalid.",
                finding("ingestion.token", "header authorization", "a token starts with ACWL"));
}

bool Ingestion::authenticate() {
  if (request_.method != "POST") {
    return refuse(400, "Only POST is supported.", finding("ingestion.request", "method", std::string(request_.method)));
  }
  const auto header = request_.header("authorization").value_or("");
  if (header.size() > 7 && equals_ignoring_case(header.substr(0, 7), "bearer ")) {
    return take_token(trim(header.substr(7)));
  }
  auto authentication = aws::authenticate(request_, state_.accounts, context_.moment.wall_ns,
                                          {.vendor = vendor_name, .service = "logs", .refusal_status = 403});
  if (authentication.refused) {
    const auto text = authentication.refused->message;
    auto found = std::move(authentication.findings.back());
    authentication.findings.pop_back();
    findings_ = std::move(authentication.findings);
    return refuse(403, text, std::move(found));
  }
  findings_ = std::move(authentication.findings);
  place_ = {authentication.identity.account, authentication.identity.region};
  return true;
}

// Headers for all; the query for all but OTLP, and never both.
bool Ingestion::name_target() {
  group_name_ = request_.header("x-aws-log-group").value_or("");
  stream_name_ = request_.header("x-aws-log-stream").value_or("");
  if (form_ == IngestionForm::otlp) return true;
  const bool by_header = !group_name_.empty() || !stream_name_.empty();
  bool by_query = false;
  for (const auto& [name, value] : parse_query(request_.query())) {
    if (name != "logGroup" && name != "logStream") continue;
    by_query = true;
    (name == "logGroup" ? group_name_ : stream_name_) = value;
  }
  if (!by_header || !by_query) return true;
  return refuse(400, "Specify the log group and log stream in headers or in query parameters, not in both.",
                finding("ingestion.target", "query", "headers and query both name a group or stream"));
}

bool Ingestion::find_target() {
  if (!name_target()) return false;
  if (group_name_.empty() || stream_name_.empty()) {
    const auto* missing = group_name_.empty() ? "x-aws-log-group" : "x-aws-log-stream";
    return refuse(400, fmt::format("Missing required header: {}", missing),
                  finding("ingestion.target", fmt::format("header {}", missing), "missing"));
  }
  group_ = find_group(state_.groups_of(place_), group_name_);
  if (group_ == nullptr) {
    return refuse(400, "The specified log group does not exist.",
                  finding("group.missing", "header x-aws-log-group",
                          fmt::format("'{}' in account {}, region {}", group_name_, place_.account, place_.region)));
  }
  if (find_stream(*group_, stream_name_) == nullptr) {
    return refuse(400, "The specified log stream does not exist.",
                  finding("stream.missing", "header x-aws-log-stream",
                          fmt::format("'{}' of group '{}'", stream_name_, group_name_)));
  }
  if (by_token_ && !group_->bearer_token_authentication.value_or(false)) {
    return refuse(
        403, "Bearer token authentication is not enabled for this log group.",
        finding("ingestion.token", "header authorization", "call PutBearerTokenAuthentication for the group first"));
  }
  return true;
}

bool Ingestion::read_events() {
  const auto type = request_.header("content-type").value_or("");
  const bool takes_other = form_ == IngestionForm::otlp   ? type.starts_with("application/x-protobuf")
                           : form_ == IngestionForm::bulk ? type.starts_with("application/x-ndjson")
                                                          : false;
  if (!is_json(request_) && !takes_other) {
    return refuse(400, fmt::format("Unsupported Content-Type: {}", type),
                  finding("ingestion.request", "header content-type", std::string(type)));
  }
  std::string storage;
  const auto body = aws::plain_body(request_, storage, largest_body);
  if (!body) {
    return refuse(400, "The request body could not be decompressed.",
                  finding("body.coding", "header content-encoding",
                          std::string(request_.header("content-encoding").value_or(""))));
  }
  auto read = read_ingested(form_, request_, *body, context_.moment.vendor_ns / 1'000'000);
  if (!read) return refuse(400, read.error(), finding("ingestion.body", "body", read.error()));
  read_ = std::move(*read);
  std::uint64_t bytes = 0;
  for (const auto& event : read_.events) bytes += event.message.size() + event_overhead;
  if (read_.events.size() > most_events) {
    return refuse(400, "Too many log events in the request.",
                  finding("events.too-many", "body", fmt::format("{} events", read_.events.size())));
  }
  if (bytes > largest_batch) {
    return refuse(400, fmt::format("Upload too large: {} bytes exceeds limit of {}", bytes, largest_batch),
                  finding("events.batch-too-large", "body", fmt::format("{} bytes", bytes)));
  }
  return true;
}

std::string Ingestion::reply_of(const Window& window) const {
  const auto rejected = window.too_old + window.expired + window.too_new;
  std::string counts;
  const auto add = [&](std::string_view name, std::uint32_t count) {
    if (count > 0) counts += fmt::format(R"({}"{}": {})", counts.empty() ? "" : ", ", name, count);
  };
  add("tooOldLogEventCount", window.too_old);
  add("tooNewLogEventCount", window.too_new);
  add("expiredLogEventCount", window.expired);
  const auto message = fmt::format("{{{}}}", counts);
  if (form_ == IngestionForm::otlp && !is_json(request_)) {
    opentelemetry::proto::collector::logs::v1::ExportLogsServiceResponse reply;
    if (rejected > 0) {
      reply.mutable_partial_success()->set_rejected_log_records(rejected);
      reply.mutable_partial_success()->set_error_message(message);
    }
    return reply.SerializeAsString();
  }
  if (rejected == 0) return "{}";
  const nlohmann::ordered_json partial = {{"rejectedLogRecords", rejected}, {"errorMessage", message}};
  return nlohmann::ordered_json{{"partialSuccess", partial}}.dump();
}

Decision Ingestion::accept() {
  const auto now_ms = context_.moment.vendor_ns / 1'000'000;
  const auto& events = read_.events;
  const auto window = window_of(events, *group_, now_ms);
  const auto first = window.too_old + window.expired;
  const auto end = static_cast<std::uint32_t>(events.size()) - window.too_new;
  if (first < end && events[end - 1].timestamp_ms - events[first].timestamp_ms > longest_span_ms) {
    refuse(400, "The batch of log events in a single request cannot span more than 24 hours.",
           finding("events.span", "body",
                   fmt::format("{} to {}", events[first].timestamp_ms, events[end - 1].timestamp_ms)));
    return std::move(refused_);
  }

  effect::Effect effect;
  effect.set_account(place_.account);
  effect.set_region(place_.region);
  effect.set_log_group(group_name_);
  effect.set_log_stream(stream_name_);
  effect.set_time_ms(now_ms);
  auto& put = *effect.mutable_put_log_events();
  put.set_ingestion_time_ms(now_ms);
  put.set_next_sequence_token("49" + context_.entropy.text("sequence token", 54, "0123456789"));
  if (first < end) {
    put.set_first(first);
    put.set_end(end);
    put.set_first_timestamp_ms(events[first].timestamp_ms);
    put.set_last_timestamp_ms(events[end - 1].timestamp_ms);
    std::vector<std::string_view> messages;
    for (auto i = first; i < end; ++i) messages.push_back(events[i].message);
    add_filter_matches(put, group_name_, *group_, state_.objects_of(place_), first, messages);
  }

  Decision decision;
  decision.reply.headers = {
      {"x-amzn-RequestId", aws::request_id(context_.entropy)},
      {"Content-Type",
       form_ == IngestionForm::otlp && !is_json(request_) ? "application/x-protobuf" : "application/json"}};
  decision.reply.body = reply_of(window);
  decision.effect = effect.SerializeAsString();
  decision.findings = std::move(findings_);
  const auto note = [&](std::string_view what, std::uint32_t count) {
    if (count > 0) {
      decision.findings.push_back(finding(what, "body", fmt::format("{} of {} events", count, events.size())));
    }
  };
  note("events.too-old", window.too_old);
  note("events.expired", window.expired);
  note("events.too-new", window.too_new);
  for (auto i = first; i < end; ++i) {
    const auto metrics = read_embedded_metrics(events[i].message);
    if (!metrics || metrics->faults.empty()) continue;
    decision.findings.push_back(
        finding("embedded-metrics.fault", fmt::format("event {}", i), metrics->faults.front().substr(0, 300)));
    break;
  }
  if (read_.skipped > 0) {
    decision.findings.push_back(finding("ingestion.skipped", "body", fmt::format("{} parts", read_.skipped)));
  }
  return decision;
}

}  // namespace

bool is_ingestion(const Request& request) {
  return !request.header("x-amz-target") && ingestion_path(request.path()) != nullptr;
}

Decision ingest(const LogsState& state, const Request& request, const recording::Context& context) {
  return Ingestion(state, request, context).decide();
}

}  // namespace understudy::cloudwatch_logs
