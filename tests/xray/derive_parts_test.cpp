// Findings that several records show together: sampling, promised traces, sizes of traces.
#include <gmock/gmock.h>

#include "tests/xray/support.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr std::string_view trace_id = "1-6b00ebe8-c09045740abe454752beac88";

json segment(int number = 1, json more = json::object()) {
  json document = {{"id", fmt::format("{:016x}", number)},
                   {"name", "backend-flask"},
                   {"start_time", 1795222504.6},
                   {"end_time", 1795222504.7},
                   {"http", {{"request", {{"method", "GET"}, {"url", "http://x/api"}}}}},
                   {"trace_id", fmt::format("1-6b00ebe8-{:024x}", number)}};
  document.update(more);
  return document;
}

void send(Session& session, const json& document) {
  (void)session.datagram("{\"format\":\"json\",\"version\":1}\n" + document.dump());
}

json by_sdk(std::string_view sdk, std::string_view rule = "") {
  json xray = {{"sdk", sdk}, {"sdk_version", "1.0"}};
  if (!rule.empty()) xray["sampling_rule_name"] = rule;
  return {{"aws", {{"xray", xray}}}};
}

void create_rule(Session& session, double rate, int reservoir) {
  (void)session.call("/CreateSamplingRule", json{{"SamplingRule",
                                                  {{"RuleName", "Cruddur"},
                                                   {"ResourceARN", "*"},
                                                   {"Priority", 9000},
                                                   {"FixedRate", rate},
                                                   {"ReservoirSize", reservoir},
                                                   {"ServiceName", "*"},
                                                   {"ServiceType", "*"},
                                                   {"Host", "*"},
                                                   {"HTTPMethod", "*"},
                                                   {"URLPath", "*"},
                                                   {"Version", 1}}}}
                                                .dump());
}

void report(Session& session, int requests, int sampled, int borrowed = 0, double timestamp = 1795222516) {
  (void)session.call("/SamplingTargets", json{{"SamplingStatisticsDocuments",
                                               {{{"RuleName", "Cruddur"},
                                                 {"ClientID", std::string(24, 'c')},
                                                 {"RequestCount", requests},
                                                 {"SampledCount", sampled},
                                                 {"BorrowCount", borrowed},
                                                 {"Timestamp", timestamp}}}}}
                                             .dump());
}

// Findings of a session, and what happened beside its records.
std::vector<recording::Finding> derived(const Session& session, const std::vector<recording::Record>& beside = {}) {
  const auto deriver = session.vendor().make_deriver();
  for (const auto& record : beside) deriver->add(record);
  for (const auto& record : session.records()) deriver->add(record);
  std::vector<recording::Finding> findings;
  for (auto& one : deriver->findings()) findings.push_back(std::move(one.finding));
  return findings;
}

recording::Record driven(std::string_view asked, std::string_view answered) {
  recording::Record record;
  record.kind = "driven";
  record.fields = {{"method", "GET"},
                   {"url", "http://x/api"},
                   {"status", 200},
                   {"request_headers", nlohmann::ordered_json::object()},
                   {"response_headers", nlohmann::ordered_json::object()}};
  if (!asked.empty()) record.fields["request_headers"]["X-Amzn-Trace-Id"] = asked;
  if (!answered.empty()) record.fields["response_headers"]["x-amzn-trace-id"] = answered;
  return record;
}

struct Sampled {
  double rate;
  int reservoir, requests, sampled, borrowed;
  std::string_view finding;
};

class SamplingReport : public ::testing::TestWithParam<Sampled> {};

TEST_P(SamplingReport, ComparesWithTheRule) {
  const auto& [rate, reservoir, requests, sampled, borrowed, finding] = GetParam();
  Session session;
  create_rule(session, rate, reservoir);
  send(session, segment());
  report(session, requests, sampled, borrowed);
  const auto found = derived(session);
  ASSERT_THAT(ids(found), ElementsAre(finding)) << requests;
  EXPECT_EQ(found[0].place, "rule Cruddur");
}

constexpr std::string_view fits = "xray.sampling.rate";
constexpr std::string_view odd = "xray.sampling.rate-does-not-fit";
constexpr Sampled sampled_cases[] = {
    {1, 0, 20, 20, 0, fits},     {1, 0, 20, 19, 0, odd},     {0, 0, 20, 0, 0, fits},      {0, 0, 20, 1, 0, odd},
    {0.1, 0, 1000, 90, 0, fits}, {0.1, 0, 1000, 60, 0, odd}, {0.1, 0, 1000, 140, 0, odd}, {0, 5, 30, 0, 5, fits},
    {0, 1, 100, 3, 2, fits},     {0, 1, 100, 20, 2, odd},
};
INSTANTIATE_TEST_SUITE_P(Derived, SamplingReport, ::testing::ValuesIn(sampled_cases));

TEST(SamplingReports, StateTheirInterval) {
  Session session;
  create_rule(session, 0.5, 0);
  send(session, segment());
  report(session, 100, 50);
  EXPECT_EQ(derived(session)[0].detail,
            "100 requests, 50 sampled, 0 borrowed; rate 0.5 and reservoir 0 let expect 37 to 63 (99 % interval); 0 "
            "segments name the rule");
}

void change_rate(Session& session, double rate) {
  (void)session.call("/UpdateSamplingRule",
                     json{{"SamplingRuleUpdate", {{"RuleName", "Cruddur"}, {"FixedRate", rate}}}}.dump());
}

// A client reports what it did by the former rate, and learns of the new one by the answer.
TEST(SamplingReports, TakeTheFormerRateUntilAClientKnowsOfTheChange) {
  Session session;
  create_rule(session, 0, 0);
  report(session, 20, 0);
  change_rate(session, 1);
  report(session, 20, 0);
  report(session, 20, 18);
  const auto found = derived(session);
  ASSERT_THAT(ids(found), Contains("xray.sampling.rate"));
  EXPECT_THAT(found.back().detail, HasSubstr("rate 1 and reservoir 0 (before: 0 and 0) let expect 0 to 40 (99 % "));
  report(session, 20, 19);
  EXPECT_THAT(ids(derived(session)), Contains("xray.sampling.rate"));
  change_rate(session, 1);
  report(session, 20, 20);
  EXPECT_THAT(derived(session).back().detail, HasSubstr("let expect 40 to 80 (99 % interval)")) << "no change";
  report(session, 20, 0);
  EXPECT_THAT(ids(derived(session)), Contains("xray.sampling.rate-does-not-fit"));
}

TEST(SamplingReports, TakeTheCountAsOpenTelemetryForPythonSpellsIt) {
  Session session;
  create_rule(session, 1, 0);
  send(session, segment());
  (void)session.call("/SamplingTargets",
                     R"({"SamplingStatisticsDocuments":[{"RuleName":"Cruddur","ClientID":"cccccccccccccccccccccccc",)"
                     R"("RequestCount":3,"SampleCount":3,"BorrowCount":0,"Timestamp":1795222516}]})");
  EXPECT_THAT(ids(derived(session)), ElementsAre("xray.sampling.rate"));
}

TEST(SamplingReports, NameSegmentsThatDidNotCome) {
  Session session;
  create_rule(session, 1, 0);
  send(session, segment(1, by_sdk("X-Ray for Python", "Cruddur")));
  report(session, 2, 2);
  EXPECT_THAT(ids(derived(session)), Contains("xray.sampling.segments-missing"));
  send(session, segment(2, by_sdk("X-Ray for Python", "Cruddur")));
  EXPECT_THAT(ids(derived(session)), ElementsAre("xray.sampling.rate"));
}

TEST(SamplingReports, NameSegmentsFromBeforeTheRules) {
  Session session;
  send(session, segment(1, by_sdk("X-Ray for Python")));
  (void)session.call("/GetSamplingRules", "{}");
  send(session, segment(2, by_sdk("X-Ray for Python", "Default")));
  const auto found = derived(session);
  ASSERT_THAT(ids(found), ElementsAre("xray.sampling.before-rules"));
  EXPECT_EQ(found[0].detail, "1 segments");
}

TEST(SamplingReports, NameWhatIsPeculiarAboutAnSdk) {
  const std::pair<std::string_view, std::string_view> sdks[] = {{"X-Ray for Node.js", "xray.sdk.node-always-borrows"},
                                                                {"X-Ray for Java", "xray.sdk.java-new-rules-last"},
                                                                {"X-Ray for Ruby", "xray.sdk.ruby-service-type"}};
  for (const auto& [sdk, finding] : sdks) {
    Session session;
    (void)session.call("/GetSamplingRules", "{}");
    send(session, segment(1, by_sdk(sdk, "Default")));
    send(session, segment(2, by_sdk(sdk, "Default")));
    EXPECT_THAT(ids(derived(session)), ElementsAre(finding));
  }
  Session java;
  create_rule(java, 1, 0);
  send(java, segment());
  report(java, 1, 1, 0, 1795222516000);
  EXPECT_THAT(ids(derived(java)), UnorderedElementsAre("xray.sampling.rate", "xray.sdk.timestamp-in-milliseconds"));
}

TEST(SamplingReports, NameHealthChecks) {
  Session session;
  for (int i = 1; i <= 20; ++i) {
    const json check = {{"http", {{"request", {{"url", "http://x/api/health-check"}}}}}};
    send(session, segment(i, i % 2 == 0 ? check : json::object()));
  }
  const auto found = derived(session);
  ASSERT_THAT(ids(found), ElementsAre("xray.sampling.health-checks"));
  EXPECT_EQ(found[0].detail, "50 % of 20 segments");
}

TEST(Promises, OfATraceThatNeverCame) {
  Session session;
  const auto promise = driven("", fmt::format("Root={};Sampled=1", trace_id));
  const auto found = derived(session, {promise});
  ASSERT_THAT(ids(found), ElementsAre("xray.trace.promised-never-came"));
  EXPECT_EQ(found[0].detail, fmt::format("GET http://x/api: trace {} never came", trace_id));
  send(session, segment(1, {{"trace_id", trace_id}}));
  EXPECT_THAT(derived(session, {promise}), IsEmpty());
}

TEST(Promises, AreNotMadeForWhatWasNotSampled) {
  const Session session;
  EXPECT_THAT(derived(session, {driven("", fmt::format("Root={};Sampled=0", trace_id))}),
              Not(Contains(::testing::Field(&recording::Finding::id, "xray.trace.promised-never-came"))));
  EXPECT_THAT(derived(session, {driven("", "")}), IsEmpty());
  EXPECT_THAT(ids(derived(session, {driven(fmt::format("Root={};Parent=0123456789abcdef;Sampled=0", trace_id), "")})),
              ElementsAre("xray.sampling.decided-upstream"));
  const auto found = derived(session, {driven("", "Root=1-00000000-000000000000000000000000")});
  ASSERT_THAT(ids(found), ElementsAre("xray.sampling.local-fallback"));
  EXPECT_EQ(found[0].detail, "1 requests, 0 sampled by local rules");
}

struct Header {
  std::string_view text;
  std::vector<std::string_view> findings;
  std::string_view detail;
};

// %R stands for a trace id.
TEST(TraceHeaders, ThatNotEverySdkReadsAreNamed) {
  const Header headers[] = {
      {"Root=%R;Parent=0123456789abcdef;Sampled=1", {}, ""},
      {"Sampled=1", {}, ""},
      {"Root=%R;Parent=0123456789abcdef;Sampled=1;Lineage=a87bd80c:1;own=x", {}, ""},
      {"Root=%R; Parent=0123456789abcdef; Sampled=1",
       {"xray.trace-header.not-read-everywhere"},
       "a blank before Parent"},
      {"Root=%R;Parent=0123456789abcdef;Sampled=1;",
       {"xray.trace-header.not-read-everywhere"},
       "a semicolon behind the last part"},
      {"Root=%R;Parent=0123456789abcdef;debug", {"xray.trace-header.not-read-everywhere"}, "debug without ="},
      {"root=%R;Parent=0123456789abcdef", {"xray.trace-header.not-read-everywhere"}, "root for Root"},
      {"Root=%R;Parent=0123456789abcdef;Sampled=?", {"xray.trace-header.sampled-asked"}, "Sampled=?"},
      {"Root=%R;Sampled=1", {"xray.trace-header.root-alone"}, "no Parent"},
  };
  for (const auto& [text, findings, detail] : headers) {
    std::string header(text);
    if (const auto at = header.find("%R"); at != std::string::npos) header.replace(at, 2, trace_id);
    const Session session;
    const auto found = derived(session, {driven(header, "")});
    EXPECT_THAT(ids(found), ::testing::ElementsAreArray(findings)) << text;
    if (!found.empty()) {
      EXPECT_THAT(found[0].detail, ::testing::StartsWith(detail)) << text;
    }
  }
}

TEST(SamplingReports, NameAFirstPollThatFailed) {
  Session session;
  send(session, segment(1, by_sdk("X-Ray for Python")));
  session.advance(59);
  Session late;
  send(late, segment(1, by_sdk("X-Ray for Python")));
  late.advance(301);
  (void)session.call("/GetSamplingRules", "{}");
  (void)late.call("/GetSamplingRules", "{}");
  EXPECT_THAT(ids(derived(session)), ElementsAre("xray.sampling.before-rules"));
  const auto found = derived(late);
  ASSERT_THAT(ids(found), ElementsAre("xray.sampling.before-rules", "xray.sampling.first-poll-failed"));
  EXPECT_EQ(found[1].detail, "rules were first asked for 300 s after the first segment began");
}

TEST(Drops, AreTheHosts) {
  recording::Record drops;
  drops.kind = "drops";
  drops.fields = {{"dropped", 7}};
  const auto found = derived(Session(), {drops, drops});
  ASSERT_THAT(ids(found), ElementsAre("xray.datagram.kernel-dropped"));
  EXPECT_EQ(found[0].detail, "14 datagrams");
}

TEST(Traces, NameDocumentsThatCameTwice) {
  Session session;
  auto open = segment(1, {{"in_progress", true}});
  open.erase("end_time");
  send(session, open);
  send(session, segment());
  EXPECT_THAT(derived(session), IsEmpty());
  send(session, segment());
  EXPECT_THAT(ids(derived(session)), ElementsAre("xray.segment.sent-twice"));
}

TEST(Traces, NameParentsInACircle) {
  Session session;
  const auto in_trace = [](int number, int parent) {
    return segment(number,
                   {{"trace_id", trace_id}, {"type", "subsegment"}, {"parent_id", fmt::format("{:016x}", parent)}});
  };
  send(session, in_trace(1, 2));
  send(session, in_trace(2, 3));
  EXPECT_THAT(ids(derived(session)), ElementsAre("xray.subsegment.without-segment"));
  send(session, in_trace(3, 1));
  EXPECT_THAT(ids(derived(session)), ElementsAre("xray.segment.parent-circle"));
}

TEST(Rules, ThatDifferInCaseAloneAreNamed) {
  Session session;
  (void)session.call(
      "/CreateSamplingRule",
      R"({"SamplingRule":{"RuleName":"r","ResourceARN":"*","Priority":1,"FixedRate":0.1,"ReservoirSize":5,)"
      R"("ServiceName":"Backend-Flask","ServiceType":"*","Host":"*","HTTPMethod":"*","URLPath":"*","Version":1}})");
  send(session, segment());
  const auto found = derived(session);
  ASSERT_THAT(ids(found), ElementsAre("xray.rule.case-differs"));
  EXPECT_THAT(found[0].detail, HasSubstr("nearest: backend-flask"));
}

}  // namespace
}  // namespace understudy::xray
