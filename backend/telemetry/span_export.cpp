#include "backend/telemetry/span_export.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "backend/telemetry/diagnostics.h"
#include "backend/telemetry/otlp_encoder.h"
#include "backend/telemetry/otlp_reply.h"
#include "backend/telemetry/unix_time.h"
#include "backend/telemetry/version.h"
#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

using Json = nlohmann::ordered_json;

/// OTEL_EXPORTER_OTLP_TRACES_x over OTEL_EXPORTER_OTLP_x.
std::optional<std::string> signal_setting(const Environment& environment, std::string_view name) {
  const auto own = environment.get(fmt::format("OTEL_EXPORTER_OTLP_TRACES_{}", name));
  return own ? own : environment.get(fmt::format("OTEL_EXPORTER_OTLP_{}", name));
}

std::expected<Url, std::string> read_endpoint(const Environment& environment) {
  // The signal's own endpoint is used as it is; the general one is a base.
  if (const auto own = environment.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) {
    auto url = parse_url(*own);
    if (url && url->path.empty()) {
      url->path = "/";
    }
    return url;
  }
  auto base = environment.get_or("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
  base += base.ends_with('/') ? "v1/traces" : "/v1/traces";
  return parse_url(base);
}

struct BatchVariable {
  std::string_view name;
  std::int64_t fallback;
  std::int64_t least;
};
constexpr BatchVariable schedule_delay{"OTEL_BSP_SCHEDULE_DELAY", 5000, 0};
constexpr BatchVariable max_queue_size{"OTEL_BSP_MAX_QUEUE_SIZE", 2048, 1};
constexpr BatchVariable max_batch_size{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512, 1};
constexpr BatchVariable export_timeout{"OTEL_BSP_EXPORT_TIMEOUT", 30000, 1};
constexpr std::int64_t most = 1'000'000'000;

std::expected<CourierLimits, std::string> read_batches(const Environment& environment) {
  std::array<std::int64_t, 4> values{};
  std::size_t next = 0;
  for (const auto& variable : {schedule_delay, max_queue_size, max_batch_size, export_timeout}) {
    const auto value = environment.number(variable.name, variable.fallback, variable.least, most);
    if (!value) {
      return std::unexpected(value.error());
    }
    values[next++] = *value;
  }
  CourierLimits limits;
  limits.delay = std::chrono::milliseconds(values[0]);
  limits.queue = static_cast<std::size_t>(values[1]);
  limits.batch = static_cast<std::size_t>(std::min(values[1], values[2]));
  limits.attempt = std::chrono::milliseconds(values[3]);
  return limits;
}

class OtlpProcessor : public SpanProcessor {
 public:
  OtlpProcessor(const OtlpSettings& settings, Attributes resource)
      : settings_(settings),
        resource_(std::move(resource)),
        client_(settings.url, settings.ca_file),
        courier_("spans", settings.batches,
                 [this](const auto& batch, Deadline deadline) { return deliver(batch, deadline); }) {}

  void on_end(SpanPointer span) override { courier_.send(std::move(span)); }
  bool stop(Deadline deadline) override { return courier_.stop(deadline); }

 private:
  Outcome deliver(const std::vector<SpanPointer>& batch, Deadline deadline) {
    auto body = encode_export_request(resource_, batch);
    auto headers = settings_.headers;
    headers.emplace_back("User-Agent", fmt::format("OTel-OTLP-Exporter-Cruddur-Cpp/{}", version));
    if (settings_.gzip) {
      body = gzip(body);
      headers.emplace_back("Content-Encoding", "gzip");
    }
    const auto reply = client_.post(settings_.url.path, headers, body, "application/x-protobuf",
                                    std::min(deadline, Clock::now() + settings_.timeout));
    if (!reply) {
      warn(fmt::format("{} spans could not be exported, they are kept: {}", batch.size(), reply.error()));
      return Outcome::try_again();
    }
    return judge_export_reply(*reply, unix_seconds());
  }

  const OtlpSettings settings_;
  const Attributes resource_;
  HttpClient client_;
  Courier<SpanPointer> courier_;  // last, because its thread uses the others
};

struct JsonValue {
  Json operator()(const auto& value) const { return value; }
  Json operator()(const std::string& value) const { return valid_utf8(value); }
};

Json to_json(const Attributes& attributes) {
  auto object = Json::object();
  for (const auto& [name, value] : attributes) {
    object[name] = std::visit(JsonValue{}, value);
  }
  return object;
}

std::string iso_time(std::uint64_t nanoseconds) {
  const auto seconds = static_cast<std::time_t>(nanoseconds / 1'000'000'000);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(seconds), nanoseconds / 1000 % 1'000'000);
}

Json context_json(const SpanContext& context) {
  return {{"trace_id", "0x" + to_hex(context.trace_id)},
          {"span_id", "0x" + to_hex(context.span_id)},
          {"trace_state", fmt::format("[{}]", context.trace_state)}};
}

Json events_json(const SpanData& span) {
  auto events = Json::array();
  for (const auto& event : span.events) {
    events.push_back({{"name", event.name},
                      {"timestamp", iso_time(event.time_unix_nano)},
                      {"attributes", to_json(event.attributes)}});
  }
  return events;
}

Json links_json(const SpanData& span) {
  auto links = Json::array();
  for (const auto& link : span.links) {
    links.push_back({{"context", context_json(link.context)}, {"attributes", to_json(link.attributes)}});
  }
  return links;
}

class ConsoleProcessor : public SpanProcessor {
 public:
  explicit ConsoleProcessor(Attributes resource) : resource_(std::move(resource)) {}
  void on_end(SpanPointer span) override {
    const auto text = console_text(*span, resource_) + "\n";
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }
  bool stop(Deadline) override { return true; }

 private:
  const Attributes resource_;
};

}  // namespace

Headers parse_header_list(std::string_view text) {
  Headers headers;
  for (const auto pair : split(text, ',')) {
    const auto equals = pair.find('=');
    if (trim(pair).empty()) {
      continue;
    }
    if (equals == std::string_view::npos || trim(pair.substr(0, equals)).empty()) {
      // The value may be a key: it is not shown.
      warn("OTEL_EXPORTER_OTLP_HEADERS: a header without '=' is left out; write name=value,name2=value2");
      continue;
    }
    headers.emplace_back(to_lower(trim(pair.substr(0, equals))), percent_decode(trim(pair.substr(equals + 1))));
  }
  return headers;
}

std::expected<OtlpSettings, std::string> read_otlp_settings(const Environment& environment) {
  OtlpSettings settings;
  auto url = read_endpoint(environment);
  if (!url) {
    return std::unexpected("OTEL_EXPORTER_OTLP_ENDPOINT: " + url.error());
  }
  const auto protocol = signal_setting(environment, "PROTOCOL").value_or("http/protobuf");
  if (protocol != "http/protobuf") {
    return std::unexpected(
        fmt::format("OTEL_EXPORTER_OTLP_PROTOCOL is '{}'; this backend speaks http/protobuf only", protocol));
  }
  const auto compression = signal_setting(environment, "COMPRESSION").value_or("none");
  if (compression != "none" && compression != "gzip") {
    return std::unexpected(fmt::format("OTEL_EXPORTER_OTLP_COMPRESSION is '{}'; set it to none or gzip", compression));
  }
  const auto general = environment.number("OTEL_EXPORTER_OTLP_TIMEOUT", 10000, 1, most);
  const auto timeout = general ? environment.number("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", *general, 1, most) : general;
  if (!timeout) {
    return std::unexpected(timeout.error());
  }
  auto batches = read_batches(environment);
  if (!batches) {
    return std::unexpected(batches.error());
  }
  settings.url = std::move(*url);
  settings.headers = parse_header_list(signal_setting(environment, "HEADERS").value_or(""));
  settings.gzip = compression == "gzip";
  settings.ca_file = signal_setting(environment, "CERTIFICATE").value_or(environment.get_or("SSL_CERT_FILE", ""));
  settings.timeout = std::chrono::milliseconds(*timeout);
  settings.batches = *batches;
  return settings;
}

Attributes read_resource(const Environment& environment) {
  Attributes resource{{"telemetry.sdk.language", "cpp"},
                      {"telemetry.sdk.name", "cruddur"},
                      {"telemetry.sdk.version", std::string(version)}};
  const auto given = environment.get_or("OTEL_RESOURCE_ATTRIBUTES", "");
  for (const auto pair : split(given, ',')) {
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos) {
      set_attribute(resource, trim(pair.substr(0, equals)), percent_decode(trim(pair.substr(equals + 1))));
    }
  }
  const bool is_named = std::ranges::find(resource, "service.name", &Attributes::value_type::first) != resource.end();
  const auto name = environment.get("OTEL_SERVICE_NAME");
  if (name || !is_named) {
    set_attribute(resource, "service.name", name.value_or("unknown_service"));
  }
  return resource;
}

std::expected<TraceSampler, std::string> read_trace_sampler(const Environment& environment) {
  auto name = environment.get_or("OTEL_TRACES_SAMPLER", "parentbased_always_on");
  const auto given = name;
  TraceSampler sampler;
  constexpr std::string_view prefix = "parentbased_";
  sampler.follows_parent = name.starts_with(prefix);
  if (sampler.follows_parent) {
    name.erase(0, prefix.size());
  }
  if (name == "always_on" || name == "always_off") {
    sampler.root = name == "always_on" ? TraceSampler::Root::always_on : TraceSampler::Root::always_off;
    return sampler;
  }
  if (name != "traceidratio") {
    return std::unexpected(fmt::format(
        "OTEL_TRACES_SAMPLER is '{}'; set it to always_on, always_off, traceidratio or one of them after parentbased_",
        given));
  }
  const auto argument = environment.get_or("OTEL_TRACES_SAMPLER_ARG", "1.0");
  char* end = nullptr;
  sampler.root = TraceSampler::Root::ratio;
  sampler.ratio = std::strtod(argument.c_str(), &end);
  if (end != argument.c_str() + argument.size() || !(sampler.ratio >= 0 && sampler.ratio <= 1)) {
    return std::unexpected(fmt::format("OTEL_TRACES_SAMPLER_ARG is '{}'; set it to a number from 0 to 1", argument));
  }
  return sampler;
}

Outcome judge_export_reply(const Reply& reply, std::int64_t now) {
  if (reply.status >= 200 && reply.status < 300) {
    if (const auto partial = read_partial_success(reply.body)) {
      warn(fmt::format("the service rejected {} spans of a batch: {}", partial->rejected_spans,
                       valid_utf8(utf8_prefix(partial->error_message, 300))));
    }
    return Outcome::delivered();  // what was rejected must not be sent again
  }
  if (reply.status == 429 || reply.status == 502 || reply.status == 503 || reply.status == 504) {
    const auto after = reply.header("Retry-After");
    return Outcome::try_again(after ? parse_retry_after(*after, now) : std::nullopt);
  }
  warn(fmt::format("Failed to export span batch code: {}, reason: {}; the batch is lost", reply.status,
                   valid_utf8(utf8_prefix(reply.body, 300))));
  return Outcome::refused();
}

std::unique_ptr<SpanProcessor> make_otlp_processor(const OtlpSettings& settings, Attributes resource) {
  return std::make_unique<OtlpProcessor>(settings, std::move(resource));
}

std::unique_ptr<SpanProcessor> make_console_processor(Attributes resource) {
  return std::make_unique<ConsoleProcessor>(std::move(resource));
}

std::string console_text(const SpanData& span, const Attributes& resource) {
  constexpr std::array kinds{"", "SpanKind.INTERNAL", "SpanKind.SERVER", "SpanKind.CLIENT"};
  constexpr std::array codes{"UNSET", "OK", "ERROR"};
  Json document{{"name", span.name},
                {"context", context_json(span.context)},
                {"kind", kinds.at(static_cast<std::size_t>(span.kind))},
                {"parent_id", nullptr},
                {"start_time", iso_time(span.start_time_unix_nano)},
                {"end_time", iso_time(span.end_time_unix_nano)},
                {"status", {{"status_code", codes.at(static_cast<std::size_t>(span.status))}}},
                {"attributes", to_json(span.attributes)},
                {"events", events_json(span)},
                {"links", links_json(span)},
                {"resource", {{"attributes", to_json(resource)}, {"schema_url", ""}}}};
  if (span.parent) {
    document["parent_id"] = "0x" + to_hex(span.parent->span_id);
  }
  if (!span.status_message.empty()) {
    document["status"]["description"] = span.status_message;
  }
  return document.dump(4, ' ', false, Json::error_handler_t::replace);
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int gzip_window = 15 + 16;
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY);
  std::string result(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // NOLINT: zlib does not write there
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

}  // namespace cruddur::telemetry
