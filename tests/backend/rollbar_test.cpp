// Items: what stands in them, what must not, and what becomes of one that is not taken.
#include "backend/telemetry/rollbar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "backend/telemetry/scrubbing.h"
#include "tests/backend/support.h"

namespace cruddur::telemetry {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

TEST(Scrubbing, masks_secret_members_at_any_depth) {
  Json value = Json::parse(
      R"({"Password":"a","list":[{"access_token":{"deep":1}}],"passwords":"kept","user":"kept","headers":{"Authorization":"Bearer x","Cookie":"sid=1","X-Honeycomb-Team":"k"}})");
  scrub(value);
  EXPECT_EQ(
      value,
      Json::parse(
          R"({"Password":"********","list":[{"access_token":"********"}],"passwords":"kept","user":"kept","headers":{"Authorization":"********","Cookie":"********","X-Honeycomb-Team":"********"}})"));
}

TEST(Scrubbing, masks_secrets_in_urls) {
  EXPECT_EQ(scrub_url("http://h/p?a=1&password=x&TOKEN=y&empty=&secret=#f"),
            "http://h/p?a=1&password=--------&TOKEN=--------&empty=&secret=#f");
  EXPECT_EQ(scrub_url("postgres://user:pw@db:5432/x"), "postgres://user:--------@db:5432/x");
  EXPECT_EQ(scrub_url("http://h:80/a@b?x=user:pw"), "http://h:80/a@b?x=user:pw");
  EXPECT_EQ(scrub_url("no url ?password=x"), "no url ?password=x");
}

class Items : public testing::Test {
 protected:
  static RollbarSettings settings(const std::string& endpoint = "http://127.0.0.1:1/api/1/",
                                  Environment::Variables more = {}) {
    more["ROLLBAR_ACCESS_TOKEN"] = "0123456789abcdef0123456789abcdef";
    more["ROLLBAR_ENDPOINT"] = endpoint;
    auto made = **read_rollbar_settings(Environment(std::move(more)));
    made.queue.first_wait = std::chrono::milliseconds(1);
    return made;
  }
  static Caught caught() {
    try {
      const Frame frame;
      throw Failure("NameError", "name 'ShowActivity' is not defined");
    } catch (...) {
      return describe_current_exception();
    }
  }
};

TEST_F(Items, of_an_exception) {
  const auto request = make_request("POST", "/api/activities/x/reply?token=t&a=1&a=2",
                                    {{"Authorization", "Bearer secret"}, {"X-Forwarded-For", "1.2.3.4, 5.6.7.8"}},
                                    R"({"message":"","password":"p"})");
  const auto item =
      Json::parse(exception_item(settings(), caught(), request, "/api/activities/<string:activity_uuid>/reply"));
  EXPECT_EQ(item["access_token"], "0123456789abcdef0123456789abcdef");
  const auto& data = item["data"];
  EXPECT_EQ(data["level"], "error");
  EXPECT_EQ(data["environment"], "production");
  EXPECT_EQ(data["context"], "/api/activities/<string:activity_uuid>/reply");
  EXPECT_EQ(data["body"]["trace"]["exception"],
            (Json{{"class", "NameError"}, {"message", "name 'ShowActivity' is not defined"}}));
  const auto& last = data["body"]["trace"]["frames"].back();
  EXPECT_THAT(last["filename"].get<std::string>(), HasSubstr("rollbar_test.cpp"));
  EXPECT_THAT(last["method"].get<std::string>(), HasSubstr("caught"));
  EXPECT_EQ(data["request"]["url"], "http://localhost:4567/api/activities/x/reply?token=--------&a=1&a=2");
  EXPECT_EQ(data["request"]["GET"], (Json{{"token", "********"}, {"a", "1"}}));
  EXPECT_EQ(data["request"]["user_ip"], "1.2.3.4, 5.6.7.8");
  EXPECT_EQ(data["request"]["headers"]["Authorization"], "********");
  EXPECT_EQ(data["request"]["body"], (Json{{"message", ""}, {"password", "********"}}));
  EXPECT_FALSE(data.contains("person"));
  EXPECT_EQ(data["uuid"].get<std::string>().size(), 36);
}

TEST_F(Items, name_the_person_where_one_is_set_and_only_on_exceptions) {
  const auto with_person = settings("http://127.0.0.1:1/", {{"ROLLBAR_PERSON_ID", "1"}});
  const auto item = Json::parse(exception_item(with_person, caught(), make_request("GET", "/"), std::nullopt));
  EXPECT_EQ(item["data"]["person"], (Json{{"id", "1"}, {"username", nullptr}, {"email", nullptr}}));
  EXPECT_FALSE(item["data"].contains("context"));
  EXPECT_FALSE(Json::parse(message_item(with_person, "Hello World!", "warning"))["data"].contains("person"));
}

TEST_F(Items, of_a_message) {
  const auto data = Json::parse(message_item(settings(), "Hello World!", "warning"))["data"];
  EXPECT_EQ(data["level"], "warning");
  EXPECT_EQ(data["body"], (Json{{"message", {{"body", "Hello World!"}}}}));
  EXPECT_FALSE(data.contains("request"));
}

TEST_F(Items, go_to_the_endpoint_in_each_of_its_forms) {
  EXPECT_EQ(settings("http://h/api/1/").item_url.path, "/api/1/item/");
  EXPECT_EQ(settings("http://h/api/1").item_url.path, "/api/1/item/");
  EXPECT_EQ(settings("http://h/api/1/item/").item_url.path, "/api/1/item/");
  EXPECT_EQ(*read_rollbar_settings(Environment({})) == std::nullopt, true);
}

TEST_F(Items, replies_decide) {
  using Verdict = Outcome::Verdict;
  const auto judged = [](int status) {
    return judge_item_reply({.status = status, .headers = {}, .body = ""}).verdict;
  };
  EXPECT_EQ(judged(200), Verdict::delivered);
  EXPECT_EQ(judged(429), Verdict::try_again);
  EXPECT_EQ(judged(503), Verdict::try_again);
  EXPECT_EQ(judged(401), Verdict::refused);
  EXPECT_EQ(judged(422), Verdict::refused);
  const auto limited =
      judge_item_reply({.status = 429, .headers = {{"x-rate-limit-remaining-seconds", "7"}}, .body = ""});
  EXPECT_EQ(limited.wait, std::chrono::seconds(7));
}

TEST_F(Items, are_posted_again_after_a_failure_each_in_a_client_span_linked_to_its_origin) {
  std::vector<SpanPointer> spans;
  Tracing tracing{TraceSampler{}};
  tracing.add(std::make_unique<Collected>(spans));
  int calls = 0;
  ScriptedVendor vendor([&](const Taken&, httplib::Response& response) { response.status = ++calls == 1 ? 502 : 200; });
  SpanContext origin;
  {
    Rollbar rollbar(settings(vendor.url() + "/api/1/"), tracing.tracer("client"));
    auto request = tracing.tracer("server").start("GET /rollbar/test");
    origin = request.context();
    rollbar.report_message("Hello World!", "warning");
    request.end();
    EXPECT_TRUE(rollbar.stop(soon()));
  }
  const auto taken = vendor.taken(2);
  ASSERT_EQ(taken.size(), 2);
  EXPECT_EQ(taken[0].path, "/api/1/item/");
  EXPECT_EQ(taken[0].body, taken[1].body);
  EXPECT_EQ(taken[0].header("X-Rollbar-Access-Token"), "0123456789abcdef0123456789abcdef");
  std::erase_if(spans,
                [](const SpanPointer& span) { return span->kind != SpanKind::client && span->scope.name != "client"; });
  ASSERT_EQ(spans.size(), 2);
  EXPECT_FALSE(spans[1]->parent);
  EXPECT_EQ(spans[1]->links.at(0).context.span_id, origin.span_id);
  EXPECT_EQ(taken[1].header("traceparent"), to_traceparent(spans[1]->context));
  EXPECT_EQ(spans[0]->status, StatusCode::error);
  EXPECT_EQ(spans[1]->status, StatusCode::unset);
}

}  // namespace
}  // namespace cruddur::telemetry
