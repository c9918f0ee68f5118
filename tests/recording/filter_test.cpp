#include "recording/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace understudy::recording {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;

Record span() {
  Record record;
  record.kind = "span";
  record.vendor = "honeycomb";
  record.session = "default";
  record.entry = 7;
  record.index = 2;
  record.time_ns = 1'700'000'000'000'000'000;
  record.fields = ordered_json::parse(R"({
    "name": "GET /api/home", "kind": "SERVER", "duration_ms": 12.0, "big": 9007199254740993, "nothing": null,
    "attributes": {"http.route": "/api/home", "http": {"status": 200, "route": "shadowed"}, "ok": true,
                   "tags": ["a", 3], "http.status_code": "200"},
    "events": [{"name": "exception"}, {"name": "retry"}],
    "resource": {"attributes": {"service.name": "backend-flask"}},
    "status": {"code": "OK"}})");
  return record;
}

Filter filter(const char* conditions) {
  auto read = Filter::from_json(json::parse(conditions));
  EXPECT_TRUE(read) << (read ? "" : read.error().text());
  return read ? *read : Filter();
}

bool matches(const std::string& condition) {
  const auto read = Filter::condition_from_text(condition);
  EXPECT_TRUE(read) << (read ? "" : read.error().text());
  return read && Filter({*read}).matches(span());
}

TEST(Filter, EmptyMatchesEverything) { EXPECT_TRUE(filter("[]").matches(span())); }

TEST(Filter, PathsDescendGreedilySoThatDottedKeysNeedNoQuoting) {
  EXPECT_TRUE(matches("attributes.http.route = /api/home"));
  EXPECT_TRUE(matches("attributes.http.status = 200"));
  EXPECT_TRUE(matches("events.1.name = retry"));
  EXPECT_TRUE(matches("status.code = OK"));
  EXPECT_FALSE(matches("attributes.http.route = shadowed"));
  EXPECT_FALSE(matches("events.2.name exists"));
  EXPECT_FALSE(matches("events.-1.name exists"));
  EXPECT_FALSE(matches("events. exists"));
  EXPECT_FALSE(matches("name.x exists"));
}

TEST(Filter, PathsAreTriedBelowAttributesAndThenBelowTheResource) {
  EXPECT_TRUE(matches("http.route = /api/home"));
  EXPECT_TRUE(matches("service.name = backend-flask"));
  EXPECT_TRUE(matches("resource.attributes.service.name = backend-flask"));
}

TEST(Filter, FieldsComeBeforeTheRecordsOwnMembers) {
  EXPECT_TRUE(matches("kind = SERVER"));
  EXPECT_TRUE(matches("record.kind = span"));
  EXPECT_TRUE(matches("vendor = honeycomb"));
  EXPECT_TRUE(matches("id = default/7/2"));
  EXPECT_TRUE(matches("entry >= 7"));
  EXPECT_TRUE(matches("session = default"));
  EXPECT_TRUE(matches("time = 2023-11-14T22:13:20Z"));
  EXPECT_TRUE(matches("time < 2023-11-14T23:13:21+00:00"));
  EXPECT_FALSE(matches("record.name exists"));
}

TEST(Filter, NumbersCompareByValue) {
  EXPECT_TRUE(matches("duration_ms = 12"));
  EXPECT_TRUE(matches("attributes.http.status = 200.0"));
  EXPECT_TRUE(matches("duration_ms > 11.9"));
  EXPECT_FALSE(matches("duration_ms > 12"));
  EXPECT_TRUE(matches("duration_ms <= 12"));
  EXPECT_FALSE(matches("duration_ms < 12"));
  // Not even a large integer is taken for its neighbour.
  EXPECT_TRUE(matches("big = 9007199254740993"));
  EXPECT_FALSE(matches("big = 9007199254740992.0"));
  EXPECT_TRUE(matches("big > 9007199254740992.0"));
}

TEST(Filter, ValuesOfAnotherTypeDoNotMatch) {
  EXPECT_TRUE(matches("http.status_code = \"200\""));
  EXPECT_FALSE(matches("http.status_code = 200"));
  EXPECT_FALSE(matches("http.status_code != 200"));
  EXPECT_FALSE(matches("http.status_code > 100"));
  EXPECT_FALSE(matches("ok = \"true\""));
  EXPECT_TRUE(matches("ok = true"));
  EXPECT_FALSE(matches("duration_ms starts-with 1"));
  EXPECT_FALSE(matches("http.status_code not-in 1,2"));
}

TEST(Filter, TextOperators) {
  EXPECT_TRUE(matches("name starts-with GET"));
  EXPECT_FALSE(matches("name starts-with POST"));
  EXPECT_TRUE(matches("name does-not-start-with POST"));
  EXPECT_TRUE(matches("name ends-with home"));
  EXPECT_TRUE(matches("name does-not-end-with x"));
  EXPECT_TRUE(matches("name contains /api"));
  EXPECT_FALSE(matches("name does-not-contain /api"));
  EXPECT_TRUE(matches("name != other"));
}

TEST(Filter, Lists) {
  EXPECT_TRUE(matches("name in [\"x\", \"GET /api/home\"]"));
  EXPECT_TRUE(matches("duration_ms in 3, 12"));
  EXPECT_FALSE(matches("duration_ms not-in 3, 12"));
  EXPECT_TRUE(matches("duration_ms not-in 3, 4"));
  EXPECT_TRUE(matches("tags contains a"));
  EXPECT_TRUE(matches("tags contains 3.0"));
  EXPECT_TRUE(matches("tags does-not-contain b"));
}

TEST(Filter, AbsentAndNullFieldsMatchOnlyDoesNotExist) {
  for (const char* field : {"absent", "nothing"}) {
    EXPECT_TRUE(matches(std::string(field) + " does-not-exist")) << field;
    for (const char* op : {"exists", "= 1", "!= 1", "> 1", "does-not-contain x", "not-in 1", "does-not-start-with x"}) {
      EXPECT_FALSE(matches(std::string(field) + " " + op)) << field << " " << op;
    }
  }
  EXPECT_TRUE(matches("name exists"));
  EXPECT_FALSE(matches("name does-not-exist"));
}

TEST(Filter, AllConditionsMustHold) {
  EXPECT_TRUE(filter(R"([{"field":"name","op":"exists"},{"field":"ok","op":"=","value":true}])").matches(span()));
  EXPECT_FALSE(filter(R"([{"field":"name","op":"exists"},{"field":"ok","op":"=","value":false}])").matches(span()));
}

// ---- what is wrong with a filter

InputError error_of(const char* conditions) {
  const auto read = Filter::from_json(json::parse(conditions));
  return read ? InputError{"none", ""} : read.error();
}

TEST(FilterErrors, NameTheConditionAndTheMend) {
  EXPECT_EQ(error_of(R"({"field":"a"})").error, "where must be a list of conditions");
  EXPECT_EQ(error_of(R"([1])").error, "where[0]: a condition must be an object");
  EXPECT_EQ(error_of(R"([{"field":"a","op":"exists"},{"field":"","op":"="}])").error,
            "where[1]: \"field\" must be a string");
  EXPECT_EQ(error_of(R"([{"field":"a","op":7}])").error, "where[0]: \"op\" must be a string");
  EXPECT_EQ(error_of(R"([{"field":"a","op":"=","value":1,"vlaue":2}])").error, "where[0]: unknown member \"vlaue\"");
  EXPECT_EQ(error_of(R"([{"field":"a","op":"="}])").error, "where[0]: = needs a value");
  EXPECT_EQ(error_of(R"([{"field":"a","op":"=","value":null}])").error, "where[0]: = needs a value");
  EXPECT_EQ(error_of(R"([{"field":"a","op":"exists","value":1}])").error, "where[0]: exists takes no value");
  EXPECT_EQ(error_of(R"([{"field":"a","op":"in","value":"x"}])").error, "where[0]: in needs a list of values");
  EXPECT_EQ(error_of(R"([{"field":"a","op":"starts-with","value":4}])").mend, "write the value as a string: \"4\"");
  EXPECT_EQ(error_of(R"([{"field":"a","op":">","value":true}])").error,
            "where[0]: > compares numbers and strings, not true");
}

TEST(FilterErrors, AnUnknownOperatorIsMendedByTheOneThatWasMeant) {
  const auto mend = [](const std::string& op) {
    return error_of(json({{{"field", "a"}, {"op", op}, {"value", 1}}}).dump().c_str()).mend;
  };
  EXPECT_EQ(mend("=="), "write \"=\"");
  EXPECT_EQ(mend("starts_with"), "write \"starts-with\"");
  EXPECT_EQ(mend("starts wiht"), "write \"starts-with\"");
  EXPECT_EQ(mend("LIKE"), "write \"contains\"");
  EXPECT_EQ(mend("doesnt-exist"), "write \"does-not-exist\"");
  EXPECT_THAT(mend("zzzzzz"), HasSubstr("use one of =, !=, >"));
}

TEST(FilterErrors, ConditionsOnACommandLine) {
  EXPECT_THAT(Filter::condition_from_text("name").error().text(), HasSubstr("condition \"name\" has no operator"));
  EXPECT_THAT(Filter::condition_from_text("name =").error().text(), HasSubstr("= needs a value"));
  EXPECT_THAT(Filter::condition_from_text("name is x").error().text(), HasSubstr("write \"=\""));
  EXPECT_THAT(Filter::condition_from_text("").error().text(), HasSubstr("no operator"));
}

TEST(Filter, ReadsBackWhatItWrites) {
  const Filter before = filter(R"([{"field":"a b","op":"in","value":[1,"x"]},{"field":"c","op":"exists"}])");
  EXPECT_EQ(before.to_json().dump(), R"([{"field":"a b","op":"in","value":[1,"x"]},{"field":"c","op":"exists"}])");
  EXPECT_EQ(before.text(), R"(a b in [1,"x"] and c exists)");
}

// ---- how near

TEST(Nearness, SaysWhyEachConditionFailed) {
  const Filter wanted = filter(R"([
    {"field":"name","op":"=","value":"GET /"}, {"field":"kind","op":"=","value":"SERVER"},
    {"field":"http.status_code","op":"=","value":200}, {"field":"duration_ms","op":">","value":100}])");
  const Nearness near = wanted.nearness(span());
  EXPECT_EQ(near.met, 1);
  EXPECT_EQ(wanted.count_met(span()), 1);
  EXPECT_THAT(near.why, ElementsAre("name is \"GET /api/home\", wanted name = \"GET /\"",
                                    "http.status_code is the string \"200\", wanted = the number 200",
                                    "duration_ms is 12.0, wanted duration_ms > 100"));
}

TEST(Nearness, AnAbsentFieldNamesTheOneThatWasMeant) {
  const auto why = [](const char* field) {
    return filter((R"([{"field":")" + std::string(field) + R"(","op":"exists"}])").c_str()).nearness(span()).why[0];
  };
  EXPECT_EQ(why("http.rout"), "http.rout does not exist (did you mean http.route?), wanted http.rout exists");
  EXPECT_EQ(why("code"), "code does not exist (did you mean status.code?), wanted code exists");
  EXPECT_EQ(why("entirely.elsewhere"), "entirely.elsewhere does not exist, wanted entirely.elsewhere exists");
}

TEST(Nearness, LongValuesAreCutBetweenCharacters) {
  Record record = span();
  std::string text = "x";
  while (text.size() < 400) text += "\xc3\xa9";
  record.fields["name"] = text;
  const std::string why = filter(R"([{"field":"name","op":"=","value":"y"}])").nearness(record).why[0];
  EXPECT_LT(why.size(), 300);
  EXPECT_THAT(why, HasSubstr("... (403 bytes)"));
  EXPECT_NO_THROW(json(why).dump());
}

}  // namespace
}  // namespace understudy::recording
