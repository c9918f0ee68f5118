#include "backend/additions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "backend/services/model.h"

namespace cruddur::additions {
namespace {

using Json = nlohmann::json;
using telemetry::ActiveSpan;

constexpr std::chrono::milliseconds latency{2};

struct EndpointSpan {
  std::string_view rule;
  std::string_view tracer;
  std::string_view span;
};
constexpr std::array endpoint_spans{
    EndpointSpan{"/api/activities/@<string:handle>", "user.activities", "user-activities-mock-data"},
    EndpointSpan{"/api/activities/search", "search.activities", "search-activities-mock-data"},
    EndpointSpan{"/api/message_groups", "message.groups", "message-groups-mock-data"},
    EndpointSpan{"/api/messages/@<string:handle>", "message.groups", "messages-mock-data"},
    EndpointSpan{"/api/activities", "create.activity", "create-activity-mock-data"},
    EndpointSpan{"/api/messages", "create.message", "create-message-mock-data"},
    EndpointSpan{"/api/activities/<string:activity_uuid>/reply", "create.reply", "create-reply-mock-data"},
    EndpointSpan{"/api/activities/<string:activity_uuid>", "show.activity", "show-activity-mock-data"},
};

std::string now() { return services::iso_time(std::chrono::system_clock::now()); }

void say_when_it_began(telemetry::XrayRecorder& xray) {
  xray.set_user("U12345");
  xray.capture("start_time", [&] {
    const auto time = now();
    xray.put_annotation("time", time);
    xray.put_metadata("start", {{"now", time}}, "home");
  });
}

/// Two more levels of spans, with events, and an exception that is caught and recorded.
Json nested(const telemetry::Tracer& tracer, const std::function<Json()>& make) {
  auto result = tracer.start("Result");
  result.add_event("Gonna try it!");
  auto feed = [&] {
    auto content = tracer.start("Result_content");
    try {
      const Frame frame;
      throw Failure("LookupError", "no content yet");
    } catch (const Failure&) {
      content.record_failure(describe_current_exception());
      content.set_status(telemetry::StatusCode::error, "no content yet");
    }
    return make();
  }();
  result.add_event("Did it!");
  return feed;
}

/// A span that is linked to the one of the feed before: another trace that it belongs with.
Json linked(const telemetry::Tracer& tracer, const std::function<Json()>& make) {
  static std::mutex mutex;
  static std::optional<telemetry::SpanContext> before;
  auto span = tracer.start("home-activities-refresh");
  {
    const std::lock_guard lock(mutex);
    if (before) {
      span.add_link(*before, {{"app.reason", "refresh"}});
    }
    before = span.context();
  }
  return make();
}

int likes(const Json& activity) { return activity.value("likes_count", activity.value("likes", 0)); }

void describe(ActiveSpan& span, const Json& feed) {
  // The spelling is the student's.
  span.set_attribute("app.result_lenght_byte", static_cast<std::int64_t>(feed.dump().size()));
  const auto most = std::ranges::max_element(feed, {}, likes);
  span.set_attribute("app.max.likes.id", most->at("uuid").get<std::string>());
}

}  // namespace

void before_home(Instruments& instruments) {
  auto& xray = instruments.xray();
  if (instruments.variants.has(Variant::segment_user)) {
    say_when_it_began(xray);
  }
  for (int step = 0; instruments.variants.has(Variant::added_latency) && step < 10; ++step) {
    xray.capture(fmt::format("home_added_latency_{}", step), [] { std::this_thread::sleep_for(latency); });
  }
}

Json home_feed(Instruments& instruments, ActiveSpan& span, const std::function<Json()>& make) {
  const auto& variants = instruments.variants;
  const auto tracer = instruments.tracing().tracer("home.activities");
  auto feed = variants.has(Variant::nested_spans) ? nested(tracer, make)
              : variants.has(Variant::span_links) ? linked(tracer, make)
                                                  : make();
  if (variants.has(Variant::feed_attributes)) {
    describe(span, feed);
  }
  return feed;
}

Json notifications(Instruments& instruments, const std::function<Json()>& make) {
  if (!instruments.variants.has(Variant::subsegment_annotations)) {
    return make();
  }
  auto& xray = instruments.xray();
  return xray.capture("notifications-sub", [&] {
    auto feed = make();
    xray.put_annotation("notifications_now", feed[0]["created_at"].get<std::string>());
    xray.put_annotation("notif_result_length", static_cast<std::int64_t>(feed.size()));
    return feed;
  });
}

Handler traced(Instruments& instruments, const std::string& rule, Handler handler) {
  const auto* row = std::ranges::find(endpoint_spans, rule, &EndpointSpan::rule);
  if (row == endpoint_spans.end() || !instruments.variants.has(Variant::span_per_endpoint)) {
    return handler;
  }
  return [tracer = instruments.tracing().tracer(std::string(row->tracer)), span = std::string(row->span),
          handler = std::move(handler)](const auto& request, const auto& parameters) {
    const auto open = tracer.start(span);
    return handler(request, parameters);
  };
}

void add_routes(Application& application, Instruments& instruments) {
  if (instruments.variants.has(Variant::rollbar_errtest)) {
    application.route("/rollbar/errtest", [&](const auto&, const auto&) {
      if (auto* rollbar = instruments.rollbar()) {
        rollbar->report_message("errtest: the backend says it failed", "critical");
      }
      HttpResponse response;
      response.status = 500;
      response.body = "errtest";
      return response;
    });
  }
}

}  // namespace cruddur::additions
