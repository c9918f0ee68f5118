// Every matcher, passing and failing, with the text that it prints.
#include "understudy/matchers.h"

#include <gmock/gmock.h>

#include <chrono>

#include "tests/library/senders.h"

namespace understudy {
namespace {

using namespace std::chrono_literals;
using testing::_;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::Lt;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

// What a matcher says of a value that it does not match; "it matches" if it does. The command that shows the bytes,
// which ends most texts, is cut off where it is as it must be.
template <typename T, typename M>
std::string why_not(const T& value, const M& matcher) {
  const auto cast = testing::SafeMatcherCast<const T&>(matcher);
  testing::StringMatchResultListener listener;
  if (cast.MatchAndExplain(value, &listener)) return "it matches";
  std::string text = listener.str();
  const std::size_t bytes = text.rfind("\n    its bytes: understudy show default/");
  if (bytes != std::string::npos && text.find(" --journal /", bytes) != std::string::npos) text.erase(bytes);
  return text;
}

template <typename T, typename M>
std::string described(const M& matcher) {
  return testing::DescribeMatcher<const T&>(testing::SafeMatcherCast<const T&>(matcher));
}

class SpanMatchers : public testing::Test {
 protected:
  void SetUp() override {
    send_span(vendors, {.name = "/api/activities/home",
                        .id = "00000000000000a1",
                        .attributes = {{"http.route", "/api/activities/home"}, {"http.status_code", 200}},
                        .kind = 2});
    send_span(vendors, {.name = "mock-data",
                        .id = "00000000000000a2",
                        .parent = "00000000000000a1",
                        .attributes = {{"app.result_length", 2}, {"app.now", "2023-02-20"}},
                        .status = 2,
                        .events = {{{"name", "exception"}, {"attributes", {{"exception.type", "NameError"}}}}}});
    spans = vendors.honeycomb().spans();
    ASSERT_EQ(spans.size(), 2u);
  }

  Understudy vendors;
  std::vector<Span> spans;
};

TEST_F(SpanMatchers, Attributes) {
  const Span& span = spans[1];
  EXPECT_THAT(span, HasAttribute("app.result_length", 2));
  EXPECT_THAT(span, HasAttribute("app.result_length"));
  EXPECT_THAT(span, HasAttribute("app.now", Text(StartsWith("2023"))));
  EXPECT_THAT(span, HasAttribute("app.result_length", Number(Ge(2))));
  EXPECT_THAT(span, Not(HasAttribute("app.results")));
  EXPECT_EQ(why_not(span, HasAttribute("app.result_length", 3)), "attribute app.result_length is 2, not 3");
  EXPECT_EQ(why_not(span, HasAttribute("app.result_length", "2")),
            R"(attribute app.result_length is the number 2, wanted the text "2")");
  EXPECT_EQ(why_not(span, HasAttribute("app.result_lenght", 2)),
            "it has no attribute app.result_lenght (did you mean attribute app.result_length?), wanted 2");
  EXPECT_EQ(why_not(span, HasAttribute("app.result_lenght")),
            "it has no attribute app.result_lenght (did you mean attribute app.result_length?), wanted one");
  EXPECT_THAT(why_not(span, HasAttribute("app.now", Text(StartsWith("2024")))),
              StartsWith(R"(attribute app.now is "2023-02-20")"));
  EXPECT_THAT(why_not(span, HasAttribute("app.now", Number(Lt(3)))),
              StartsWith(R"(attribute app.now is "2023-02-20")"));
  EXPECT_EQ(described<Span>(HasAttribute("app.result_length", 3)), "has attribute app.result_length = 3");
  EXPECT_THAT(span, HasResourceAttribute("service.name", "backend-flask"));
  EXPECT_EQ(why_not(span, HasResourceAttribute("service.name", "Cruddur")),
            R"(resource attribute service.name is "backend-flask", not "Cruddur")");
}

TEST_F(SpanMatchers, PrintTheCommandThatShowsTheBytes) {
  testing::StringMatchResultListener listener;
  EXPECT_FALSE(testing::ExplainMatchResult(HasName("home"), spans[1], &listener));
  EXPECT_THAT(listener.str(), HasSubstr("\n    its bytes: understudy show default/"));
  EXPECT_THAT(testing::PrintToString(spans[1]), testing::MatchesRegex(R"(span "mock-data" \(default/[0-9]+/0\))"));
}

TEST_F(SpanMatchers, NameKindStatusScopeAndDuration) {
  const Span& span = spans[1];
  EXPECT_THAT(span, AllOf(HasName("mock-data"), HasName(StartsWith("mock")), HasKind(SpanKind::internal),
                          HasStatus(SpanStatus::error), HasScope("home.activities"), DurationBetween(1ms, 1s)));
  EXPECT_EQ(why_not(span, HasName("home")), R"(name is "mock-data", not "home")");
  EXPECT_THAT(why_not(span, HasName(StartsWith("home"))), StartsWith(R"(name is "mock-data")"));
  EXPECT_EQ(why_not(span, HasKind(SpanKind::client)), R"(kind is "INTERNAL", not "CLIENT")");
  EXPECT_EQ(why_not(span, HasStatus(SpanStatus::ok)), R"(status.code is "ERROR", not "OK")");
  EXPECT_THAT(why_not(span, HasStatus(SpanStatus::error, "no")), HasSubstr("status.message"));
  EXPECT_EQ(why_not(span, HasScope("app")), R"(scope.name is "home.activities", not "app")");
  EXPECT_THAT(why_not(span, DurationBetween(1s, 2s)), StartsWith("duration in milliseconds is 5"));
}

TEST_F(SpanMatchers, Parents) {
  EXPECT_THAT(spans[1], IsChildOf(server_span("/api/activities/home")));
  EXPECT_THAT(spans[1], IsChildOf(spans[0]));
  EXPECT_THAT(spans[1], HasParent(HasName("/api/activities/home"), HasKind(SpanKind::server)));
  EXPECT_THAT(spans[1], HasParent());
  EXPECT_THAT(spans[0], IsRoot());
  EXPECT_THAT(why_not(spans[1], IsChildOf(server_span("/api/activities"))),
              AllOf(StartsWith(R"(its parent is the span "/api/activities/home" (default/)"),
                    testing::EndsWith(R"(attribute http.route is "/api/activities/home", not "/api/activities")")));
  EXPECT_EQ(why_not(spans[0], IsChildOf(any_span())), "it is the root of its trace");
  EXPECT_THAT(why_not(spans[1], IsChildOf(spans[1])), HasSubstr("parent_span_id is"));
  EXPECT_THAT(why_not(spans[1], HasParent(HasName("x"))), HasSubstr("parent is (span \"/api/activities/home\""));
  EXPECT_THAT(why_not(spans[0], HasParent()), StartsWith("parent is (nullopt)"));
  EXPECT_EQ(why_not(spans[1], IsRoot()), "there is parent_span_id: \"00000000000000a1\"");
}

TEST_F(SpanMatchers, EventsAndExceptions) {
  EXPECT_THAT(spans[1], AllOf(HasEvent("exception"), HasException("NameError")));
  EXPECT_THAT(why_not(spans[1], HasEvent("Did it!")), StartsWith(R"(list of events is { "exception" })"));
  EXPECT_THAT(why_not(spans[1], HasException("TypeError")), StartsWith(R"(list of exceptions is { "NameError" })"));
}

TEST_F(SpanMatchers, PartsOfEventsResourcesAndScopes) {
  EXPECT_THAT(spans[1], HasEvent("exception", Contains(Pair("exception.type", "NameError"))));
  EXPECT_THAT(why_not(spans[1], HasEvent("exception", Contains(Pair("exception.type", "TypeError")))),
              StartsWith(R"(list of events is { "exception" with { ("exception.type", "NameError") } })"));
  EXPECT_THAT(spans[1], Not(HasEvent("other", _)));
  EXPECT_THAT(spans[1], HasResourceAttribute("service.name"));
  EXPECT_THAT(spans[1], HasResourceAttribute("service.name", Text(StartsWith("backend"))));
  EXPECT_EQ(why_not(spans[1], HasResourceAttribute("service.nmae")),
            "it has no resource attribute service.nmae (did you mean resource attribute service.name?), wanted one");
  EXPECT_EQ(why_not(spans[1], HasScope("home.activities", "1")), R"(scope.version is "", not "1")");
}

TEST_F(SpanMatchers, Children) {
  EXPECT_THAT(spans[0], HasChild(span_named("mock-data")));
  EXPECT_THAT(spans[0], HasChild(HasName("mock-data"), HasAttribute("app.result_length", 2)));
  EXPECT_EQ(why_not(spans[1], HasChild(any_span())), "no child of it was recorded");
  EXPECT_THAT(why_not(spans[0], HasChild(span_named("mockdata"))),
              AllOf(StartsWith("none of its 1 child is meant; the nearest is the span \"mock-data\" (default/"),
                    testing::EndsWith(R"(name is "mock-data", not "mockdata")")));
  EXPECT_THAT(why_not(spans[0], HasChild(HasName("mockdata"))), HasSubstr(R"(name is "mock-data", not "mockdata")"));
}

TEST_F(SpanMatchers, Links) {
  send_span(vendors, {.name = "refresh",
                      .id = "00000000000000b1",
                      .links = {{{"trace", spans[0].trace_id()},
                                 {"span", spans[0].span_id()},
                                 {"attributes", {{"app.reason", "refresh"}}}}}});
  const auto refresh = vendors.honeycomb().spans(span_named("refresh"));
  ASSERT_EQ(refresh.size(), 1u);
  EXPECT_THAT(refresh[0], HasLinkTo(spans[0]));
  EXPECT_THAT(refresh[0], HasLinkTo(spans[0], Contains(Pair("app.reason", "refresh"))));
  EXPECT_THAT(refresh[0], Not(HasLinkTo(spans[0], testing::IsEmpty())));
  EXPECT_THAT(why_not(refresh[0], HasLinkTo(spans[1])),
              StartsWith("list of links is { trace 4bf92f3577b34da6a3ce929d0e0e4736, span 00000000000000a1 with"));
}

TEST_F(SpanMatchers, TheEntryThatBroughtThem) {
  EXPECT_THAT(spans[1], CameBy(HasTarget("/v1/traces"), HasHeader("content-type", "application/json"), HasReply(200),
                               HasBody(HasSubstr("mock-data")), IsAnswered()));
  EXPECT_THAT(spans[1], CameBy(HasReply(testing::Ge(200), testing::_), HasHeader("x-none", "")));
  EXPECT_THAT(
      why_not(spans[1], CameBy(HasHeader("content-encoding", "gzip"))),
      AllOf(StartsWith("entry is entry " + std::to_string(spans[1].entry().ordinal()) + ": POST /v1/traces at "),
            HasSubstr(R"(header content-encoding is "")")));
  EXPECT_THAT(vendors.entries(), Each(AllOf(HasReply(200), IsAnswered())));
  const Entry entry = vendors.entries().front();
  EXPECT_THAT(why_not(entry, HasReply(401)), StartsWith("status is 200\n    its bytes: understudy show 1 --journal "));
  EXPECT_THAT(entry.id(), "default/1");
}

TEST_F(SpanMatchers, AnyField) {
  EXPECT_THAT(spans[0], HasField("attributes.http.status_code", 200));
  EXPECT_THAT(spans[0], HasField("status.code", Text(_)));
  EXPECT_EQ(why_not(spans[0], HasField("scope.name", "x")), R"(scope.name is "home.activities", not "x")");
}

TEST_F(SpanMatchers, ListsNameTheNearestMiss) {
  EXPECT_THAT(spans, Includes(HasName("mock-data"), HasAttribute("app.result_length", 2)));
  EXPECT_THAT(spans, ElementsAre(HasKind(SpanKind::server), HasParent(HasName(StartsWith("/api")))));
  EXPECT_THAT(spans, Each(HasScope("home.activities")));
  EXPECT_THAT(spans, Not(Includes(HasName("other"))));
  const std::string why =
      why_not(spans, Includes(HasName("mock-data"), HasKind(SpanKind::internal), HasAttribute("app.result_length", 3)));
  EXPECT_THAT(why, testing::MatchesRegex("of which none does; the nearest of 2 is the span \"mock-data\" "
                                         "\\(default/[0-9]+/0\\), which meets 2 of 3:\n"
                                         "  attribute app.result_length is 2, not 3"));
  EXPECT_EQ(why_not(std::vector<Span>(), Includes(HasName("x"))), "which is empty");
  EXPECT_EQ(described<std::vector<Span>>(Includes(HasName("x"), IsRoot())),
            "includes a record that has name = \"x\" and has there is no parent_span_id");
}

TEST(SegmentMatchers, AnnotationsMetadataSubsegments) {
  const Understudy vendors;
  const double now = static_cast<double>(now_ns()) / 1e9;
  const json inner = {{"id", "70de5b6f19ff9a0c"},
                      {"name", "mock-data"},
                      {"start_time", now},
                      {"end_time", now + 0.1},
                      {"metadata", {{"namespace", {{"results-size", 1}}}}}};
  const json outer = {{"id", "70de5b6f19ff9a0b"},
                      {"name", "activities_users"},
                      {"start_time", now},
                      {"end_time", now + 0.2},
                      {"subsegments", {inner}}};
  send_segment(vendors, segment("backend-flask", {{"annotations", {{"notif_result_length", 1}}},
                                                  {"fault", true},
                                                  {"http", {{"response", {{"status", 500}}}}},
                                                  {"subsegments", {outer}}}));
  const auto segments = vendors.xray().segments();
  ASSERT_EQ(segments.size(), 1u);
  const Segment& one = segments[0];
  EXPECT_THAT(one, AllOf(HasName("backend-flask"), HasAnnotation("notif_result_length", 1), HasHttpStatus(500),
                         HasFault(), DurationBetween(200ms, 300ms), HasAnnotation("notif_result_length"),
                         HasAnnotation("notif_result_length", Number(Ge(1)))));
  EXPECT_THAT(one, HasSubsegment("mock-data"));
  EXPECT_THAT(one, HasSubsegment(HasName("mock-data"), HasMetadata("namespace", "results-size", 1)));
  EXPECT_THAT(one.subsegments(), ElementsAre(HasSubsegment("mock-data")));
  EXPECT_EQ(one.http_status(), 500);
  EXPECT_TRUE(one.fault());
  EXPECT_EQ(all_subsegments(one).size(), 2u);
  EXPECT_EQ(why_not(one, HasAnnotation("notif_result_length", 2)), "annotation notif_result_length is 1, not 2");
  EXPECT_EQ(why_not(one, HasError()), "it has no error, wanted true");
  EXPECT_THAT(why_not(one, HasThrottle()), HasSubstr("it has no throttle"));
  EXPECT_EQ(why_not(all_subsegments(one)[1], HasMetadata("namespace", "results-size", 2)),
            "metadata namespace.results-size is 1, not 2");
  EXPECT_THAT(why_not(one, HasSubsegment("mock_data")),
              HasSubstr("the nearest of 2 is the subsegment \"activities_users\""));
}

TEST(SegmentMatchers, CausesRequestsAndWhoSampled) {
  const Understudy vendors;
  const double now = static_cast<double>(now_ns()) / 1e9;
  const json frame = {{"path", "/app/services/show_activity.py"}, {"line", 9}, {"label", "run"}};
  const json exception = {{"id", "70de5b6f19ff9a0f"},
                          {"type", "NameError"},
                          {"message", "name 'ShowActivity' is not defined"},
                          {"stack", json::array({frame})}};
  const json inner = {
      {"id", "70de5b6f19ff9a0c"}, {"name", "activities_show"},
      {"start_time", now},        {"end_time", now + 0.1},
      {"namespace", "remote"},    {"cause", {{"working_directory", "/app"}, {"exceptions", json::array({exception})}}}};
  send_segment(vendors,
               segment("backend-flask",
                       {{"cause", "70de5b6f19ff9a0f"},
                        {"user", "U12345"},
                        {"origin", "AWS::EC2::Instance"},
                        {"in_progress", false},
                        {"aws", {{"xray", {{"sampling_rule_name", "Default"}}}}},
                        {"http", {{"request", {{"method", "GET"}, {"url", "http://localhost/api/activities/x"}}}}},
                        {"subsegments", {inner}}}));
  const auto segments = vendors.xray().segments();
  ASSERT_EQ(segments.size(), 1u);
  const Segment& one = segments[0];
  const Subsegment show = one.subsegments().at(0);
  EXPECT_THAT(one, AllOf(HasUser("U12345"), HasOrigin("AWS::EC2::Instance"), HasHttpMethod("GET"),
                         HasHttpUrl(testing::EndsWith("/x")), HasSamplingRule("Default"), Not(IsInProgress())));
  EXPECT_EQ(one.cause_id(), "70de5b6f19ff9a0f");
  EXPECT_EQ(show.exceptions().at(0).id, one.cause_id());
  EXPECT_THAT(show, AllOf(HasException("NameError"), HasException("NameError", HasSubstr("ShowActivity")),
                          HasFrame("show_activity.py", "run"), HasNamespace("remote")));
  EXPECT_EQ(why_not(one, HasUser("U1")), R"(user is "U12345", not "U1")");
  EXPECT_THAT(why_not(one, HasSamplingRule("Cruddur")), StartsWith(R"(sampling rule is "Default")"));
  EXPECT_THAT(why_not(show, HasException("TypeError")), StartsWith(R"(list of exceptions is { "NameError" })"));
  EXPECT_THAT(why_not(show, HasException("NameError", "x")),
              StartsWith(R"(list of exceptions is { ("NameError", "name 'ShowActivity' is not defined") })"));
}

TEST(LogMatchers, GroupStreamMessage) {
  const Understudy vendors;
  send_log(vendors, {"test log", "HomeActivities"});
  const auto events = vendors.cloudwatch_logs().log_events();
  EXPECT_THAT(events, ElementsAre(HasMessage("test log"), HasMessage(StartsWith("Home"))));
  EXPECT_THAT(events, Each(AllOf(InGroup("cruddur"), InStream("backend"))));
  EXPECT_EQ(why_not(events[0], HasMessage("x")), R"(message is "test log", not "x")");
  EXPECT_THAT(why_not(events[0], HasMessage(StartsWith("x"))), StartsWith(R"(message is "test log")"));
  EXPECT_EQ(why_not(events[0], InGroup("Cruddur")), R"(log_group is "cruddur", not "Cruddur")");
  EXPECT_EQ(why_not(events[0], InStream("x")), R"(log_stream is "backend", not "x")");
  EXPECT_THAT(events[0], InBatch(ElementsAre(HasMessage("test log"), HasMessage("HomeActivities"))));
  EXPECT_THAT(why_not(events[0], InBatch(testing::SizeIs(1))), StartsWith("batch is { log event \"test log\""));
}

TEST(ItemMatchers, LevelMessageExceptionFrame) {
  const Understudy vendors;
  send_item(vendors, {{"message", {{"body", "Hello World!"}}}}, "warning");
  send_item(vendors, {{"trace",
                       {{"frames", {{{"filename", "/app/services/create_reply.py"}, {"method", "run"}, {"lineno", 9}}}},
                        {"exception", {{"class", "NameError"}, {"message", "name 'x' is not defined"}}}}}});
  const auto items = vendors.rollbar().items();
  ASSERT_EQ(items.size(), 2u);
  EXPECT_THAT(items[0], AllOf(HasLevel("warning"), HasMessage("Hello World!"), HasEnvironment("production")));
  EXPECT_THAT(items[1], AllOf(HasException("NameError"), HasFrame("services/create_reply.py", "run")));
  EXPECT_EQ(items[1].exceptions().at(0).frames.at(0).lineno, 9);
  EXPECT_EQ(why_not(items[0], HasLevel("error")), R"(level is "warning", not "error")");
  EXPECT_EQ(why_not(items[0], HasMessage("Hello")), R"(body.message.body is "Hello World!", not "Hello")");
  EXPECT_EQ(why_not(items[0], HasEnvironment("x")), R"(environment is "production", not "x")");
  EXPECT_EQ(why_not(items[0], HasContext("/reply")), R"(it has no context, wanted "/reply")");
  EXPECT_THAT(why_not(items[1], HasException("TypeError")), StartsWith(R"(list of exceptions is { "NameError" })"));
  EXPECT_THAT(why_not(items[1], HasFrame("app.py", "run")),
              StartsWith(R"(list of frames is { "/app/services/create_reply.py in run" })"));
}

TEST(ItemMatchers, PersonRequestCustomAndNotifier) {
  const Understudy vendors;
  send_item(vendors,
            {{"trace",
              {{"frames", json::array({{{"filename", "app.py"}}})},
               {"exception", {{"class", "NameError"}, {"message", "name 'x' is not defined"}}}}}},
            "error",
            {{"person", {{"id", "1"}}},
             {"framework", "flask"},
             {"language", "python"},
             {"uuid", "0123456789abcdef0123456789abcdef"},
             {"custom", {{"team", "red"}}},
             {"request", {{"method", "GET"}, {"url", "http://localhost:4567/home2"}}}});
  const auto items = vendors.rollbar().items();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_THAT(items[0], AllOf(HasPerson("1"), HasFramework("flask"), HasLanguage("python"),
                              HasUuid("0123456789abcdef0123456789abcdef"), HasCustom("team", "red"),
                              HasCustom("team", Text(_)), HasRequestMethod("GET"),
                              HasRequestUrl(testing::EndsWith("/home2")), HasException("NameError", HasSubstr("'x'"))));
  EXPECT_EQ(why_not(items[0], HasPerson("2")), R"(person.id is "1", not "2")");
  EXPECT_EQ(why_not(items[0], HasCustom("team", "blue")), R"(custom.team is "red", not "blue")");
  EXPECT_EQ(why_not(items[0], HasRequestUrl("x")), R"(request.url is "http://localhost:4567/home2", not "x")");
}

TEST(FindingMatchers, NameWhatWasFound) {
  const Understudy vendors;
  EXPECT_THAT(vendors, HasNoFindings());
  EXPECT_EQ(why_not(vendors, HasFinding("honeycomb.key.missing")), "which has no findings at all");
  post_otlp(vendors, json::array({otlp_span({})}), "");
  const auto findings = vendors.honeycomb().findings();
  ASSERT_FALSE(findings.empty());
  const std::string id = findings[0].id;
  EXPECT_THAT(vendors, AllOf(HasFinding(id), Not(HasNoFindings())));
  EXPECT_THAT(vendors.honeycomb(), HasFinding(id));
  EXPECT_THAT(vendors.rollbar(), HasNoFindings(Severity::info));
  EXPECT_THAT(why_not(vendors, HasNoFindings()),
              AllOf(HasSubstr(id), HasSubstr("its bytes: understudy show 1 --journal")));
  EXPECT_THAT(why_not(vendors, HasFinding(id.substr(0, id.size() - 1))), HasSubstr("did you mean " + id + "?"));
}

// Over how many, and how fast, scripts/bench says.
TEST(Lists, NameTheNearestMissOfThousands) {
  const Understudy vendors;
  json batch = json::array();
  for (int i = 0; i < 2000; ++i) {
    batch.push_back(otlp_span({.name = "span " + std::to_string(i), .attributes = {{"index", i}}}));
  }
  ASSERT_EQ(post_otlp(vendors, batch), 200);
  const auto spans = vendors.honeycomb().spans();
  ASSERT_EQ(spans.size(), 2000u);
  const std::string why =
      why_not(spans, Includes(HasName("span 1999"), HasAttribute("index", 1999), HasStatus(SpanStatus::ok)));
  EXPECT_THAT(why, HasSubstr("the nearest of 2000 is the span \"span 1999\""));
  EXPECT_THAT(why, HasSubstr("status.code is \"UNSET\", not \"OK\""));
  EXPECT_FALSE(vendors.honeycomb().wait_for(span_named("span 2000"), within(1ms)));
}

}  // namespace
}  // namespace understudy
