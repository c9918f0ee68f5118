#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "tests/library/senders.h"
#include "understudy/matchers.h"

namespace understudy {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::PrintToString;

TEST(Waiting, SeesWhatCameBeforeAndWhatComesAfter) {
  const Understudy vendors;
  send_span(vendors, {.name = "before"});
  EXPECT_THAT(vendors.honeycomb().wait_for(span_named("before")), Met());
  std::thread sender([&] { send_span(vendors, {.name = "after"}); });
  const auto spans = vendors.honeycomb().wait_for(span_named("after"), within(30s));
  sender.join();
  EXPECT_THAT(spans, ElementsAre(HasName("after")));
  EXPECT_THAT(spans.explain(), IsEmpty());
}

TEST(Waiting, WaitsForEveryKindOfRecord) {
  const Understudy vendors;
  send_segment(vendors, segment("backend-flask"));
  send_log(vendors, {"test log"});
  send_item(vendors, {{"message", {{"body", "Hello World!"}}}}, "warning");
  EXPECT_THAT(vendors.xray().wait_for(segment_named("backend-flask")), Met());
  EXPECT_THAT(vendors.cloudwatch_logs().wait_for(log_event_saying("test log").with("log_group", "cruddur")), Met());
  EXPECT_THAT(vendors.cloudwatch_logs().wait_for(log_event_in("cruddur")), Met());
  EXPECT_THAT(vendors.rollbar().wait_for(item_with_level("warning")), Met());
}

TEST(Waiting, ExplainsItselfByTheNearestMiss) {
  const Understudy vendors;
  send_span(vendors, {.name = "home-activites-mock-data"});
  const auto spans = vendors.honeycomb().wait_for(span_named("home-activities-mock-data"), within(1ms));
  EXPECT_FALSE(spans.met());
  EXPECT_THAT(spans, Not(Met()));
  EXPECT_THAT(spans.explain(), HasSubstr(R"(name is "home-activites-mock-data", wanted name = )"
                                         R"("home-activities-mock-data")"));
  EXPECT_THAT(spans.explain(), HasSubstr("the nearest: span \"home-activites-mock-data\" (default/1/0)\nits bytes: "
                                         "understudy show default/1/0 --journal "));
  EXPECT_THAT(PrintToString(spans), HasSubstr(spans.explain()));
}

TEST(Waiting, TellsWhatADoorRefused) {
  const Understudy vendors;
  ASSERT_NE(post_otlp(vendors, json::array({otlp_span({})}), ""), 200);
  const auto spans = vendors.honeycomb().wait_for(any_span(), within(1ms));
  EXPECT_THAT(spans.explain(), HasSubstr("no record at all came"));
  EXPECT_THAT(spans.explain(), HasSubstr("\nfound: honeycomb."));
  EXPECT_THAT(spans.explain(), HasSubstr("understudy show 1 --journal "));
}

TEST(Waiting, CountsExactlyAndNever) {
  const Understudy vendors;
  send_span(vendors, {.name = "a"});
  send_span(vendors, {.name = "a"});
  EXPECT_THAT(vendors.honeycomb().wait_for_exactly(2, span_named("a"), within(30s), quiet(1ms)), Met());
  EXPECT_THAT(vendors.honeycomb().wait_for_at_least(2, any_span()), Met());
  const auto too_many = vendors.honeycomb().wait_for_exactly(1, span_named("a"), within(30s), quiet(1ms));
  EXPECT_THAT(too_many.explain(), HasSubstr("but 2 matched"));
  EXPECT_THAT(vendors.honeycomb().wait_for_never(span_named("b"), quiet(1ms)), Met());
  const auto never = vendors.honeycomb().wait_for_never(span_named("a"), quiet(1ms));
  EXPECT_FALSE(never.met());
  EXPECT_THAT(never.explain(), HasSubstr("the nearest: span \"a\""));
}

TEST(Waiting, TakesTheOperatorsOfTheQueryBuilder) {
  const Understudy vendors;
  send_span(vendors, {.name = "a", .attributes = {{"n", 3}, {"route", "/home"}}});
  const auto& honeycomb = vendors.honeycomb();
  EXPECT_THAT(honeycomb.wait_for(any_span().where("n", ">", 2).where("route", "starts-with", "/h")), Met());
  EXPECT_THAT(honeycomb.wait_for(any_span().where("n", "exists")), Met());
  EXPECT_THAT(honeycomb.wait_for(any_span().where("n", "in", Value::List{3, 4})), Met());
  EXPECT_THAT(honeycomb.wait_for(any_span().where("n", "like", 2)).explain(),
              HasSubstr("there is no operator \"like\": write \"contains\""));
  EXPECT_THROW(honeycomb.spans(any_span().where("n", "like", 2)), std::invalid_argument);
}

TEST(Waiting, EndsWhenTheVendorsAreStopped) {
  Understudy vendors;
  std::thread stopper([&] { vendors.stop(); });
  const auto spans = vendors.honeycomb().wait_for(any_span(), within(600s));
  stopper.join();
  EXPECT_EQ(spans.explain(), "this Understudy was stopped: ask before stop(), or read what it recorded");
  EXPECT_THAT(vendors.honeycomb().wait_for(any_span()).explain(), HasSubstr("was stopped"));
}

}  // namespace
}  // namespace understudy
