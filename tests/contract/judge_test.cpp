#include "contract/judge.h"

#include <gmock/gmock.h>

#include "contract/traces.h"
#include "tests/contract/fake_evidence.h"

namespace understudy::contract {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::IsEmpty;

Contract contract(const std::string& expectations) {
  const auto read = read_contract("version: 1\n" + expectations, "test.yaml");
  EXPECT_TRUE(read.has_value()) << read.error();
  return read.value_or(Contract{});
}

// The verdict on the only expectation.
Verdict verdict_of(const std::string& expectation, const Evidence& evidence) {
  const auto judged = judge(contract("expect:\n- " + expectation), evidence);
  EXPECT_TRUE(judged.has_value()) << judged.error();
  return judged ? judged->verdicts.front() : Verdict{};
}

FakeEvidence two_spans() {
  FakeEvidence evidence;
  evidence.span("home-activities-mock-data", "2", "1", {{"app.result_length", 3}, {"app.now", "2023-02-20"}});
  evidence.span("/api/activities/home", "1", "", {{"http.route", "/api/activities/home"}}, "SERVER");
  return evidence;
}

TEST(Judge, HoldsWhereEverythingIsThere) {
  const auto verdict = verdict_of(
      "{that: home, kind: span, where: [name = home-activities-mock-data], count: 1, each: [app.result_length > 2],"
      " attributes: {app.now: text, app.result_length: {type: integer, value: 3}},"
      " child_of: [kind = SERVER, http.route = /api/activities/home]}",
      two_spans());
  EXPECT_TRUE(verdict.holds) << verdict.message;
  EXPECT_EQ(verdict.seen, 1u);
  EXPECT_THAT(verdict.message, IsEmpty());
  EXPECT_THAT(verdict.show, IsEmpty());
}

TEST(Judge, ExplainsACountByTheNearestMiss) {
  const auto verdict = verdict_of(
      "{that: home, vendor: honeycomb, kind: span, where: [name = home-activites-mock-data, app.result_length = 3]}",
      two_spans());
  EXPECT_FALSE(verdict.holds);
  EXPECT_EQ(verdict.message,
            R"(0 spans matched name = "home-activites-mock-data" and app.result_length = 3, wanted at least 1; )"
            R"(the nearest of 2 spans is the span "home-activities-mock-data" (default/1/0), which meets 1 of 2 )"
            R"(conditions: name is "home-activities-mock-data", not "home-activites-mock-data")");
  EXPECT_EQ(verdict.show, "understudy show default/1/0 --journal captures");
}

TEST(Judge, CountsExactlyAtLeastAtMostAndNever) {
  const FakeEvidence evidence = two_spans();
  EXPECT_TRUE(verdict_of("{that: x, kind: span, count: 2}", evidence).holds);
  EXPECT_TRUE(verdict_of("{that: x, kind: span, count: {min: 1, max: 2}}", evidence).holds);
  EXPECT_TRUE(verdict_of("{that: x, kind: span, count: {max: 2}}", evidence).holds);
  EXPECT_TRUE(verdict_of("{that: x, kind: item, count: never}", evidence).holds);
  EXPECT_EQ(verdict_of("{that: x, kind: span, count: {exactly: 1}}", evidence).message,
            R"(2 spans came, wanted exactly 1; the first that is too many is the span "/api/activities/home" )"
            R"((default/2/0))");
  EXPECT_THAT(verdict_of("{that: x, kind: span, count: never}", evidence).message,
              HasSubstr("2 spans came, wanted none"));
  EXPECT_EQ(verdict_of("{that: x, kind: log_event, count: {min: 2}}", evidence).message,
            "0 log events came, wanted at least 2; no log event came at all");
}

TEST(Judge, NamesTheFirstRecordThatDoesNotMeetWhatIsDemanded) {
  const auto verdict = verdict_of(
      "{that: x, kind: span, where: [name starts-with home], each: [app.result_length = 4], attributes: {app.now: "
      "number, app.resultlength: number}}",
      two_spans());
  EXPECT_EQ(verdict.message,
            R"(1 of 1 span does not meet what is demanded; the first is the span "home-activities-mock-data" )"
            R"((default/1/0): app.result_length is 3, not 4; attribute app.now is the text "2023-02-20", wanted a )"
            R"(value of type number; it has no attribute app.resultlength (did you mean attribute )"
            R"(app.result_length?), wanted one of type number)");
}

TEST(Judge, SaysWhyARecordIsNoChild) {
  FakeEvidence evidence = two_spans();
  EXPECT_THAT(
      verdict_of("{that: x, kind: span, where: [name starts-with home], child_of: [kind = CLIENT]}", evidence).message,
      HasSubstr(R"(its parent is the span "/api/activities/home" (default/2/0): kind is "SERVER", not "CLIENT")"));
  EXPECT_THAT(verdict_of("{that: x, kind: span, where: [kind = SERVER], child_of: [kind = CLIENT]}", evidence).message,
              HasSubstr("it is the root of its trace"));
  evidence.span("orphan", "3", "9");
  EXPECT_THAT(verdict_of("{that: x, kind: span, where: [name = orphan], child_of: [kind = CLIENT]}", evidence).message,
              HasSubstr("its parent 9 was not recorded"));
}

TEST(Judge, SaysWhyARecordIsNoParent) {
  const FakeEvidence evidence = two_spans();
  const auto verdict = [&](const std::string& name, const std::string& child) {
    return verdict_of("{that: x, kind: span, where: [name starts-with " + name + "], parent_of: [" + child + "]}",
                      evidence);
  };
  EXPECT_TRUE(verdict("/api", "name starts-with home").holds);
  EXPECT_THAT(verdict("/api", "app.result_length = 4").message,
              HasSubstr(R"(none of its 1 child is meant; the nearest is the span "home-activities-mock-data" )"
                        R"((default/1/0): app.result_length is 3, not 4)"));
  EXPECT_THAT(verdict("home", "name exists").message, HasSubstr("no child of it was recorded"));
}

TEST(Judge, AsksForAKindThatAVendorMakesOnRequest) {
  FakeEvidence evidence = two_spans();
  evidence.add("honeycomb", "honeycomb_event", {{"name", "home"}});
  evidence.on_request = "honeycomb_event";
  EXPECT_EQ(verdict_of("{that: x, kind: honeycomb_event, where: [name = home]}", evidence).seen, 1u);
  const auto both = judge(
      contract("expect:\n- {that: x, kind: honeycomb_event}\n- {that: y, vendor: honeycomb, count: 2}"), evidence);
  EXPECT_TRUE(both->holds()) << both->verdicts.back().message;
}

TEST(Judge, HoldsRecordsToTheirOrder) {
  FakeEvidence evidence;
  const auto log = [&evidence](const std::string& message, std::int64_t time_ns) {
    evidence.add("cloudwatch_logs", "log_event", {{"message", message}}).time_ns = time_ns;
  };
  log("access line", 30);
  log("test log", 10);
  log("HomeActivities", 20);
  const std::string expectation = "{that: x, kind: log_event, in_order: ";
  EXPECT_TRUE(
      verdict_of(expectation + "[[message = test log], [message = HomeActivities], [message contains line]]}", evidence)
          .holds);
  EXPECT_EQ(verdict_of(expectation + "[[message contains line], [message = test log]]}", evidence).message,
            R"(step 2 of 2 (message = "test log") came too early: the log event "test log" (default/2/0) comes before )"
            R"(the log event "access line" (default/1/0) of step 1)");
  EXPECT_EQ(verdict_of(expectation + "[[message = test log], [message = HomeActivitys]]}", evidence).message,
            R"(nothing came for step 2 of 2 (message = "HomeActivitys"); the nearest of 2 log events is the log event )"
            R"("HomeActivities" (default/3/0), which meets 0 of 1 conditions: message is "HomeActivities", not )"
            R"("HomeActivitys")");
}

TEST(Judge, AllowsFindingsUpToASeverityAndById) {
  FakeEvidence evidence = two_spans();
  session::FoldedFinding finding;
  finding.id = "honeycomb.span.unnamed";
  finding.severity = recording::Severity::warning;
  finding.place = "spans[*].name";
  finding.message = "The span has no name.";
  finding.mend = "Name it.";
  finding.count = 4;
  finding.examples = {7};
  evidence.found = {finding};
  const auto strict = judge(contract("findings: {not_above: info}"), evidence);
  ASSERT_TRUE(strict.has_value());
  EXPECT_FALSE(strict->holds());
  EXPECT_EQ(strict->verdicts.back().message,
            "honeycomb.span.unnamed (warning, 4 times) at spans[*].name: The span has no name. Name it.");
  EXPECT_EQ(strict->verdicts.back().show, "understudy show 7 --journal captures");
  EXPECT_TRUE(judge(contract("findings: {not_above: warning}"), evidence)->holds());
  EXPECT_TRUE(judge(contract("findings: {allow: [honeycomb.span.unnamed]}"), evidence)->holds());
}

TEST(Judge, WantsTheFindingsThatAreExpected) {
  FakeEvidence evidence = two_spans();
  session::FoldedFinding finding;
  finding.id = "honeycomb.span.unnamed";
  finding.severity = recording::Severity::warning;
  finding.count = 4;
  evidence.found = {finding};
  const auto met = judge(contract("findings: {expect: [honeycomb.span.unnamed]}"), evidence);
  EXPECT_TRUE(met->holds());
  EXPECT_EQ(met->verdicts.front().seen, 4u);
  const auto missed = judge(contract("findings: {not_above: error, expect: [honeycomb.span.unamed]}"), evidence);
  EXPECT_EQ(missed->failed(), 1u);
  EXPECT_EQ(missed->verdicts.front().title, "finding honeycomb.span.unamed");
  EXPECT_EQ(missed->verdicts.front().message,
            "it was not found; findings there are: 1; did you mean honeycomb.span.unnamed?");
}

TEST(Judge, PassesOnThatTheEvidenceCannotBeRead) {
  FakeEvidence evidence;
  evidence.damage = "cannot read entry 3";
  const auto judged = judge(contract("expect: [{that: x, kind: span}]"), evidence);
  ASSERT_FALSE(judged.has_value());
  EXPECT_EQ(judged.error(), "cannot read entry 3");
}

TEST(Traces, KnowsSubsegmentsByTheirParents) {
  recording::Record segment;
  segment.kind = "segment";
  segment.fields = {{"trace_id", "t"}, {"id", "1"}, {"name", "backend"}};
  segment.fields["subsegments"] = ordered_json::array(
      {{{"id", "2"}, {"name", "outer"}, {"subsegments", ordered_json::array({{{"id", "3"}, {"name", "inner"}}})}}});
  Traces traces;
  traces.add(std::make_shared<const recording::Record>(segment));
  ASSERT_NE(traces.find("t", "3"), nullptr);
  EXPECT_EQ(traces.find("t", "3")->fields["name"], "inner");
  const auto parent = traces.parent_of(*traces.find("t", "3"));
  ASSERT_NE(parent, nullptr);
  EXPECT_EQ(parent->fields["name"], "outer");
  EXPECT_EQ(traces.children_of(segment).size(), 1u);
  EXPECT_EQ(traces.find("other", "3"), nullptr);
}

}  // namespace
}  // namespace understudy::contract
