#include "understudy/understudy.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <latch>
#include <thread>

#include "tests/library/senders.h"
#include "understudy/matchers.h"

namespace understudy {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

// Waits that are not met save their captures: here, into a folder that goes away with the tests.
class Captures final : public testing::Environment {
 public:
  void SetUp() override {
    char name[] = "/tmp/understudy-captures-XXXXXX";
    folder_ = mkdtemp(name);
    setenv("UNDERSTUDY_CAPTURES", folder_.c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

 private:
  std::filesystem::path folder_;
};

[[maybe_unused]] testing::Environment* const captures = testing::AddGlobalTestEnvironment(new Captures);

TEST(Understudy, RecordsWhatFourVendorsAreSent) {
  const Understudy vendors;
  ASSERT_EQ(send_span(vendors, {.name = "home", .attributes = {{"app.result_length", 3}}}), 200);
  send_segment(vendors, segment("backend-flask"));
  ASSERT_EQ(send_log(vendors, {"test log", "HomeActivities"}), 200);
  ASSERT_EQ(send_item(vendors, {{"message", {{"body", "Hello World!"}}}}, "warning"), 200);

  const auto spans = vendors.honeycomb().spans();
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].name(), "home");
  EXPECT_EQ(spans[0].kind(), SpanKind::internal);
  EXPECT_EQ(spans[0].status(), SpanStatus::unset);
  EXPECT_EQ(spans[0].duration(), 5ms);
  EXPECT_EQ(spans[0].attribute("app.result_length"), 3);
  EXPECT_THAT(spans[0].resource().attributes, Contains(Pair("service.name", "backend-flask")));
  EXPECT_EQ(spans[0].scope().name, "home.activities");
  EXPECT_EQ(spans[0].entry().status(), 200);
  EXPECT_EQ(spans[0].entry().method(), "POST");
  EXPECT_EQ(spans[0].entry().target(), "/v1/traces");
  EXPECT_TRUE(spans[0].entry().answered());
  EXPECT_THAT(vendors.honeycomb().datasets(), ElementsAre("backend-flask"));

  const auto segments = vendors.xray().segments();
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0].name(), "backend-flask");

  const auto events = vendors.cloudwatch_logs().log_events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].message(), "HomeActivities");
  EXPECT_EQ(events[1].batch().size(), 2u);
  EXPECT_THAT(vendors.cloudwatch_logs().log_groups(), ElementsAre("cruddur"));
  EXPECT_THAT(vendors.cloudwatch_logs().log_streams("cruddur"), ElementsAre("backend"));
  EXPECT_THAT(vendors.cloudwatch_logs().log_streams("crudder"), IsEmpty());

  const auto items = vendors.rollbar().items();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].message(), "Hello World!");
  EXPECT_EQ(items[0].level(), "warning");
}

TEST(Understudy, IsAWorldOfItsOwn) {
  const Understudy one;
  const Understudy other;
  EXPECT_NE(one.ports().aws, other.ports().aws);
  send_span(one, {});
  EXPECT_EQ(one.honeycomb().spans().size(), 1u);
  EXPECT_THAT(other.honeycomb().spans(), IsEmpty());
}

TEST(Understudy, SaysWhatToSetForEverySdk) {
  const Understudy vendors;
  const auto environment = vendors.environment({.fast_flush = true});
  EXPECT_EQ(environment.at("OTEL_EXPORTER_OTLP_ENDPOINT"), vendors.honeycomb().url());
  EXPECT_EQ(environment.at("AWS_XRAY_DAEMON_ADDRESS"), vendors.xray().daemon_address());
  EXPECT_EQ(environment.at("AWS_ENDPOINT_URL"), vendors.cloudwatch_logs().url());
  EXPECT_EQ(environment.at("ROLLBAR_ENDPOINT"), vendors.rollbar().endpoint());
  EXPECT_THAT(environment, Contains(Key("OTEL_BSP_SCHEDULE_DELAY")));
  EXPECT_FALSE(vendors.environment().contains("OTEL_BSP_SCHEDULE_DELAY"));
}

TEST(Understudy, StartsAndStopsByTheHundred) {
  const auto open_files = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  {
    const Understudy first;
  }
  const auto before = open_files();
  for (int i = 0; i < 100; ++i) {
    const Understudy vendors;
    EXPECT_NE(vendors.ports().aws, 0);
  }
  EXPECT_EQ(open_files(), before);
}

TEST(Understudy, TwoHundredAtOnceDoNotTouchEachOther) {
  constexpr int count = 200;
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([i, &right] {
      const Understudy vendors;
      const std::string name = "span " + std::to_string(i);
      std::thread sender([&] { send_span(vendors, {.name = name}); });
      const auto spans = vendors.honeycomb().wait_for_exactly(1, any_span(), within(60s), quiet(1ms));
      sender.join();
      if (spans.met() && spans.size() == 1 && spans[0].name() == name) ++right;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, count);
}

TEST(Understudy, IsResetAndForgets) {
  Understudy vendors;
  send_span(vendors, {});
  ASSERT_EQ(vendors.honeycomb().spans().size(), 1u);
  ASSERT_TRUE(vendors.reset());
  EXPECT_THAT(vendors.honeycomb().spans(), IsEmpty());
  EXPECT_THAT(vendors.entries(), IsEmpty());
}

TEST(Understudy, InjectsFaults) {
  Understudy vendors;
  ASSERT_TRUE(vendors.honeycomb().fault({.status = 429, .headers = {{"Retry-After", "1"}}, .times = 2}));
  EXPECT_EQ(send_span(vendors, {}), 429);
  EXPECT_EQ(send_span(vendors, {}), 429);
  EXPECT_EQ(send_span(vendors, {}), 200);
  EXPECT_EQ(vendors.honeycomb().spans().size(), 1u);
  ASSERT_TRUE(vendors.rollbar().fault({.when = Fault::When::after, .action = Fault::Action::reset}));
  EXPECT_EQ(send_item(vendors, {{"message", {{"body", "lost reply"}}}}), 0);
  EXPECT_EQ(vendors.rollbar().items().size(), 1u);
  ASSERT_TRUE(vendors.xray().fault({.path = "/GetSamplingRules"}));
  ASSERT_TRUE(vendors.clear_faults());
}

TEST(Understudy, InjectsFaultsOfTheWireAndOfChance) {
  Understudy vendors;
  const json message = {{"message", {{"body", "hi"}}}};
  ASSERT_TRUE(vendors.rollbar().fault({.action = Fault::Action::body, .body = "<html>"}));
  httplib::Client client(vendors.rollbar().url());
  const auto replaced = client.Post("/api/1/item/", "{}", "application/json");
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->body, "<html>");
  ASSERT_TRUE(vendors.rollbar().fault({.action = Fault::Action::cut, .bytes = 3}));
  EXPECT_EQ(send_item(vendors, message), 0);
  ASSERT_TRUE(vendors.xray().fault({.action = Fault::Action::drop}));
  send_segment(vendors, segment("lost"));
  send_segment(vendors, segment("found"));
  EXPECT_THAT(vendors.xray().wait_for(segment_named("found")), Met());
  EXPECT_THAT(vendors.xray().segments(), Not(Includes(HasName("lost"))));
  ASSERT_TRUE(vendors.honeycomb().fault({.probability = 1e-9}));
  EXPECT_EQ(send_span(vendors, {}), 200);
  EXPECT_THAT(vendors.honeycomb().fault({.probability = 2}).error(), HasSubstr("probability"));
}

// ---- the other kinds of record

int post_metric(const Understudy& vendors, const json& metric) {
  httplib::Client client(vendors.honeycomb().url());
  const json body = {{"resourceMetrics",
                      {{{"resource", {{"attributes", attributes({{"service.name", "backend-flask"}})}}},
                        {"scopeMetrics", {{{"scope", {{"name", "requests"}}}, {"metrics", {metric}}}}}}}}};
  const auto reply =
      client.Post("/v1/metrics", {{"x-honeycomb-team", "understudyHoneycombKey"}}, body.dump(), "application/json");
  return reply ? reply->status : 0;
}

TEST(Understudy, RecordsDataPoints) {
  const Understudy vendors;
  const json number = {{"asDouble", 12.5},
                       {"timeUnixNano", std::to_string(now_ns())},
                       {"attributes", attributes({{"http.route", "/home"}})}};
  ASSERT_EQ(post_metric(vendors, {{"name", "load"}, {"unit", "1"}, {"gauge", {{"dataPoints", {number}}}}}), 200);
  const json many = {{"count", "3"}, {"sum", 6.5}, {"timeUnixNano", std::to_string(now_ns())}};
  ASSERT_EQ(post_metric(vendors, {{"name", "latency"}, {"histogram", {{"dataPoints", {many}}}}}), 200);

  EXPECT_THAT(vendors.honeycomb().wait_for(metric_named("latency")), Met());
  const auto points = vendors.honeycomb().metric_points();
  ASSERT_EQ(points.size(), 2u);
  EXPECT_THAT(points[0], AllOf(HasName("load"), HasUnit("1"), HasValue(12.5), HasValue(Number(Ge(12))),
                               HasAttribute("http.route", "/home"), HasScope("requests"),
                               HasResourceAttribute("service.name", "backend-flask"), CameBy(HasReply(200))));
  EXPECT_THAT(points[0], Not(HasValue(12)));
  EXPECT_EQ(points[0].type(), "gauge");
  EXPECT_EQ(points[0].value().number(), 12.5);
  EXPECT_EQ(points[1].type(), "histogram");
  EXPECT_TRUE(points[1].value().is_null());
  EXPECT_EQ(points[1].count(), 3u);
  EXPECT_EQ(points[1].sum(), 6.5);
}

TEST(Understudy, RecordsWhatHoneycombStores) {
  const Understudy vendors;
  ASSERT_EQ(send_span(vendors, {.name = "home", .attributes = {{"app.result_length", 3}}}), 200);
  httplib::Client client(vendors.honeycomb().url());
  const auto reply = client.Post("/1/events/checkout",
                                 {{"x-honeycomb-team", "understudyHoneycombKey"}, {"X-Honeycomb-Samplerate", "4"}},
                                 R"({"total": 9})", "application/json");
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->status, 200);

  EXPECT_THAT(vendors.honeycomb().wait_for(event_in("checkout")),
              ElementsAre(AllOf(HasColumn("total", 9), HasColumn("total", Number(Ge(9))), HasSampleRate(4))));
  const auto events = vendors.honeycomb().events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_THAT(events[0], AllOf(InDataset("backend-flask"), HasColumn("app.result_length", 3), HasColumn("name", "home"),
                               Not(HasColumn("total"))));
  EXPECT_EQ(events[0].type(), "span");
  EXPECT_EQ(events[0].sample_rate(), 1);
  EXPECT_EQ(events[1].type(), "event");
  EXPECT_EQ(events[1].dataset(), "checkout");
  EXPECT_EQ(events[1].column("total").integer(), 9);
  EXPECT_THAT(events[1].columns(), Contains(Key("total")));
}

TEST(Understudy, RecordsDeploys) {
  const Understudy vendors;
  httplib::Client client(vendors.rollbar().url());
  const json body = {{"environment", "production"}, {"revision", "aabbcc1"}, {"local_username", "andrew"}};
  const auto reply = client.Post("/api/1/deploy/", {{"X-Rollbar-Access-Token", std::string(32, '0')}}, body.dump(),
                                 "application/json");
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->status, 200) << reply->body;

  EXPECT_THAT(vendors.rollbar().wait_for(deploy_of("aabbcc1")), Met());
  const auto deploys = vendors.rollbar().deploys();
  ASSERT_EQ(deploys.size(), 1u);
  EXPECT_THAT(deploys[0], AllOf(HasRevision("aabbcc1"), HasEnvironment("production")));
  EXPECT_GT(deploys[0].deploy_id(), 0);
  EXPECT_EQ(deploys[0].local_username(), "andrew");
  EXPECT_EQ(deploys[0].status(), "succeeded");
  EXPECT_EQ(deploys[0].comment(), "");
  EXPECT_THAT(vendors.rollbar().items(), IsEmpty());
}

TEST(Understudy, KnowsAccountsAndSaysWhatIsWrongWithThem) {
  Understudy vendors;
  EXPECT_THAT(vendors.set_accounts("{").error(), StartsWith("this is no JSON"));
  EXPECT_THAT(vendors.set_accounts(R"({"honycomb": {}})").error(), HasSubstr("\"honycomb\" is no vendor"));
  ASSERT_TRUE(vendors.set_accounts(R"({"honeycomb": {"keys": [{"key": "abcdefghijklmnopqrstuv"}]}})"));
  EXPECT_EQ(post_otlp(vendors, json::array({otlp_span({})}), "zzzzzzzzzzzzzzzzzzzzzz"), 401);
  EXPECT_EQ(post_otlp(vendors, json::array({otlp_span({})}), "abcdefghijklmnopqrstuv"), 200);
}

TEST(Understudy, HasAClockOfItsOwn) {
  Understudy vendors;
  ASSERT_TRUE(vendors.freeze_clock(UnixTime(std::chrono::sys_days(std::chrono::January / 1 / 2030))));
  send_log(vendors, {});
  call_logs(vendors, "PutLogEvents",
            {{"logGroupName", "cruddur"},
             {"logStreamName", "backend"},
             {"logEvents", {{{"timestamp", 1893456000000}, {"message", "new year"}}}}});
  const auto events = vendors.cloudwatch_logs().log_events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].ingestion_time(), std::chrono::sys_days(std::chrono::January / 1 / 2030));
  EXPECT_TRUE(vendors.set_clock_offset(1h));
  EXPECT_TRUE(vendors.use_real_clock());
}

TEST(Understudy, TellsOfSamplingRulesAndGroups) {
  const Understudy vendors;
  httplib::Client client("http://" + vendors.xray().daemon_address());
  const json rule = {{"RuleName", "Cruddur"}, {"ResourceARN", "*"}, {"Priority", 9000},   {"FixedRate", 0.1},
                     {"ReservoirSize", 5},    {"ServiceName", "*"}, {"ServiceType", "*"}, {"Host", "*"},
                     {"HTTPMethod", "*"},     {"URLPath", "*"},     {"Version", 1}};
  ASSERT_EQ(client.Post("/CreateSamplingRule", json({{"SamplingRule", rule}}).dump(), "application/json")->status, 200);
  const json group = {{"GroupName", "Cruddur"}, {"FilterExpression", "service(\"backend-flask\")"}};
  ASSERT_EQ(client.Post("/CreateGroup", group.dump(), "application/json")->status, 200);
  const auto rules = vendors.xray().sampling_rules();
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[1].name, "Cruddur");
  EXPECT_EQ(rules[1].fixed_rate, 0.1);
  ASSERT_EQ(vendors.xray().groups().size(), 1u);
  EXPECT_EQ(vendors.xray().groups()[0].filter_expression, "service(\"backend-flask\")");
}

TEST(Understudy, TellsOfDatasetsWhateverIsInThem) {
  const Understudy vendors;
  send_span(vendors, {});
  httplib::Client client(vendors.honeycomb().url());
  const httplib::Headers key = {{"x-honeycomb-team", "understudyHoneycombKey"}};
  ASSERT_EQ(client.Post("/1/events/deploys", key, R"({"version": 1})", "application/json")->status, 200);
  EXPECT_THAT(vendors.honeycomb().datasets(), ElementsAre("backend-flask", "deploys"));
}

// The subsegment comes first, and on its own; the call to a host that nobody instruments makes a segment of its own.
TEST(Understudy, AssemblesATraceAsXrayDoes) {
  const Understudy vendors;
  const json whole = segment("backend-flask");
  const double start = whole["start_time"];
  const auto sub = [&](const char* id, const char* name, const json& more) {
    json made = {{"id", id},
                 {"name", name},
                 {"type", "subsegment"},
                 {"trace_id", whole["trace_id"]},
                 {"parent_id", whole["id"]},
                 {"start_time", start},
                 {"end_time", start + 0.1}};
    made.update(more);
    return made;
  };
  send_segment(vendors, sub("70de5b6f19ff9a0c", "mock-data", {{"annotations", {{"results", 1}}}}));
  send_segment(vendors, sub("70de5b6f19ff9a0d", "api.rollbar.com", {{"namespace", "remote"}}));
  send_segment(vendors, whole);
  const auto trace = vendors.xray().trace(whole["trace_id"].get<std::string>());
  ASSERT_TRUE(trace.has_value());
  EXPECT_EQ(trace->duration, 250ms);
  EXPECT_FALSE(trace->limit_exceeded);
  EXPECT_THAT(trace->segments, ElementsAre(HasName("backend-flask"), HasName("api.rollbar.com")));
  EXPECT_THAT(trace->segments[0], HasSubsegment(HasName("mock-data"), HasAnnotation("results", 1)));
  EXPECT_THAT(trace->segments[0], CameBy(HasBody(HasSubstr("backend-flask"))));
  EXPECT_THAT(trace->segments[1], HasField("inferred", true));
  EXPECT_FALSE(vendors.xray().trace("1-00000000-000000000000000000000000").has_value());
  EXPECT_FALSE(vendors.xray().trace(trace->id, "ca-central-1").has_value());
}

TEST(Understudy, ShowsTheEventsOfAGroupAsTheServiceDoes) {
  const Understudy vendors;
  send_log(vendors, {"test log"});
  call_logs(vendors, "CreateLogStream", {{"logGroupName", "cruddur"}, {"logStreamName", "other"}});
  const auto put = [&](const char* stream, std::int64_t before_ms, const char* message) {
    const json event = {{"timestamp", now_ns() / 1'000'000 - before_ms}, {"message", message}};
    return call_logs(vendors, "PutLogEvents",
                     {{"logGroupName", "cruddur"}, {"logStreamName", stream}, {"logEvents", json::array({event})}});
  };
  ASSERT_EQ(put("other", 60'000, "ERROR before"), 200);
  ASSERT_EQ(put("backend", -60'000, "ERROR after"), 200);
  const auto& logs = vendors.cloudwatch_logs();
  EXPECT_THAT(logs.events("cruddur"),
              ElementsAre(HasMessage("ERROR before"), HasMessage("test log"), HasMessage("ERROR after")));
  EXPECT_THAT(logs.events("cruddur", "ERROR -after"), ElementsAre(HasMessage("ERROR before")));
  EXPECT_THAT(logs.events("crudder"), IsEmpty());
  EXPECT_THROW(logs.events("cruddur", "{ $.x = }"), std::invalid_argument);
  call_logs(vendors, "DeleteLogStream", {{"logGroupName", "cruddur"}, {"logStreamName", "other"}});
  EXPECT_THAT(logs.events("cruddur"), ElementsAre(HasMessage("test log"), HasMessage("ERROR after")));
  EXPECT_EQ(logs.log_events().size(), 3u);
}

TEST(Understudy, OutlivesItsEndInItsRecords) {
  std::vector<Span> spans;
  std::optional<Entry> entry;
  {
    const Understudy vendors;
    send_span(vendors, {.name = "outer", .id = "00000000000000a1", .kind = 2});
    send_span(vendors, {.name = "inner", .id = "00000000000000a2", .parent = "00000000000000a1"});
    spans = vendors.honeycomb().spans();
    entry = vendors.entries().front();
  }
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[1].parent().value().name(), "outer");
  EXPECT_EQ(spans[0].children().at(0).name(), "inner");
  EXPECT_THAT(spans[0].json(), HasSubstr(R"("kind":"span")"));
  EXPECT_EQ(spans[0].entry().status(), 200);
  EXPECT_EQ(entry->target(), "/v1/traces");
}

TEST(Understudy, CanBeReadAfterItWasStopped) {
  Understudy vendors;
  send_span(vendors, {});
  send_log(vendors, {"x"});
  vendors.stop();
  vendors.stop();
  EXPECT_EQ(vendors.honeycomb().spans().size(), 1u);
  EXPECT_THAT(vendors.cloudwatch_logs().log_groups(), ElementsAre("cruddur"));
  EXPECT_EQ(vendors.reset().error(), "this Understudy was stopped: ask before stop(), or read what it recorded");
}

TEST(Understudy, SaysWhyItCannotStart) {
  const Understudy first;
  const auto second = Understudy::start({.ports = {.rollbar = first.ports().rollbar}});
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error(), AllOf(HasSubstr("rollbar"), HasSubstr(std::to_string(first.ports().rollbar))));
  EXPECT_EQ(Understudy::start({.ports = {.aws = 4566, .rollbar = 4566}}).error(),
            "aws and rollbar are both given port 4566: give each its own, or 0 for a free one");
  EXPECT_THROW(Understudy({.journal = "/proc/no/such"}), StartError);
}

TEST(Understudy, KeepsAJournalAndSavesOne) {
  char name[] = "/tmp/understudy-library-XXXXXX";
  const std::filesystem::path folder = mkdtemp(name);
  {
    const Understudy vendors({.journal = folder / "kept"});
    send_span(vendors, {});
    EXPECT_EQ(vendors.honeycomb().spans()[0].show_command(),
              "understudy show default/1/0 --journal " + (folder / "kept").string());
    EXPECT_TRUE(vendors.save(folder / "saved"));
    EXPECT_FALSE(vendors.save(folder / "saved"));
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "kept/default/000001.uj"));
  EXPECT_TRUE(std::filesystem::exists(folder / "saved/default/000001.uj"));
  std::filesystem::remove_all(folder);
}

TEST(Understudy, SavesACaptureOnlyWhereATestFailed) {
  char name[] = "/tmp/understudy-library-XXXXXX";
  const std::filesystem::path folder = mkdtemp(name);
  {
    const Understudy vendors({.captures = folder});
    send_span(vendors, {});
    EXPECT_THAT(detail::show_command(vendors.honeycomb().spans()[0], [] { return false; }),
                HasSubstr("--journal " + folder.string()));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  {
    const Understudy vendors({.captures = folder});
    send_span(vendors, {});
    (void)detail::show_command(vendors.honeycomb().spans()[0], [] { return true; });
  }
  EXPECT_FALSE(std::filesystem::is_empty(folder));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace understudy
