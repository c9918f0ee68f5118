#pragma once

#include <expected>
#include <memory>
#include <string>

#include "backend/environment.h"
#include "backend/telemetry/http_client.h"
#include "backend/telemetry/tracing.h"

namespace cruddur::telemetry {

/// What the variables OTEL_* say. Empty values count as unset.
struct OtlpSettings {
  Url url;  // with the whole path
  Headers headers;
  bool gzip = false;
  std::string ca_file;
  std::chrono::milliseconds timeout{10000};
  CourierLimits batches;  // OTEL_BSP_*
};
std::expected<OtlpSettings, std::string> read_otlp_settings(const Environment& environment);

/// `k=v,k2=v2` with coded values; pairs without "=" are dropped with a warning, as every SDK does.
Headers parse_header_list(std::string_view text);

/// OTEL_SERVICE_NAME over OTEL_RESOURCE_ATTRIBUTES over unknown_service, and what this SDK says of itself.
Attributes read_resource(const Environment& environment);
std::expected<TraceSampler, std::string> read_trace_sampler(const Environment& environment);

/// Batches over OTLP/HTTP in protobuf. Status 429, 502, 503, 504 and connections that fail are tried again, after
/// Retry-After where the reply has one; every other refusal loses the batch, with a warning that shows the reply
/// (OpenTelemetry protocol specification, "OTLP/HTTP response" [docs]).
std::unique_ptr<SpanProcessor> make_otlp_processor(const OtlpSettings& settings, Attributes resource);

/// Writes each span to stdout as one JSON document when it ends, in the form of the Python SDK's console exporter,
/// which the seeds' pages show [snapshot].
std::unique_ptr<SpanProcessor> make_console_processor(Attributes resource);
std::string console_text(const SpanData& span, const Attributes& resource);

/// The verdict on a reply, apart from the network, with the warning to write.
Outcome judge_export_reply(const Reply& reply, std::int64_t now);

std::string gzip(std::string_view bytes);

}  // namespace cruddur::telemetry
