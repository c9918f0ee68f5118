#include "backend/telemetry/rollbar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "backend/telemetry/diagnostics.h"
#include "backend/telemetry/scrubbing.h"
#include "backend/telemetry/unix_time.h"
#include "backend/telemetry/version.h"
#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds request_timeout{3};

Json server_json() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  std::error_code ignored;
  return {{"host", host.data()},
          {"pid", getpid()},
          {"argv", Json::array({std::filesystem::read_symlink("/proc/self/exe", ignored).string()})},
          {"root", std::filesystem::current_path(ignored).string()}};
}

Json new_data(const RollbarSettings& settings, const std::string& level) {
  return {{"timestamp", unix_seconds()},
          {"environment", settings.environment},
          {"level", level},
          {"language", "c++"},
          {"framework", "cpp-httplib"},
          {"notifier", {{"name", "cruddur"}, {"version", version}}},
          {"uuid", new_uuid()},
          {"server", server_json()}};
}

Json trace_json(const Caught& caught) {
  auto frames = Json::array();
  for (const auto& frame : caught.frames) {
    frames.push_back({{"filename", frame.file}, {"lineno", frame.line}, {"method", frame.function}});
  }
  return {{"frames", frames}, {"exception", {{"class", caught.type}, {"message", caught.message}}}};
}

Json parameters_json(const std::string& query) {
  auto parameters = Json::object();
  for (const auto pair : split(query, '&')) {
    const auto equals = pair.find('=');
    if (!pair.empty()) {
      // Of equal names the first value, as the seeds' notifier sends it.
      parameters.emplace(percent_decode(pair.substr(0, equals), true),
                         equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1), true));
    }
  }
  return parameters;
}

Json request_json(const HttpRequest& request) {
  auto headers = Json::object();
  for (const auto& [name, value] : request.headers.entries()) {
    headers.emplace(name, value);
  }
  const auto query = request.query();
  Json described{{"url", scrub_url(request.base_url() + (query.empty() ? "" : "?" + query))},
                 {"method", request.method},
                 {"GET", parameters_json(query)},
                 {"POST", Json::object()},
                 {"user_ip", request.headers.get("X-Forwarded-For")
                                 .value_or(request.headers.get("X-Real-Ip").value_or(request.remote_address))},
                 {"headers", headers}};
  if (auto body = Json::parse(request.body, nullptr, false); !body.is_discarded()) {
    described["body"] = std::move(body);
  }
  return described;
}

/// Data of one's own, under names with dots, as a payload handler adds it.
void add_user(Json& data) {
  constexpr std::array users{std::array{"1", "standard", "red"}, std::array{"2", "premium", "blue"},
                             std::array{"3", "standard", "green"}};
  static std::atomic<std::size_t> next = 0;
  const auto& user = users.at(next++ % users.size());
  data["user.id"] = user[0];
  data["user.type"] = user[1];
  data["user.team"] = user[2];
}

std::string payload(const RollbarSettings& settings, Json data) {
  if (settings.adds_users) {
    add_user(data);
  }
  scrub(data);
  const Json item{{"access_token", settings.access_token}, {"data", std::move(data)}};
  return item.dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct Posting {
  std::string body;
  std::optional<SpanContext> origin;
};

CourierLimits item_queue() {
  return {.queue = 1000, .batch = 1, .delay = std::chrono::milliseconds(0), .attempt = request_timeout};
}

}  // namespace

std::expected<std::optional<RollbarSettings>, std::string> read_rollbar_settings(const Environment& environment) {
  const auto token = environment.get("ROLLBAR_ACCESS_TOKEN");
  if (!token) {
    warn("No ROLLBAR_ACCESS_TOKEN: nothing will be sent to Rollbar");
    return std::nullopt;
  }
  auto endpoint = environment.get_or("ROLLBAR_ENDPOINT", "https://api.rollbar.com/api/1/");
  if (!endpoint.ends_with("item/") && !endpoint.ends_with("item")) {
    endpoint += endpoint.ends_with('/') ? "item/" : "/item/";
  }
  auto url = parse_url(endpoint);
  if (!url) {
    return std::unexpected("ROLLBAR_ENDPOINT: " + url.error());
  }
  RollbarSettings settings;
  settings.item_url = std::move(*url);
  settings.access_token = *token;
  settings.environment = environment.get_or("ROLLBAR_ENVIRONMENT", "production");
  settings.person_id = environment.get_or("ROLLBAR_PERSON_ID", "");
  settings.ca_file = environment.get_or("SSL_CERT_FILE", "");
  settings.queue = item_queue();
  return settings;
}

std::string exception_item(const RollbarSettings& settings, const Caught& caught, const HttpRequest& request,
                           const std::optional<std::string>& route) {
  auto data = new_data(settings, "error");
  data["body"]["trace"] = trace_json(caught);
  if (route) {
    data["context"] = *route;
  }
  data["request"] = request_json(request);
  if (!settings.person_id.empty()) {
    data["person"] = {{"id", settings.person_id}, {"username", nullptr}, {"email", nullptr}};
  }
  return payload(settings, std::move(data));
}

std::string message_item(const RollbarSettings& settings, const std::string& text, const std::string& level) {
  auto data = new_data(settings, level);
  data["body"]["message"]["body"] = text;
  return payload(settings, std::move(data));
}

Outcome judge_item_reply(const Reply& reply) {
  if (reply.status == 200) {
    return Outcome::delivered();
  }
  if (reply.status == 429) {
    const auto text = reply.header("X-Rate-Limit-Remaining-Seconds").value_or("");
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    return error == std::errc() && seconds > 0
               ? Outcome::try_again(std::chrono::seconds(std::min<std::int64_t>(seconds, 60)))
               : Outcome::try_again();
  }
  if (reply.status >= 500) {
    return Outcome::try_again();
  }
  warn(fmt::format("Rollbar refused an item with status {}: {}; it is lost", reply.status,
                   valid_utf8(utf8_prefix(reply.body, 300))));
  return Outcome::refused();
}

struct Rollbar::Implementation {
  Implementation(const RollbarSettings& given, Tracer given_tracer)
      : settings(given),
        tracer(std::move(given_tracer)),
        client(given.item_url, given.ca_file),
        courier("Rollbar items", given.queue,
                [this](const auto& batch, Deadline deadline) { return deliver(batch.front(), deadline); }) {}

  Outcome deliver(const Posting& posting, Deadline deadline) {
    auto span = tracer.start("POST", {.kind = SpanKind::client, .is_root = true});
    const auto& url = settings.item_url;
    span.set_attribute("http.method", "POST");
    span.set_attribute("http.url", fmt::format("{}://{}{}", url.scheme, url.authority(), url.path));
    if (posting.origin) {
      span.add_link(*posting.origin);
    }
    const auto reply = client.post(url.path,
                                   {{"X-Rollbar-Access-Token", settings.access_token},
                                    {"User-Agent", fmt::format("cruddur/{}", version)},
                                    {"traceparent", to_traceparent(span.context())}},
                                   posting.body, "application/json", deadline);
    if (!reply) {
      span.set_status(StatusCode::error, reply.error());
      warn(fmt::format("a Rollbar item could not be sent, it is kept: {}", reply.error()));
      return Outcome::try_again();
    }
    span.set_attribute("http.status_code", std::int64_t{reply->status});
    if (reply->status >= 400) {
      span.set_status(StatusCode::error);
    }
    return judge_item_reply(*reply);
  }

  const RollbarSettings settings;
  const Tracer tracer;
  HttpClient client;
  Courier<Posting> courier;  // last, because its thread uses the others
};

Rollbar::Rollbar(const RollbarSettings& settings, Tracer tracer)
    : implementation_(std::make_unique<Implementation>(settings, std::move(tracer))) {}
Rollbar::~Rollbar() = default;

void Rollbar::report_exception(const Caught& caught, const HttpRequest& request,
                               const std::optional<std::string>& route) {
  implementation_->courier.send(
      {exception_item(implementation_->settings, caught, request, route), Tracing::current()});
}

void Rollbar::report_message(const std::string& text, const std::string& level) {
  implementation_->courier.send({message_item(implementation_->settings, text, level), Tracing::current()});
}

bool Rollbar::stop(Deadline deadline) { return implementation_->courier.stop(deadline); }

std::string new_uuid() {
  auto bytes = new_trace_id();
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x40U);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  const auto hex = to_hex(bytes);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

}  // namespace cruddur::telemetry
