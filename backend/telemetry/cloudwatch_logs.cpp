#include "backend/telemetry/cloudwatch_logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "backend/telemetry/diagnostics.h"
#include "backend/telemetry/unix_time.h"
#include "backend/telemetry/version.h"
#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

using Json = nlohmann::json;

constexpr int most_tries = 5;  // watchtower's, on one batch
constexpr std::chrono::seconds call_timeout{10};
constexpr std::int64_t longest_span = 24LL * 60 * 60 * 1000;
constexpr std::array transient_types{"ThrottlingException", "ServiceUnavailableException", "OperationAbortedException",
                                     "LimitExceededException"};

CourierLimits log_batches() {
  CourierLimits limits;
  limits.queue = 100'000;
  limits.batch = 10'000;
  limits.batch_weight = 1'048'576;
  limits.delay = std::chrono::seconds(60);
  limits.attempt = std::chrono::seconds(30);
  return limits;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::expected<CloudWatchSettings, std::string> read_cloudwatch_settings(const Environment& environment,
                                                                        std::string log_stream) {
  CloudWatchSettings settings;
  settings.region = environment.get_or("AWS_DEFAULT_REGION", "");
  if (settings.region.empty()) {
    return std::unexpected("You must specify a region: set AWS_DEFAULT_REGION (AWS_REGION is not read)");
  }
  settings.credentials = {.key_id = environment.get_or("AWS_ACCESS_KEY_ID", ""),
                          .secret = environment.get_or("AWS_SECRET_ACCESS_KEY", ""),
                          .session_token = environment.get_or("AWS_SESSION_TOKEN", "")};
  if (settings.credentials.key_id.empty() || settings.credentials.secret.empty()) {
    return std::unexpected("Unable to locate credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }
  const auto real = fmt::format("https://logs.{}.amazonaws.com", settings.region);
  const auto general = environment.get_or("AWS_ENDPOINT_URL", real);
  auto endpoint = parse_url(environment.get_or("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", general));
  if (!endpoint) {
    return std::unexpected("AWS_ENDPOINT_URL: " + endpoint.error());
  }
  settings.endpoint = std::move(*endpoint);
  settings.log_stream = std::move(log_stream);
  settings.ca_file = environment.get_or("AWS_CA_BUNDLE", environment.get_or("SSL_CERT_FILE", ""));
  settings.batches = log_batches();
  return settings;
}

AwsError read_aws_error(const Reply& reply) {
  AwsError error;
  const auto body = Json::parse(reply.body, nullptr, false);
  if (body.is_object()) {
    const auto text = [&](const char* key) {
      const auto found = body.find(key);
      return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    error.type = text("__type");
    error.type.erase(0, error.type.find_last_of('#') + 1);
    error.message = text("message").empty() ? text("Message") : text("message");
  }
  if (error.type.empty()) {
    error.type = fmt::format("status {}", reply.status);
  }
  error.is_transient = reply.status >= 500 || reply.status == 429 ||
                       std::ranges::find(transient_types, error.type) != transient_types.end();
  return error;
}

std::vector<std::vector<LogEvent>> parts_by_day(std::vector<LogEvent> events) {
  std::vector<std::pair<std::int64_t, std::size_t>> order;
  for (std::size_t i = 0; i < events.size(); ++i) {
    order.emplace_back(events[i].timestamp, i);
  }
  std::ranges::sort(order);
  std::vector<std::vector<LogEvent>> parts;
  for (const auto& [timestamp, index] : order) {
    if (parts.empty() || timestamp - parts.back().front().timestamp >= longest_span) {
      parts.emplace_back();
    }
    parts.back().push_back(std::move(events[index]));
  }
  return parts;
}

std::string put_log_events_body(const std::string& group, const std::string& stream, std::vector<LogEvent> events) {
  auto list = Json::array();
  for (auto& event : events) {
    list.push_back({{"timestamp", event.timestamp}, {"message", std::move(event.message)}});
  }
  return dump({{"logGroupName", group}, {"logStreamName", stream}, {"logEvents", std::move(list)}});
}

struct CloudWatchHandler::Implementation {
  explicit Implementation(const CloudWatchSettings& given)
      : settings(given),
        client(given.endpoint, given.ca_file),
        courier(
            "log events", given.batches,
            [this](const auto& batch, Deadline deadline) { return deliver(batch, deadline); },
            [](const LogEvent& event) { return event.message.size() + event_overhead; }) {}

  std::expected<Json, AwsError> call(std::string_view operation, const std::string& body, Deadline deadline) {
    Headers headers{{"Host", settings.endpoint.authority()},
                    {"Content-Type", "application/x-amz-json-1.1"},
                    {"X-Amz-Target", fmt::format("Logs_20140328.{}", operation)}};
    for (auto& added :
         sign_request(settings.credentials, {settings.region, "logs"}, "POST", "/", headers, body, unix_seconds())) {
      headers.push_back(std::move(added));
    }
    headers.emplace_back("User-Agent", fmt::format("cruddur/{} lang/cpp", version));
    std::erase_if(headers, [](const auto& one) { return one.first == "Host" || one.first == "Content-Type"; });
    const std::lock_guard lock(client_mutex);
    const auto reply =
        client.post("/", headers, body, "application/x-amz-json-1.1", std::min(deadline, Clock::now() + call_timeout));
    if (!reply) {
      return std::unexpected(AwsError{.type = "no reply", .message = reply.error(), .is_transient = true});
    }
    if (reply->status != 200) {
      return std::unexpected(read_aws_error(*reply));
    }
    const auto answer = Json::parse(reply->body, nullptr, false);
    return answer.is_object() ? answer : Json::object();
  }

  /// CreateLogGroup and CreateLogStream: that it exists already is as good.
  std::expected<void, AwsError> create(std::string_view operation, const Json& body, Deadline deadline) {
    const auto created = call(operation, dump(body), deadline);
    if (!created && created.error().type != "ResourceAlreadyExistsException") {
      return std::unexpected(created.error());
    }
    return {};
  }

  std::expected<bool, AwsError> group_exists(Deadline deadline) {
    Json request{{"logGroupNamePrefix", settings.log_group}};
    while (true) {
      const auto page = call("DescribeLogGroups", dump(request), deadline);
      if (!page) {
        return std::unexpected(page.error());
      }
      for (const auto& group : page->value("logGroups", Json::array())) {
        if (group.value("logGroupName", "") == settings.log_group) {
          return true;
        }
      }
      const auto next = page->find("nextToken");
      if (next == page->end() || !next->is_string()) {
        return false;
      }
      request["nextToken"] = *next;
    }
  }

  std::expected<void, AwsError> ensure_group(Deadline deadline) {
    // A refused description is no obstacle: keys may be allowed to create but not to list.
    const auto exists = group_exists(deadline);
    if (!exists && exists.error().is_transient) {
      return std::unexpected(exists.error());
    }
    return exists.value_or(false) ? std::expected<void, AwsError>()
                                  : create("CreateLogGroup", {{"logGroupName", settings.log_group}}, deadline);
  }

  /// What a missing group or stream needs.
  std::expected<void, AwsError> create_target(const AwsError& missing, Deadline deadline) {
    if (missing.message.find("log group") != std::string::npos) {
      if (auto group = create("CreateLogGroup", {{"logGroupName", settings.log_group}}, deadline); !group) {
        return group;
      }
    }
    return create("CreateLogStream", {{"logGroupName", settings.log_group}, {"logStreamName", settings.log_stream}},
                  deadline);
  }

  Outcome deliver(const std::vector<LogEvent>& batch, Deadline deadline) {
    const auto parts = parts_by_day(batch);
    for (; parts_done < parts.size(); ++parts_done) {
      if (deliver_part(parts[parts_done], deadline).verdict == Outcome::Verdict::try_again) {
        return Outcome::try_again();  // with the same batch; the parts before this one are not sent again
      }
    }
    parts_done = 0;
    return Outcome::delivered();
  }

  Outcome deliver_part(const std::vector<LogEvent>& batch, Deadline deadline) {
    const auto body = put_log_events_body(settings.log_group, settings.log_stream, batch);
    AwsError last;
    for (int i = 0; i < most_tries; ++i) {
      const auto put = call("PutLogEvents", body, deadline);
      if (put) {
        if (put->contains("rejectedLogEventsInfo")) {
          warn(fmt::format("Failed to deliver logs: the service rejected some: {}",
                           dump((*put)["rejectedLogEventsInfo"])));
        }
        return Outcome::delivered();
      }
      last = put.error();
      if (last.type == "ResourceNotFoundException") {
        if (const auto created = create_target(last, deadline); !created) {
          last = created.error();
          warn(
              fmt::format("Failed to create log stream {} when delivering logs: {}", settings.log_stream, last.text()));
        }
      }
      if (last.is_transient) {
        warn(fmt::format("{} log events could not be delivered, they are kept: {}", batch.size(), last.text()));
        return Outcome::try_again();
      }
    }
    warn(fmt::format("Failed to deliver logs: {}; {} log events are lost", last.text(), batch.size()));
    return Outcome::refused();
  }

  const CloudWatchSettings settings;
  std::size_t parts_done = 0;  // of the batch that the courier holds
  std::mutex client_mutex;     // the start and the courier's thread
  HttpClient client;
  Courier<LogEvent> courier;  // last, because its thread uses the others
};

CloudWatchHandler::CloudWatchHandler(const CloudWatchSettings& settings)
    : implementation_(std::make_unique<Implementation>(settings)) {}
CloudWatchHandler::~CloudWatchHandler() = default;

std::expected<void, std::string> CloudWatchHandler::open() {
  const auto opened = implementation_->ensure_group(Clock::now() + call_timeout);
  if (opened) {
    return {};
  }
  if (opened.error().is_transient) {
    warn(fmt::format("CloudWatch Logs does not answer, log events are kept: {}", opened.error().text()));
    return {};
  }
  return std::unexpected(
      fmt::format("CreateLogGroup {}: {}", implementation_->settings.log_group, opened.error().text()));
}

void CloudWatchHandler::send(LogEvent event) {
  if (event.message.empty()) {
    warn("Received empty message. Empty messages cannot be sent to CloudWatch Logs");
    return;
  }
  event.message = valid_utf8(event.message);
  if (event.message.size() > largest_message) {
    warn("Log message size exceeds CWL max payload size, truncated");
    event.message = utf8_prefix(event.message, largest_message);
  }
  implementation_->courier.send(std::move(event));
}

bool CloudWatchHandler::stop(Deadline deadline) { return implementation_->courier.stop(deadline); }

}  // namespace cruddur::telemetry
