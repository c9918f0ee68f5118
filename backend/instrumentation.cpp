#include "backend/instrumentation.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <optional>

#include "backend/text.h"

namespace cruddur {
namespace {

using telemetry::ActiveSpan;
using telemetry::Attributes;

bool is_known_method(std::string_view method) {
  constexpr std::array known{"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::ranges::find(known, method) != known.end();
}

/// `1.1` of `HTTP/1.1`.
std::string protocol_version(const HttpRequest& request) {
  return request.version.substr(request.version.find('/') + 1);
}

Attributes old_attributes(const HttpRequest& request, const std::string& server_name) {
  return {{"http.method", is_known_method(request.method) ? request.method : "_OTHER"},
          {"http.server_name", server_name},
          {"http.scheme", "http"},
          {"net.host.name", request.host()},
          {"http.host", request.host()},
          {"net.host.port", std::int64_t{request.local_port}},
          {"http.target", request.target},
          {"net.peer.ip", request.remote_address},
          {"net.peer.port", std::int64_t{request.remote_port}},
          {"http.flavor", protocol_version(request)}};
}

Attributes stable_attributes(const HttpRequest& request) {
  const auto host = request.host();
  Attributes attributes{{"http.request.method", is_known_method(request.method) ? request.method : "_OTHER"},
                        {"url.scheme", "http"},
                        {"url.path", request.target.substr(0, request.target.find('?'))},
                        {"server.address", host.substr(0, host.rfind(':'))},
                        {"server.port", std::int64_t{request.local_port}},
                        {"client.address", request.remote_address},
                        {"client.port", std::int64_t{request.remote_port}},
                        {"network.protocol.version", protocol_version(request)}};
  if (const auto query = request.query(); !query.empty()) {
    attributes.emplace_back("url.query", query);
  }
  return attributes;
}

std::string span_name(const Exchange& exchange) {
  const auto& method = exchange.request.method;
  return is_known_method(method) ? method + " " + exchange.route.value_or(exchange.request.path()) : "HTTP";
}

class ServerSpans : public Middleware {
 public:
  ServerSpans(Instruments& instruments, std::string server_name)
      : instruments_(instruments),
        server_name_(std::move(server_name)),
        tracer_(instruments.tracing().tracer("cruddur.http_server", "0.1.0")) {}

  void begin(Exchange& exchange) override {
    const auto& headers = exchange.request.headers;
    auto parent = telemetry::parse_traceparent(headers.get("traceparent").value_or(""));
    if (parent) {
      parent->trace_state = headers.get("tracestate").value_or("");
    }
    // A request is handled on one thread, begun and ended by this object: a slot a thread is enough.
    auto& span = slot().emplace(
        tracer_.start(span_name(exchange), {.kind = telemetry::SpanKind::server, .remote_parent = parent}));
    if (instruments_.conventions != HttpConventions::stable) {
      set_all(span, old_attributes(exchange.request, server_name_));
    }
    if (instruments_.conventions != HttpConventions::old) {
      set_all(span, stable_attributes(exchange.request));
    }
    if (exchange.route) {
      span.set_attribute("http.route", *exchange.route);
    }
    if (instruments_.variants.has(Variant::user_attributes)) {
      name_the_user(span, exchange);
    }
    if (const auto agent = headers.get("User-Agent")) {
      set_either(span, "http.user_agent", "user_agent.original", *agent);
    }
  }

  void after(Exchange& exchange) override {
    set_either(*slot(), "http.status_code", "http.response.status_code", std::int64_t{exchange.response.status});
    if (exchange.response.status >= 500 && instruments_.conventions != HttpConventions::old) {
      slot()->set_attribute("error.type", std::to_string(exchange.response.status));
    }
  }

  void end(Exchange& exchange) override {
    if (exchange.failure) {
      slot()->record_failure(*exchange.failure);
    }
    slot().reset();
  }

 private:
  static void name_the_user(ActiveSpan& span, const Exchange& exchange) {
    const auto given = exchange.request.argument("user_id").value_or("");
    std::int64_t id = 1001;  // nobody has signed in
    std::from_chars(given.data(), given.data() + given.size(), id);
    span.set_attribute("app.user_id", id);
    if (const auto handle = exchange.parameters.find("handle"); handle != exchange.parameters.end()) {
      span.set_attribute("app.user_handle", handle->second);
    }
  }
  static std::optional<ActiveSpan>& slot() {
    thread_local std::optional<ActiveSpan> span;
    return span;
  }
  static void set_all(ActiveSpan& span, const Attributes& attributes) {
    for (const auto& [name, value] : attributes) {
      span.set_attribute(name, value);
    }
  }
  void set_either(ActiveSpan& span, std::string_view old_name, std::string_view stable_name,
                  telemetry::AttributeValue value) const {
    if (instruments_.conventions != HttpConventions::stable) {
      span.set_attribute(old_name, value);
    }
    if (instruments_.conventions != HttpConventions::old) {
      span.set_attribute(stable_name, std::move(value));
    }
  }

  Instruments& instruments_;
  const std::string server_name_;
  const telemetry::Tracer tracer_;
};

class Segments : public Middleware {
 public:
  explicit Segments(Instruments& instruments) : instruments_(instruments) {}

  void begin(Exchange& exchange) override {
    const auto& request = exchange.request;
    const auto header = incoming(request);
    const auto name = instruments_.naming.name_of(request.host());
    // A decision from upstream is obeyed, and then no rule stands on the segment.
    auto decision = telemetry::SamplingDecision{header.sampled == telemetry::TraceHeader::Sampled::yes, std::nullopt};
    if (header.sampled == telemetry::TraceHeader::Sampled::absent ||
        header.sampled == telemetry::TraceHeader::Sampled::ask) {
      decision = instruments_.decide({request.host(), request.method, request.path(), name});
    }
    auto& xray = instruments_.xray();
    xray.begin_segment({.name = name,
                        .trace_id = header.root,
                        .parent_id = header.parent,
                        .is_sampled = decision.is_sampled && instruments_.is_xray_enabled(),
                        .rule = decision.rule});
    const auto forwarded = request.headers.get("X-Forwarded-For");
    xray.put_http_request({.url = request.base_url(),
                           .method = request.method,
                           .user_agent = request.headers.get("User-Agent"),
                           .client_ip = forwarded.value_or(request.remote_address),
                           .is_forwarded = forwarded.has_value()});
  }

  void after(Exchange& exchange) override {
    auto& xray = instruments_.xray();
    auto& response = exchange.response;
    xray.put_http_response(response.status, response.body.empty() ? std::nullopt : std::optional(response.body.size()));
    auto value = "Root=" + xray.response_trace_id();
    if (incoming(exchange.request).sampled == telemetry::TraceHeader::Sampled::ask) {
      value += xray.is_sampled() ? ";Sampled=1" : ";Sampled=0";
    }
    response.headers.add("X-Amzn-Trace-Id", value);
  }

  void end(Exchange& exchange) override {
    auto& xray = instruments_.xray();
    if (!xray.has_open_segment()) {
      return;
    }
    if (exchange.failure) {
      xray.put_http_response(500, std::nullopt);
      xray.add_exception(*exchange.failure);
    }
    xray.end_segment();
  }

 private:
  static telemetry::TraceHeader incoming(const HttpRequest& request) {
    return telemetry::TraceHeader::parse(request.headers.get("X-Amzn-Trace-Id").value_or(""));
  }

  Instruments& instruments_;
};

class ExceptionItems : public Middleware {
 public:
  explicit ExceptionItems(Instruments& instruments) : instruments_(instruments) {}

  void failed(Exchange& exchange) override {
    if (auto* rollbar = instruments_.rollbar()) {
      rollbar->report_exception(*exchange.failure, exchange.request, exchange.route);
    }
  }

 private:
  Instruments& instruments_;
};

class AccessLog : public Middleware {
 public:
  explicit AccessLog(Instruments& instruments) : instruments_(instruments) {}

  void failed(Exchange& exchange) override {
    if (!instruments_.variants.has(Variant::debug_mode)) {
      instruments_.log.error(fmt::format("Exception on {} [{}]\n{}", exchange.request.path(), exchange.request.method,
                                         exchange.failure->stack_trace()));
    }
  }

  void after(Exchange& exchange) override {
    const auto& request = exchange.request;
    if (exchange.response.status == 200 && instruments_.variants.has(Variant::log_only_failures)) {
      return;
    }
    // The path as written, and a question mark even without a query: that is what the seeds log.
    instruments_.log.error(fmt::format("[{:%Y-%b-%d %H:%M}] {} {} http {}?{} {}", fmt::localtime(std::time(nullptr)),
                                       request.remote_address, request.method, request.path(), request.query(),
                                       exchange.response.status_line()));
  }

 private:
  Instruments& instruments_;
};

}  // namespace

std::unique_ptr<Middleware> make_server_spans(Instruments& instruments, std::string server_name) {
  return std::make_unique<ServerSpans>(instruments, std::move(server_name));
}
std::unique_ptr<Middleware> make_segments(Instruments& instruments) { return std::make_unique<Segments>(instruments); }
std::unique_ptr<Middleware> make_exception_items(Instruments& instruments) {
  return std::make_unique<ExceptionItems>(instruments);
}
std::unique_ptr<Middleware> make_access_log(Instruments& instruments) {
  return std::make_unique<AccessLog>(instruments);
}

}  // namespace cruddur
