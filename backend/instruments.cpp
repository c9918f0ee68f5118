#include "backend/instruments.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>

#include "backend/telemetry/diagnostics.h"
#include "backend/telemetry/span_export.h"
#include "backend/telemetry/unix_time.h"
#include "backend/telemetry/xray_emitter.h"
#include "backend/telemetry/xray_poller.h"
#include "backend/text.h"

namespace cruddur {
namespace {

using telemetry::XrayRecorder;

double draw() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

bool lists(const std::string& text, std::string_view wanted) {
  const auto parts = split(text, ',');
  return std::ranges::any_of(parts, [&](std::string_view part) { return trim(part) == wanted; });
}

HttpConventions read_conventions(const Environment& environment) {
  const auto chosen = environment.get_or("OTEL_SEMCONV_STABILITY_OPT_IN", "");
  return lists(chosen, "http/dup") ? HttpConventions::both
         : lists(chosen, "http")   ? HttpConventions::stable
                                   : HttpConventions::old;
}

}  // namespace

struct Instruments::Implementation {
  std::unique_ptr<telemetry::Tracing> tracing = std::make_unique<telemetry::Tracing>(telemetry::TraceSampler{});
  telemetry::Sampler sampler{draw};
  std::unique_ptr<telemetry::SamplingPoller> poller;
  std::unique_ptr<telemetry::XrayEmitter> emitter;
  std::unique_ptr<XrayRecorder> recorder =
      std::make_unique<XrayRecorder>([](const std::string&) {}, XrayRecorder::OnMissingContext::log);
  bool is_xray_enabled = false;
  std::shared_ptr<telemetry::CloudWatchHandler> cloudwatch;
  std::unique_ptr<telemetry::Rollbar> rollbar;

  std::expected<void, std::string> open_tracing(const Environment& environment, const Variants& chosen);
  std::expected<void, std::string> open_xray(const Environment& environment);
  std::expected<void, std::string> open_cloudwatch(const Environment& environment, const Variants& chosen);
  std::expected<void, std::string> open_rollbar(const Environment& environment, const Variants& chosen);
};

Instruments::Instruments() : implementation_(std::make_unique<Implementation>()) {}
Instruments::~Instruments() = default;

std::unique_ptr<Instruments> Instruments::silent() { return std::unique_ptr<Instruments>(new Instruments); }

std::expected<std::unique_ptr<Instruments>, std::string> Instruments::open(const Environment& environment) {
  auto instruments = silent();
  auto variants = Variants::parse(environment.get_or("CRUDDUR_VARIANT", ""));
  if (!variants) {
    return std::unexpected(variants.error());
  }
  instruments->variants = std::move(*variants);
  instruments->conventions = read_conventions(environment);
  instruments->naming.service =
      environment.get_or("AWS_XRAY_TRACING_NAME", environment.get_or("AWS_XRAY_SERVICE", "backend-flask"));
  instruments->naming.pattern = environment.get("AWS_XRAY_URL");
  auto& all = *instruments->implementation_;
  auto opened = all.open_tracing(environment, instruments->variants);
  opened = opened ? all.open_xray(environment) : opened;
  opened = opened ? all.open_cloudwatch(environment, instruments->variants) : opened;
  opened = opened ? all.open_rollbar(environment, instruments->variants) : opened;
  if (!opened) {
    return std::unexpected(opened.error());
  }
  instruments->log.attach(all.cloudwatch);
  return instruments;
}

std::expected<void, std::string> Instruments::Implementation::open_tracing(const Environment& environment,
                                                                           const Variants& chosen) {
  const auto trace_sampler = telemetry::read_trace_sampler(environment);
  if (!trace_sampler) {
    return std::unexpected(trace_sampler.error());
  }
  tracing = std::make_unique<telemetry::Tracing>(*trace_sampler);
  const bool is_switched_off = chosen.has(Variant::switches) && environment.flag("DISABLE_HONEYCOMB", false);
  if (environment.flag("OTEL_SDK_DISABLED", false) || is_switched_off) {
    return {};
  }
  const auto exporters = environment.get_or("OTEL_TRACES_EXPORTER", "otlp");
  const auto resource = telemetry::read_resource(environment);
  if (lists(exporters, "otlp") && !chosen.has(Variant::no_exporter)) {
    const auto settings = telemetry::read_otlp_settings(environment);
    if (!settings) {
      return std::unexpected(settings.error());
    }
    for (int i = chosen.has(Variant::exporter_twice) ? 2 : 1; i > 0; --i) {
      tracing->add(telemetry::make_otlp_processor(*settings, resource));
    }
  }
  if (lists(exporters, "console") || chosen.has(Variant::console_spans)) {
    tracing->add(telemetry::make_console_processor(resource));
  }
  return {};
}

std::expected<void, std::string> Instruments::Implementation::open_xray(const Environment& environment) {
  is_xray_enabled = environment.flag("AWS_XRAY_SDK_ENABLED", true);
  if (!is_xray_enabled) {
    return {};
  }
  const auto text = environment.get_or("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");
  const auto address = telemetry::parse_daemon_address(text);
  if (!address) {
    return std::unexpected(fmt::format(
        "Invalid daemon address {} specified: AWS_XRAY_DAEMON_ADDRESS is host:port, or tcp:host:port udp:host:port",
        text));
  }
  const auto on_missing = environment.get_or("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
  emitter = std::make_unique<telemetry::XrayEmitter>(address->udp_host, address->udp_port);
  poller = std::make_unique<telemetry::SamplingPoller>(
      sampler, telemetry::Url{.scheme = "http", .host = address->tcp_host, .port = address->tcp_port, .path = ""});
  recorder =
      std::make_unique<XrayRecorder>([this](const std::string& document) { emitter->send(document); },
                                     on_missing == "RUNTIME_ERROR" ? XrayRecorder::OnMissingContext::throw_failure
                                                                   : XrayRecorder::OnMissingContext::log);
  return {};
}

std::expected<void, std::string> Instruments::Implementation::open_cloudwatch(const Environment& environment,
                                                                              const Variants& chosen) {
  if (!environment.flag("ENABLE_CLOUD_WATCH_LOG", !chosen.has(Variant::switches))) {
    return {};
  }
  auto settings = telemetry::read_cloudwatch_settings(environment, telemetry::default_log_stream("app"));
  if (!settings) {
    return std::unexpected(settings.error());
  }
  cloudwatch = std::make_shared<telemetry::CloudWatchHandler>(*settings);
  return cloudwatch->open();
}

std::expected<void, std::string> Instruments::Implementation::open_rollbar(const Environment& environment,
                                                                           const Variants& chosen) {
  auto settings = telemetry::read_rollbar_settings(environment);
  if (!settings) {
    return std::unexpected(settings.error());
  }
  const bool is_switched_off = chosen.has(Variant::switches) && environment.flag("DISABLE_ROLLBAR", false);
  if (*settings && !is_switched_off) {
    (*settings)->person_id = chosen.has(Variant::rollbar_person) ? "1" : (*settings)->person_id;
    (*settings)->adds_users = chosen.has(Variant::rollbar_payload);
    rollbar = std::make_unique<telemetry::Rollbar>(**settings, tracing->tracer("cruddur.http_client", "0.1.0"));
  }
  return {};
}

telemetry::Tracing& Instruments::tracing() { return *implementation_->tracing; }
telemetry::XrayRecorder& Instruments::xray() { return *implementation_->recorder; }
telemetry::Rollbar* Instruments::rollbar() { return implementation_->rollbar.get(); }
bool Instruments::is_xray_enabled() const { return implementation_->is_xray_enabled; }

std::string Instruments::SegmentNaming::name_of(const std::string& host) const {
  return pattern && matches_wildcard(*pattern, host) ? host : service;
}

telemetry::SamplingDecision Instruments::decide(const telemetry::SampledRequest& request) {
  if (!implementation_->is_xray_enabled) {
    return {};
  }
  implementation_->poller->start();
  return implementation_->sampler.decide(request, telemetry::unix_seconds());
}

bool Instruments::stop(telemetry::Deadline deadline) {
  auto& all = *implementation_;
  bool logs = true;
  bool documents = true;
  bool items = true;
  std::thread cloudwatch([&] { logs = !all.cloudwatch || all.cloudwatch->stop(deadline); });
  std::thread emitter([&] { documents = !all.emitter || all.emitter->stop(deadline); });
  // Before the spans, because each item that is sent ends one. It leaves them a second of their own.
  items = !all.rollbar || all.rollbar->stop(deadline - std::chrono::seconds(1));
  const bool spans = all.tracing->stop(deadline);
  cloudwatch.join();
  emitter.join();
  return logs && documents && items && spans;
}

}  // namespace cruddur
