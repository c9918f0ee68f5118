#include "session/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/session/manual_loop.h"
#include "tests/session/scripted_vendor.h"

namespace understudy::session {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Waiting : public ::testing::Test {
 protected:
  Waiting() {
    toy.session->on_published([this] { followers.published(); });
  }
  ~Waiting() override { toy.session->on_published({}); }

  void begin(const json& given) {
    const auto wait = Wait::from_json(given, toy.vendors);
    ASSERT_TRUE(wait) << wait.error().text();
    result.reset();
    waits.begin(toy.session, *wait, [this](WaitResult&& answer) {
      loop.post([this, answer = std::move(answer)]() mutable { result = std::move(answer); });
    });
  }
  const WaitResult& answered() {
    EXPECT_TRUE(loop.run_until([this] { return result.has_value(); })) << "the wait was never answered";
    if (!result) result.emplace();
    return *result;
  }
  bool still_waits() {
    loop.settle(query);
    return !result.has_value();
  }
  void advance(int ms) { loop.advance(milliseconds(ms), query); }
  void write_reply(std::uint64_t entry, recording::Outcome outcome = recording::Outcome::written) {
    toy.session->left(entry, outcome);
    toy.session->flush_outcomes();
  }

  testing::ScriptedSession toy;
  testing::ManualLoop loop;
  std::optional<WaitResult> result;
  Followers followers{query};
  Waits waits{loop.loop(), query, followers};
  QueryThread query{[this](QueryThread::Job job) { loop.post(std::move(job)); }};  // the last: it ends first
};

const json home = json::parse(R"([{"field":"name","op":"=","value":"home"}])");

TEST_F(Waiting, SeesWhatCameBeforeItWasAsked) {
  toy.send_span({{"name", "home"}});
  begin({{"kind", "span"}, {"where", home}, {"count", {{"at_least", 1}}}});
  EXPECT_TRUE(answered().met);
  EXPECT_EQ(result->seen, 1);
  ASSERT_EQ(result->records.size(), 1);
  EXPECT_EQ(result->records[0].fields["name"], "home");
  EXPECT_EQ(record_id(result->records[0]), "default/1/0");
}

TEST_F(Waiting, IsWokenByWhatComesLater) {
  begin({{"kind", "span"}, {"where", home}, {"count", {{"at_least", 2}}}});
  EXPECT_TRUE(still_waits());
  toy.send_span({{"name", "home"}});
  toy.send_span({{"name", "other"}});
  EXPECT_TRUE(still_waits());
  toy.send_span({{"name", "home"}});
  EXPECT_TRUE(answered().met);
  EXPECT_EQ(result->seen, 2);
}

TEST_F(Waiting, AtLeastNothingIsMetAtOnce) {
  begin({{"count", {{"at_least", 0}}}});
  EXPECT_TRUE(answered().met);
}

TEST_F(Waiting, AfterAnEntrySeesOnlyWhatFollowsIt) {
  const std::uint64_t first = toy.send_span({{"name", "home"}});
  begin({{"where", home}, {"count", {{"at_least", 1}}}, {"after", first}});
  EXPECT_TRUE(still_waits());
  toy.send_span({{"name", "home"}});
  EXPECT_EQ(answered().records[0].entry, first + 1);
}

TEST_F(Waiting, VendorsAndKindsAreTakenApart) {
  toy.send_span({{"name", "home"}}, 1);
  toy.send({{"records", {{{"kind", "item"}, {"fields", {{"name", "home"}}}}}}});
  begin({{"kind", "span"}, {"vendor", "toy"}, {"where", home}, {"count", {{"at_least", 1}}}});
  EXPECT_TRUE(still_waits());
  toy.send_span({{"name", "home"}});
  EXPECT_EQ(answered().records[0].vendor, "toy");
}

TEST_F(Waiting, StartsAgainAfterAReset) {
  toy.send_span({{"name", "home"}});
  begin({{"where", home}, {"count", {{"at_least", 2}}}});
  EXPECT_TRUE(still_waits());
  ASSERT_TRUE(toy.session->reset());
  toy.send_span({{"name", "home"}});
  EXPECT_TRUE(still_waits());
  toy.send_span({{"name", "home"}});
  EXPECT_EQ(answered().seen, 2);
  EXPECT_GT(result->records[0].entry, toy.session->start() - 1);
}

// ---- time-outs

TEST_F(Waiting, ATimeOutTellsTheNearestMissAndWhy) {
  toy.send_span({{"name", "other"}, {"status", 200}, {"user", "ada"}});
  toy.send_span({{"name", "home"}, {"status", 500}, {"user", "ada"}});
  toy.send_span({{"name", "far"}, {"status", 404}});
  begin({{"kind", "span"},
         {"where", json::parse(R"([{"field":"name","op":"=","value":"home"},{"field":"status","op":"=","value":200},
                                   {"field":"usr","op":"exists"}])")},
         {"count", 1},
         {"timeout_ms", 2000}});
  advance(1999);
  EXPECT_TRUE(still_waits());
  advance(1);
  EXPECT_FALSE(answered().met);
  EXPECT_EQ(result->seen, 0);
  ASSERT_TRUE(result->nearest);
  EXPECT_EQ(result->nearest->fields["name"], "other");  // the first of those that meet as many
  EXPECT_THAT(result->why, ElementsAre("name is \"other\", wanted name = \"home\"",
                                       "usr does not exist (did you mean user?), wanted usr exists"));
  EXPECT_EQ(result->message,
            "wanted exactly 1 record of kind span where name = \"home\" and status = 200 and usr exists, but 0 matched "
            "within 2000 ms; the nearest meets 1 of 3 conditions: name is \"other\", wanted name = \"home\"; usr does "
            "not exist (did you mean user?), wanted usr exists");
}

TEST_F(Waiting, ATimeOutTellsWhatCameInstead) {
  toy.send({{"records", {{{"kind", "item"}}, {{"kind", "item"}}, {{"kind", "log_event"}}}}});
  begin({{"kind", "span"}, {"count", {{"at_least", 1}}}, {"timeout_ms", 5}});
  advance(5);
  EXPECT_EQ(answered().message,
            "wanted at least 1 record of kind span, but 0 matched within 5 ms; what came was 2 of kind item, 1 of kind "
            "log_event");
  EXPECT_FALSE(result->nearest);
  EXPECT_EQ(result->to_json()["nearest"], nullptr);
}

TEST_F(Waiting, ATimeOutWithNothingAtAll) {
  begin({{"kind", "span"}, {"timeout_ms", 0}});
  advance(0);
  EXPECT_THAT(answered().message, HasSubstr("no record at all came"));
}

TEST_F(Waiting, ATimeOutOfNothingStillReadsWhatIsThere) {
  toy.send_span({{"name", "home"}});
  begin({{"where", home}, {"timeout_ms", 0}});
  EXPECT_TRUE(answered().met);
}

TEST_F(Waiting, WhatIsInASocketAtTheTimeOutStillCounts) {
  begin({{"where", home}, {"timeout_ms", 100}});
  loop.settle(query);
  loop.on_drain = [this] { toy.send_span({{"name", "home"}}); };
  advance(100);
  EXPECT_TRUE(answered().met);
}

// ---- exactly and never

TEST_F(Waiting, ExactlyHoldsAfterTheQuietWindow) {
  toy.send_span({{"name", "home"}});
  begin({{"where", home}, {"count", 1}});
  advance(249);
  EXPECT_TRUE(still_waits());
  toy.send_span({{"name", "other"}});  // does not match: the window goes on
  advance(1);
  EXPECT_TRUE(answered().met);
}

TEST_F(Waiting, TheQuietWindowBeginsAgainWithEachMatch) {
  begin({{"where", home}, {"count", 2}, {"quiet_ms", 100}});
  toy.send_span({{"name", "home"}});
  advance(90);
  toy.send_span({{"name", "home"}});
  advance(99);
  EXPECT_TRUE(still_waits());
  advance(1);
  EXPECT_TRUE(answered().met);
  EXPECT_EQ(result->seen, 2);
}

TEST_F(Waiting, OneTooManyFailsAtOnce) {
  toy.send_span({{"name", "home"}});
  begin({{"where", home}, {"count", 1}});
  advance(200);
  toy.send_span({{"name", "home"}});
  EXPECT_FALSE(answered().met);
  EXPECT_EQ(result->message, "wanted exactly 1 record where name = \"home\", but 2 matched");
  EXPECT_THAT(result->why, ElementsAre("it matches, and is one too many"));
}

TEST_F(Waiting, OneThatIsInASocketWhenTheWindowEndsIsOneTooMany) {
  toy.send_span({{"name", "home"}});
  begin({{"where", home}, {"count", 1}});
  loop.settle(query);
  loop.on_drain = [this] { toy.send_span({{"name", "home"}}); };
  advance(250);
  EXPECT_FALSE(answered().met);
  EXPECT_EQ(result->seen, 2);
}

TEST_F(Waiting, NeverHoldsAfterTheQuietWindow) {
  toy.send_span({{"name", "other"}});
  begin({{"where", home}, {"count", "never"}});
  advance(249);
  EXPECT_TRUE(still_waits());
  advance(1);
  EXPECT_TRUE(answered().met);
  EXPECT_EQ(loop.drains, 1);
}

TEST_F(Waiting, NeverFailsWithTheFirst) {
  begin({{"where", home}, {"kind", "span"}, {"count", "never"}});
  EXPECT_TRUE(still_waits());
  toy.send_span({{"name", "home"}});
  EXPECT_FALSE(answered().met);
  EXPECT_EQ(result->message, "wanted no record of kind span where name = \"home\", but 1 matched");
}

TEST_F(Waiting, ATimeOutInsideTheQuietWindowSaysSo) {
  begin({{"where", home}, {"count", 1}, {"timeout_ms", 300}});
  advance(200);
  toy.send_span({{"name", "home"}});
  advance(100);
  EXPECT_FALSE(answered().met);
  EXPECT_THAT(result->message, HasSubstr("the last one came less than the quiet window of 250 ms before the time-out"));
}

// ---- answered

TEST_F(Waiting, AnsweredCountsWhenTheReplyWasWritten) {
  const std::uint64_t entry = toy.send_span({{"name", "home"}});
  begin({{"where", home}, {"count", {{"at_least", 1}}}, {"state", "answered"}});
  EXPECT_TRUE(still_waits());
  write_reply(entry);
  EXPECT_TRUE(answered().met);
}

TEST_F(Waiting, AReplyThatNeverArrivedDoesNotCount) {
  const std::uint64_t lost = toy.send_span({{"name", "home"}});
  const std::uint64_t open = toy.send_span({{"name", "home"}});
  begin({{"where", home}, {"count", {{"at_least", 1}}}, {"state", "answered"}, {"timeout_ms", 50}});
  write_reply(lost, recording::Outcome::peer_gone);
  EXPECT_TRUE(still_waits());
  advance(50);
  EXPECT_FALSE(answered().met);
  EXPECT_THAT(result->message, HasSubstr("1 more matched, but their replies were not written"));
  ASSERT_TRUE(result->nearest);
  EXPECT_EQ(result->nearest->entry, open);
}

TEST_F(Waiting, ADatagramIsAnsweredWhenItIsReceived) {
  toy.send({{"records", {{{"kind", "segment"}}}}}, 0, recording::Protocol::udp);
  begin({{"kind", "segment"}, {"state", "answered"}});
  EXPECT_TRUE(answered().met);
}

// ---- what is wrong with a wait

TEST_F(Waiting, ErrorsNameTheMemberAndTheMend) {
  const auto error = [this](const char* given) {
    const auto wait = Wait::from_json(json::parse(given), toy.vendors);
    return wait ? "none" : wait.error().text();
  };
  EXPECT_THAT(error("[]"), HasSubstr("a wait must be an object"));
  EXPECT_EQ(error(R"({"timeout":5})"), "unknown member \"timeout\": write \"timeout_ms\"");
  EXPECT_EQ(error(R"({"kind":5})"), "\"kind\" must be a string: write \"kind\": \"...\"");
  EXPECT_EQ(error(R"({"vendor":"tyo"})"), "\"tyo\" is no vendor: use one of toy, other");
  EXPECT_THAT(error(R"({"where":[{"field":"a","op":"=="}]})"), HasSubstr("write \"=\""));
  EXPECT_THAT(error(R"({"count":-1})"), HasSubstr("\"count\" must be a whole number"));
  EXPECT_THAT(error(R"({"count":1.5})"), HasSubstr("\"count\" must be a whole number"));
  EXPECT_THAT(error(R"({"count":"always"})"), HasSubstr("\"count\" is none of its forms"));
  EXPECT_THAT(error(R"({"count":{"at_least":1,"exactly":2}})"), HasSubstr("\"count\" is none of its forms"));
  EXPECT_THAT(error(R"({"timeout_ms":99999999})"), HasSubstr("at most 3600000"));
  EXPECT_THAT(error(R"({"after":"x"})"), HasSubstr("the ordinal of an entry"));
  EXPECT_THAT(error(R"({"state":"sent"})"), HasSubstr("\"sent\" is no state"));
  EXPECT_THAT(error(R"({"count":1,"timeout_ms":100})"), HasSubstr("shorter than the quiet window (250 ms)"));
  EXPECT_EQ(error(R"({"count":{"at_least":1},"timeout_ms":100})"), "none");
}

// ---- many at once

TEST_F(Waiting, ManyWaitsAreEachAnsweredOnce) {
  std::map<int, int> answers;
  for (int i = 0; i < 100; ++i) {
    const auto wait = Wait::from_json(
        {{"where", {{{"field", "n"}, {"op", "="}, {"value", i}}}}, {"count", {{"at_least", 1}}}}, toy.vendors);
    waits.begin(toy.session, *wait, [&, i](WaitResult&& answer) {
      loop.post([&answers, i, met = answer.met] { answers[i] += met ? 1 : 1000; });
    });
  }
  for (int i = 99; i >= 0; --i) toy.send_span({{"n", i}});
  EXPECT_TRUE(loop.run_until([&] { return answers.size() == 100; }));
  advance(20000);  // their time-outs find them answered
  for (const auto& [number, count] : answers) EXPECT_EQ(count, 1) << number;
}

}  // namespace
}  // namespace understudy::session
