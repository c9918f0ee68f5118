#include "honeycomb/set_refusals.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "honeycomb/doors.h"
#include "honeycomb/grpc_errors.h"
#include "honeycomb/query_call.h"
#include "honeycomb/rules.h"
#include "otlp/trace_service.pb.h"
#include "recording/moment.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Reply;

struct IngestRow {
  std::string_view refusal;
  int otlp_status;  // 0: as the setting overloaded_status has it
  int grpc_status;
  int events_status;
  std::string_view events_message;
  bool events_alone = false;  // exports pass
};
// Events: [docs: API, events]. OTLP: [docs: rate limits] [code: husky otlp/errors.go, the internal error]; what it
// answers to a team that is throttled or denied: [guess]. What overload looks like: [guess].
constexpr IngestRow ingest_rows[] = {
    {"rate_limited", 429, grpc_resource_exhausted, 429, "Request dropped due to rate limiting."},
    {"throttled", 429, grpc_resource_exhausted, 403, "Event dropped due to administrative throttling"},
    {"denylisted", 429, grpc_resource_exhausted, 429, "Event dropped due to administrative denylist"},
    {"too_many_columns", 0, 0, 400, "Dataset has too many columns.", true},
    {"overloaded", 0, grpc_unavailable, 0, "Service Unavailable"},
    {"internal_error", 500, grpc_internal, 500, "internal error"},
};

const IngestRow* row_of(const Settings& settings) {
  const auto* const row = std::ranges::find(ingest_rows, std::string_view(settings.refuse_ingest), &IngestRow::refusal);
  return row == std::end(ingest_rows) ? nullptr : row;
}

// What stands before the service answers, and it speaks no OTLP. [guess: the words]
Reply overloaded(int status, const Speech& speech) {
  if (speech.form == Speech::Form::grpc) return grpc_error(grpc_unavailable, "Service Unavailable");
  Reply reply;
  reply.status = status;
  reply.headers.emplace_back("Content-Type", "text/html");
  reply.body = fmt::format("<html>\r\n<head><title>{}</title></head>\r\n</html>\r\n", status);
  return reply;
}

std::string_view rejected_member(std::optional<otlp::Signal> signal) {
  if (!signal) return "rejectedProfiles";
  switch (*signal) {
    case otlp::Signal::traces:
      return "rejectedSpans";
    case otlp::Signal::logs:
      return "rejectedLogRecords";
    case otlp::Signal::metrics:
      return "rejectedDataPoints";
  }
  return {};
}

Reply call_rate_limited(const recording::Request& request, const recording::Context& context) {
  constexpr std::int64_t minute_ns = 60'000'000'000;
  const std::string retry_after = time_json(context.moment.vendor_ns + minute_ns).get<std::string>();
  const std::string detail = fmt::format("Please try again after {}.", retry_after);
  Reply reply = problem(Problem::rate_limited, "Rate Limited", detail);
  if (api_of(request.path()) == Api::v2) {
    reply =
        management_error(429, "rate-limited/may-retry", "You have exceeded your rate limit.", detail, context.entropy);
  }
  // A time, where HTTP has a date or seconds. [docs: API, the examples]
  reply.headers.emplace_back("Retry-After", retry_after);
  reply.headers.emplace_back("RateLimit", "limit=100, remaining=0, reset=60");
  reply.headers.emplace_back("RateLimit-Policy", "100;w=60");
  return reply;
}

}  // namespace

std::optional<SetRefusal> refused_export(const Settings& settings, const Speech& speech) {
  const IngestRow* const row = row_of(settings);
  if (row == nullptr || row->events_alone) return std::nullopt;
  recording::Finding found = finding(rule::ingest_refused, "request", settings.refuse_ingest);
  if (row->otlp_status == 0) return SetRefusal{overloaded(settings.overloaded_status, speech), std::move(found)};
  const bool internal = row->grpc_status == grpc_internal;  // has no message [code: husky otlp/errors.go]
  const std::string_view message = internal ? std::string_view() : settings.rate_limited_message;
  if (speech.form == Speech::Form::grpc) {
    return SetRefusal{grpc_error(row->grpc_status, std::string(message)), std::move(found)};
  }
  return SetRefusal{otlp_error(speech, row->otlp_status, message), std::move(found)};
}

std::optional<SetEventsRefusal> refused_events(const Settings& settings) {
  const IngestRow* const row = row_of(settings);
  if (row == nullptr) return std::nullopt;
  const int status = row->events_status == 0 ? settings.overloaded_status : row->events_status;
  return SetEventsRefusal{status, row->events_message,
                          finding(rule::ingest_refused, "request", settings.refuse_ingest)};
}

std::optional<SetRefusal> refused_call(const Settings& settings, const recording::Request& request,
                                       const recording::Context& context) {
  if (settings.refuse_management == "no") return std::nullopt;
  recording::Finding found = finding(rule::call_refused, "request", settings.refuse_management);
  if (settings.refuse_management == "rate_limited") {
    return SetRefusal{call_rate_limited(request, context), std::move(found)};
  }
  return SetRefusal{api_error(403,
                              "Your team has been denied access to Management APIs, please contact support to be "
                              "unblocked."),
                    std::move(found)};
}

std::optional<SetRefusal> partial_success(const Settings& settings, const Speech& speech,
                                          std::optional<otlp::Signal> signal) {
  const std::uint64_t rejected = settings.partial_success_rejected;
  const std::string& message = settings.partial_success_message;
  if (rejected == 0 && message.empty()) return std::nullopt;
  SetRefusal answer{otlp_success(speech),
                    finding(rule::partly_refused, "request", fmt::format("{} rejected, \"{}\"", rejected, message))};
  if (speech.form == Speech::Form::json) {
    ordered_json part = ordered_json::object();
    if (rejected != 0) part[std::string(rejected_member(signal))] = std::to_string(rejected);
    if (!message.empty()) part["errorMessage"] = message;
    answer.reply.body = ordered_json({{"partialSuccess", std::move(part)}}).dump();
    return answer;
  }
  // The numbers of the fields are the same for each signal.
  opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse response;
  response.mutable_partial_success()->set_rejected_spans(static_cast<std::int64_t>(rejected));
  response.mutable_partial_success()->set_error_message(message);
  answer.reply.body = response.SerializeAsString();
  return answer;
}

}  // namespace understudy::honeycomb
