#include "backend/services/activities.h"

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "backend/additions.h"
#include "backend/services/names.h"

namespace cruddur::services::activities {
namespace {

using Json = nlohmann::json;

// All data is made up; only uuids, handles and counts are fixed.
constexpr auto andrew_brown_activity = "68f126b0-1ceb-4a33-88be-d90fa7109eee";
constexpr auto worf_activity = "66e12864-8c26-4c3a-9658-95a10f8fea67";
constexpr auto garek_activity = "248959df-3079-4947-b847-9e0892d1bab4";
constexpr auto reply_activity = "26e12864-1c26-5c3a-9658-97a10f8fea67";
constexpr std::size_t message_limit = 280;

Time now() { return std::chrono::system_clock::now(); }

Json reply(Time time) {
  return {{"uuid", reply_activity}, {"reply_to_activity_uuid", andrew_brown_activity},
          {"handle", "Worf"},       {"message", "There is no honor in it"},
          {"likes_count", 0},       {"replies_count", 0},
          {"reposts_count", 0},     {"created_at", iso_time(time - 2 * day)}};
}

Json counted(Time time, const std::string& uuid, const std::string& handle, const std::string& message, int likes,
             const Json& replies) {
  return {{"uuid", uuid},
          {"handle", handle},
          {"message", message},
          {"created_at", iso_time(time - 2 * day)},
          {"expires_at", iso_time(time + 5 * day)},
          {"likes_count", likes},
          {"replies_count", replies.size()},
          {"reposts_count", 0},
          {"replies", replies}};
}

Json liked(Time time, const std::string& uuid, const std::string& handle, const std::string& message,
           std::chrono::hours age) {
  return {{"uuid", uuid},
          {"handle", handle},
          {"message", message},
          {"created_at", iso_time(time - age)},
          {"expires_at", iso_time(time + 9 * day)},
          {"likes", 0},
          {"replies", Json::array()}};
}

Json feed(Time time) {
  return Json::array(
      {counted(time, andrew_brown_activity, "Andrew Brown", "Cloud is very fun!", 5, Json::array({reply(time)})),
       liked(time, worf_activity, "Worf", "Prune juice is a drink for warriors", 7 * day),
       liked(time, garek_activity, "Garek", "I only mend clothes here", std::chrono::hours(1))});
}

const Names<std::chrono::hours>& lifetimes() {
  static const Names<std::chrono::hours> known{{"30-days", 30 * day},
                                               {"7-days", 7 * day},
                                               {"3-days", 3 * day},
                                               {"1-day", day},
                                               {"12-hours", std::chrono::hours(12)},
                                               {"3-hours", std::chrono::hours(3)},
                                               {"1-hour", std::chrono::hours(1)}};
  return known;
}

Model show_activities(const std::string& activity_uuid) {
  const auto time = now();
  auto activity = counted(time, activity_uuid, "Andrew Brown", "Cloud is very fun!", 0, Json::array());
  activity["replies"] = reply(time);
  return {.error = {}, .data = Json::array({activity})};
}

}  // namespace

Model home(Instruments& instruments) {
  const Frame frame;
  const auto& variants = instruments.variants;
  additions::before_home(instruments);
  if (!variants.has(Variant::service_logger_without_handler)) {
    instruments.log.info("HomeActivities");
  }
  const auto tracer = instruments.tracing().tracer(variants.has(Variant::unnamed_scope) ? "" : "home.activities");
  auto span =
      tracer.start(variants.has(Variant::span_name_typo) ? "home-activites-mock-data" : "home-activities-mock-data");
  const auto time = now();
  span.set_attribute("app.now", iso_time(time));
  auto activities = additions::home_feed(instruments, span, [&] { return feed(time); });
  if (variants.has(Variant::attribute_after_end)) {
    span.end();
  }
  span.set_attribute(variants.has(Variant::attribute_typo) ? "app.result_lenght" : "app.result_length",
                     static_cast<std::int64_t>(activities.size()));
  return {.error = {}, .data = std::move(activities)};
}

Model notifications(Instruments& instruments) {
  const Frame frame;
  const auto time = now();
  auto activities = additions::notifications(instruments, [&] {
    auto span = instruments.tracing().tracer("notifications.activities").start("notifications-activities-mock-data");
    Json made =
        Json::array({counted(time, andrew_brown_activity, "coco", "A white fox lives next door", 0, Json::array())});
    span.set_attribute("app.now", iso_time(time));
    span.set_attribute("app.result_length", static_cast<std::int64_t>(made.size()));
    return made;
  });
  auto& xray = instruments.xray();
  if (xray.has_open_segment()) {
    xray.put_metadata("app.now", iso_time(time), "activities/notifications");
    xray.put_metadata("res.length", activities.size(), "activities/notifications");
  }
  if (instruments.variants.has(Variant::dotted_annotation)) {
    xray.put_annotation("app.now", iso_time(time));
  }
  if (instruments.variants.has(Variant::unclosed_subsegment)) {
    xray.begin_subsegment("notifications-mock-data");
  }
  return {.error = {}, .data = std::move(activities)};
}

Model of_user(Instruments& instruments, const std::string& handle) {
  const Frame frame;
  const auto time = now();
  Json activities = Json::array({{{"uuid", garek_activity},
                                  {"handle", handle},
                                  {"message", "Cloud is fun!"},
                                  {"created_at", naive_iso_time(time - day)},
                                  {"expires_at", naive_iso_time(time + 31 * day)}}});
  auto& xray = instruments.xray();
  if (instruments.variants.has(Variant::segment_in_handler)) {
    xray.begin_segment({.name = "user_activities", .trace_id = {}, .parent_id = {}, .is_sampled = true, .rule = {}});
  }
  xray.capture("mock-data", [&] {
    if (xray.has_open_segment()) {
      xray.put_metadata("key", {{"now", naive_iso_time(time)}, {"results-size", activities.size()}}, "namespace");
    }
  });
  if (instruments.variants.has(Variant::subsegment_ended_twice)) {
    xray.end_subsegment();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // the rest of the route's work
  }
  if (instruments.variants.has(Variant::segment_in_handler)) {
    xray.end_segment();
  }
  return {.error = {}, .data = std::move(activities)};
}

Model search(const std::string& term) {
  if (term.empty()) {
    return {.error = "search_term_blank", .data = {}};
  }
  return {.error = {},
          .data = Json::array({{{"uuid", garek_activity},
                                {"handle", "andrewbrown"},
                                {"message", "Cloud is fun!"},
                                {"created_at", iso_time(now())}}})};
}

Model create(const Json& message, const std::string& handle, const Json& ttl) {
  const Frame frame;
  Model model;
  if (ttl.is_structured()) {
    throw Failure("TypeError", std::string("a JSON ") + ttl.type_name() + " cannot be looked up");
  }
  const auto* lifetime = ttl.is_string() ? lifetimes().find_or_null(ttl) : nullptr;
  if (lifetime == nullptr) {
    model.error = "ttl_blank";
  }
  if (is_blank(message)) {
    model.error = "message_blank";
  } else if (length_of(message) > message_limit) {
    model.error = "message_exceed_max_chars";
  }
  if (model.error.empty()) {
    const auto time = now();
    model.data = {{"uuid", telemetry::new_uuid()},
                  {"display_name", "Andrew Brown"},
                  {"handle", handle},
                  {"message", message},
                  {"created_at", iso_time(time)},
                  {"expires_at", iso_time(time + *lifetime)}};
  }
  return model;
}

Model show(const std::string& activity_uuid) {
  const Frame frame;
  using Service = Model (*)(const std::string&);
  static const Names<Service> services{{"ShowActivities", show_activities}};
  // The seeds' defect, kept: the service is called ShowActivities, so this route is always a 500 with a NameError.
  return services.find("ShowActivity")(activity_uuid);
}

}  // namespace cruddur::services::activities
