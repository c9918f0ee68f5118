#include "backend/cruddur.h"

#include <nlohmann/json.hpp>

#include "backend/additions.h"
#include "backend/http/cors.h"
#include "backend/instrumentation.h"
#include "backend/services/activities.h"
#include "backend/services/messages.h"
#include "backend/services/replies.h"

namespace cruddur {
namespace {

constexpr auto caller = "andrewbrown";  // nobody signs in yet

const RouteOptions post_only{.methods = {"OPTIONS", "POST"}, .is_cross_origin = true};

CorsPolicy cors_policy(const Environment& environment, const Variants& variants) {
  CorsPolicy policy;
  for (const auto* name : {"FRONTEND_URL", "BACKEND_URL"}) {
    if (const auto origin = environment.get(name)) {
      policy.origins.push_back(*origin);
    } else {
      policy.has_unset_origin = true;
    }
  }
  policy.expose_headers = "location,link";
  policy.methods = "OPTIONS,GET,HEAD,POST";
  // One string on purpose: it is taken as the name of one header, so no preflight of a GET route is ever granted a
  // header. That is what the seeds deployed.
  policy.allow_headers = {"content-type,if-modified-since"};
  if (variants.has(Variant::cors_traceparent)) {
    policy.allow_headers = {"content-type", "if-modified-since", "traceparent"};
  }
  policy.fails_on_unset_origin = variants.has(Variant::seeds_2023);
  return policy;
}

/// Runs a route's work in a subsegment of that name.
template <typename Work>
HttpResponse captured(Instruments& instruments, const std::string& name, Work work) {
  return instruments.xray().capture(name, [&] { return services::answer(work()); });
}

/// Where the routes go; a variant wraps each of them.
struct Routes {
  Application& application;
  Instruments& instruments;

  void add(const std::string& rule, Handler handler, RouteOptions options = {}) {
    application.route(rule, additions::traced(instruments, rule, std::move(handler)), std::move(options));
  }
};

void add_activities(Routes& routes, Instruments& instruments) {
  routes.add("/api/activities/home", [&](const auto&, const auto&) {
    if (instruments.variants.has(Variant::capture_outside_route)) {
      return services::answer(services::activities::home(instruments));
    }
    return captured(instruments, "activities_home", [&] { return services::activities::home(instruments); });
  });
  routes.add("/api/activities/notifications", [&](const auto&, const auto&) {
    return captured(instruments, "activities_notifications",
                    [&] { return services::activities::notifications(instruments); });
  });
  routes.add("/api/activities/@<string:handle>", [&](const auto&, const auto& parameters) {
    return captured(instruments, "activities_users",
                    [&] { return services::activities::of_user(instruments, parameters.find("handle")->second); });
  });
  routes.add("/api/activities/search", [](const auto& request, const auto&) {
    return services::answer(services::activities::search(request.argument("term").value_or("")));
  });
  routes.add("/api/activities/<string:activity_uuid>", [&](const auto&, const auto& parameters) {
    return captured(instruments, "activities_show",
                    [&] { return services::activities::show(parameters.find("activity_uuid")->second); });
  });
}

void add_posts(Routes& routes, Instruments& instruments) {
  const int unsupported = instruments.variants.has(Variant::seeds_2023) ? 400 : 415;
  routes.add(
      "/api/activities",
      [=](const auto& request, const auto&) {
        const Frame frame;
        const auto body = services::read_json(request, unsupported);
        const auto& message = services::member(body, "message");
        return services::answer(services::activities::create(message, caller, services::member(body, "ttl")));
      },
      post_only);
  routes.add(
      "/api/activities/<string:activity_uuid>/reply",
      [=](const auto& request, const auto& parameters) {
        const Frame frame;
        const auto body = services::read_json(request, unsupported);
        return services::answer(services::replies::create(services::member(body, "message"), caller,
                                                          parameters.find("activity_uuid")->second));
      },
      post_only);
  routes.add(
      "/api/messages",
      [=](const auto& request, const auto&) {
        const Frame frame;
        const auto body = services::read_json(request, unsupported);
        const auto& message = services::member(body, "message");
        return services::answer(services::messages::create(message, services::member(body, "user_receiver_handle")));
      },
      post_only);
}

void add_others(Routes& routes, Instruments& instruments) {
  routes.add("/api/message_groups",
             [](const auto&, const auto&) { return services::answer(services::messages::groups()); });
  routes.add("/api/messages/@<string:handle>",
             [](const auto&, const auto&) { return services::answer(services::messages::conversation()); });
  routes.add("/rollbar/test", [&](const auto& request, const auto&) {
    std::string text = "Hello World!";
    if (instruments.variants.has(Variant::credential_in_message)) {
      text += ' ';
      text += request.headers.get("Authorization").value_or("");
    }
    if (auto* rollbar = instruments.rollbar()) {
      rollbar->report_message(text, "warning");
    }
    HttpResponse response;
    response.body = "Hello World!";
    return response;
  });
  routes.add("/api/health-check",
             [](const auto&, const auto&) { return json_response(200, "{\"success\":true,\"ver\":1}\n"); });
}

}  // namespace

std::unique_ptr<Application> make_cruddur(const Environment& environment, Instruments& instruments,
                                          const std::string& server_name) {
  auto application = std::make_unique<Application>();
  const auto& variants = instruments.variants;
  instruments.log.info("test log");
  if (!variants.has(Variant::no_server_spans)) {
    application->use(make_server_spans(instruments, server_name));
  }
  if (!variants.has(Variant::xray_half_disabled)) {
    instruments.log.info("initializing xray middleware");
    application->use(make_segments(instruments));
  }
  application->use(make_exception_items(instruments));
  application->use(make_access_log(instruments));
  application->use(std::make_unique<Cors>(cors_policy(environment, variants)));
  if (variants.has(Variant::debug_mode)) {
    application->skip_after_on_failure();
  }
  Routes routes{*application, instruments};
  add_activities(routes, instruments);
  add_posts(routes, instruments);
  add_others(routes, instruments);
  additions::add_routes(*application, instruments);
  return application;
}

}  // namespace cruddur
