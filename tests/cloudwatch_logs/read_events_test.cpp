#include "cloudwatch_logs/read_events.h"

#include <gmock/gmock.h>

#include <random>

#include "cloudwatch_logs/event_id.h"
#include "cloudwatch_logs/page_token.h"
#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::MatchesRegex;

constexpr std::int64_t now = Lab::start_ms;
constexpr auto stream = R"("logGroupName":"g","logStreamName":"s")";

std::vector<std::string> messages(const json& page) {
  std::vector<std::string> found;
  for (const auto& event : page["events"]) found.push_back(event["message"]);
  return found;
}

class ReadEvents : public testing::Test {
 protected:
  ReadEvents() { lab.make_stream(); }
  json get(const json& more = json::object()) {
    json body = {{"logGroupName", "g"}, {"logStreamName", "s"}};
    body.update(more);
    return lab.ask("GetLogEvents", body.dump());
  }
  json filter(const json& more = json::object()) {
    json body = {{"logGroupName", "g"}};
    body.update(more);
    return lab.ask("FilterLogEvents", body.dump());
  }
  Lab lab;
};

using GetLogEvents = ReadEvents;
using FilterLogEvents = ReadEvents;

TEST_F(GetLogEvents, HasTheRecordedShape) {
  lab.put({{now, "a \"quoted\" caf\xC3\xA9"}});
  const auto body = lab.call("GetLogEvents", fmt::format("{{{}}}", stream)).reply.body;
  EXPECT_THAT(body, MatchesRegex(R"(\{"events":\[\{"ingestionTime":1795222519000,"message":"a \\"quoted\\" café",)"
                                 R"("timestamp":1795222519000\}\],"nextBackwardToken":"b/[0-9]{56}/s",)"
                                 R"("nextForwardToken":"f/[0-9]{56}/s"\})"));
}

TEST_F(GetLogEvents, ReturnsTheNewestPageUnlessAskedFromTheHead) {
  lab.put({{now, "1"}, {now + 1, "2"}, {now + 2, "3"}});
  EXPECT_THAT(messages(get({{"limit", 2}})), ElementsAre("2", "3"));
  EXPECT_THAT(messages(get({{"limit", 2}, {"startFromHead", true}})), ElementsAre("1", "2"));
}

TEST_F(GetLogEvents, GoesForwardUntilTheTokenRepeats) {
  lab.put({{now, "1"}, {now, "2"}, {now + 2, "3"}});
  lab.put({{now + 1, "2.5"}});
  auto page = get({{"limit", 2}, {"startFromHead", true}});
  EXPECT_THAT(messages(page), ElementsAre("1", "2"));
  page = get({{"limit", 2}, {"startFromHead", true}, {"nextToken", page["nextForwardToken"]}});
  EXPECT_THAT(messages(page), ElementsAre("2.5", "3"));
  const auto last = page["nextForwardToken"];
  page = get({{"startFromHead", true}, {"nextToken", last}});
  EXPECT_TRUE(page["events"].empty());
  EXPECT_EQ(page["nextForwardToken"], last);

  lab.put({{now + 3, "4"}});
  EXPECT_THAT(messages(get({{"startFromHead", true}, {"nextToken", last}})), ElementsAre("4"));
}

TEST_F(GetLogEvents, GoesBackwardUntilTheTokenRepeatsAndTurnsRoundWithoutLoss) {
  lab.put({{now, "1"}, {now + 1, "2"}, {now + 2, "3"}});
  auto page = get({{"limit", 2}});
  page = get({{"limit", 2}, {"nextToken", page["nextBackwardToken"]}});
  EXPECT_THAT(messages(page), ElementsAre("1"));
  const auto first = page["nextBackwardToken"];
  page = get({{"nextToken", first}});
  EXPECT_TRUE(page["events"].empty());
  EXPECT_EQ(page["nextBackwardToken"], first);
  EXPECT_THAT(messages(get({{"nextToken", page["nextForwardToken"]}})), ElementsAre("1", "2", "3"));
}

TEST_F(GetLogEvents, GivesTokensForAnEmptyStreamThatFindWhatComesLater) {
  for (const bool from_head : {false, true}) {
    Lab other;
    other.make_stream();
    const auto page = other.ask(
        "GetLogEvents", json({{"logGroupName", "g"}, {"logStreamName", "s"}, {"startFromHead", from_head}}).dump());
    EXPECT_THAT(page["nextForwardToken"].get<std::string>(), MatchesRegex("f/[0-9]{56}/s"));
    EXPECT_THAT(page["nextBackwardToken"].get<std::string>(), MatchesRegex("b/[0-9]{56}/s"));
    other.put({{now, "later"}});
    const auto next = other.ask(
        "GetLogEvents",
        json({{"logGroupName", "g"}, {"logStreamName", "s"}, {"nextToken", page["nextForwardToken"]}}).dump());
    EXPECT_THAT(messages(next), ElementsAre("later"));
  }
}

TEST_F(GetLogEvents, TakesTheStartInAndTheEndOut) {
  lab.put({{now, "1"}, {now + 1, "2"}, {now + 2, "3"}});
  EXPECT_THAT(messages(get({{"startTime", now + 1}})), ElementsAre("2", "3"));
  EXPECT_THAT(messages(get({{"endTime", now + 1}})), ElementsAre("1"));
  EXPECT_THAT(messages(get({{"startTime", now + 1}, {"endTime", now + 2}})), ElementsAre("2"));
  EXPECT_THAT(messages(get({{"startTime", 0}, {"endTime", INT64_MAX}})), ElementsAre("1", "2", "3"));
}

TEST_F(GetLogEvents, EndsAPageAtOneMegabyte) {
  for (int i = 0; i < 3; ++i) lab.put({{now + i, std::string(500'000, static_cast<char>('a' + i))}});
  auto page = get({{"startFromHead", true}});
  EXPECT_EQ(page["events"].size(), 2u);
  page = get({{"startFromHead", true}, {"nextToken", page["nextForwardToken"]}});
  ASSERT_EQ(page["events"].size(), 1u);
  EXPECT_EQ(page["events"][0]["message"], std::string(500'000, 'c'));
}

TEST_F(GetLogEvents, RefusesWhatItCannotServe) {
  const auto message = [&](std::string_view more) {
    return refused(lab.call("GetLogEvents", fmt::format("{{{}{}}}", stream, more))).message;
  };
  EXPECT_EQ(
      message(R"(,"limit":10001)"),
      "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value "
      "less than or equal to 10000");
  EXPECT_EQ(message(R"(,"nextToken":"invalid")"), "The specified nextToken is invalid.");
  EXPECT_EQ(message(R"(,"nextToken":"f/123/s")"), "The specified nextToken is invalid.");
  EXPECT_EQ(
      message(R"(,"nextToken":"")"),
      "1 validation error detected: Value '' at 'nextToken' failed to satisfy constraint: Member must have length "
      "greater than or equal to 1");
  EXPECT_EQ(refused(lab.call("GetLogEvents", R"({"logGroupName":"no","logStreamName":"s"})")).message,
            "The specified log group does not exist.");
  EXPECT_EQ(refused(lab.call("GetLogEvents", R"({"logGroupName":"g","logStreamName":"no"})")).message,
            "The specified log stream does not exist.");
}

TEST_F(FilterLogEvents, HasTheRecordedShape) {
  EXPECT_EQ(lab.call("FilterLogEvents", R"({"logGroupName":"g"})").reply.body,
            R"({"events":[],"searchedLogStreams":[]})");
  lab.put({{now, "a"}});
  EXPECT_THAT(lab.call("FilterLogEvents", R"({"logGroupName":"g"})").reply.body,
              MatchesRegex(R"(\{"events":\[\{"eventId":"[0-9]{56}","ingestionTime":1795222519000,"logStreamName":"s",)"
                           R"("message":"a","timestamp":1795222519000\}\],"searchedLogStreams":\[\]\})"));
}

TEST_F(FilterLogEvents, TakesTheEndInUnlikeGetLogEvents) {
  lab.put({{now, "1"}, {now + 1, "2"}, {now + 2, "3"}});
  EXPECT_THAT(messages(filter({{"startTime", now + 1}, {"endTime", now + 2}})), ElementsAre("2", "3"));
  EXPECT_THAT(messages(filter({{"endTime", now}})), ElementsAre("1"));
}

TEST_F(FilterLogEvents, MixesStreamsByTimeThenIngestion) {
  lab.make_stream("g", "t");
  lab.put({{now, "s1"}, {now + 2, "s3"}});
  lab.put({{now, "t1"}, {now + 1, "t2"}}, "g", "t");
  EXPECT_THAT(messages(filter()), ElementsAre("s1", "t1", "t2", "s3"));
  EXPECT_THAT(messages(filter({{"logStreamNames", {"t"}}})), ElementsAre("t1", "t2"));
  EXPECT_THAT(messages(filter({{"logStreamNamePrefix", "s"}})), ElementsAre("s1", "s3"));
  EXPECT_THAT(messages(filter({{"interleaved", true}, {"unmask", false}, {"filterPattern", " "}})).size(), 4u);
}

TEST_F(FilterLogEvents, SortsNewestFirstWhenAsked) {
  lab.put({{now, "1"}, {now + 1, "2"}, {now + 2, "3"}});
  const json newest_first = {{"startFromHead", false}, {"startTime", now}, {"limit", 2}};
  auto page = filter(newest_first);
  EXPECT_THAT(messages(page), ElementsAre("3", "2"));
  page = filter({{"startTime", now}, {"nextToken", page["nextToken"]}});
  EXPECT_THAT(messages(page), ElementsAre("1"));
  EXPECT_FALSE(page.contains("nextToken"));
  EXPECT_EQ(refused(lab.call("FilterLogEvents", R"({"logGroupName":"g","startFromHead":false})")).type,
            "InvalidParameterException");
}

TEST_F(ReadEvents, HidesWhatTheRetentionHasPassed) {
  lab.put({{now, "1"}, {now + 60'000, "2"}});
  lab.call("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":1})");
  lab.now_ms = now + 86'400'000;
  EXPECT_THAT(messages(filter()), ElementsAre("1", "2"));
  lab.now_ms += 1;
  EXPECT_THAT(messages(filter()), ElementsAre("2"));
  EXPECT_THAT(messages(get()), ElementsAre("2"));
  lab.call("DeleteRetentionPolicy", R"({"logGroupName":"g"})");
  EXPECT_THAT(messages(get()), ElementsAre("1", "2"));
}

TEST_F(FilterLogEvents, ReadsAStreamThatIsNamedTwiceOnce) {
  lab.put({{now, "1"}});
  EXPECT_THAT(messages(filter({{"logStreamNames", {"s", "s"}}})), ElementsAre("1"));
}

TEST_F(FilterLogEvents, TakesAPattern) {
  lab.put({{now, "ERROR 1"}, {now + 1, "fine"}, {now + 2, "ERROR 2"}, {now + 3, "ERROR 3"}});
  auto page = filter({{"filterPattern", "ERROR"}, {"limit", 2}});
  EXPECT_THAT(messages(page), ElementsAre("ERROR 1", "ERROR 2"));
  page = filter({{"filterPattern", "ERROR"}, {"limit", 2}, {"nextToken", page["nextToken"]}});
  EXPECT_THAT(messages(page), ElementsAre("ERROR 3"));
  EXPECT_FALSE(page.contains("nextToken"));
}

TEST_F(FilterLogEvents, RefusesWhatIsNotThere) {
  const auto answer = [&](const char* body) { return refused(lab.call("FilterLogEvents", body)); };
  EXPECT_EQ(answer(R"({"logGroupName":"g","nextToken":"invalid"})").message, "The specified nextToken is invalid.");
  EXPECT_EQ(answer(R"({"logGroupName":"g","logStreamNames":["s"],"logStreamNamePrefix":"s"})").type,
            "InvalidParameterException");
  EXPECT_EQ(answer(R"({"logGroupName":"g","logStreamNames":["no"]})").message,
            "The specified log stream does not exist.");
  EXPECT_EQ(answer(R"({"logGroupName":"no"})").message, "The specified log group does not exist.");
}

// Random overlapping batches in several streams, read page by page in every direction: always the same events in the
// order of time, ingestion and place.
TEST_F(FilterLogEvents, ReadsEverythingOnceWhateverThePageSize) {
  std::mt19937 random(5);
  lab.make_stream("g", "t");
  std::vector<std::tuple<std::int64_t, std::uint64_t, std::string>> expected;
  for (std::uint64_t batch = 0; batch < 30; ++batch) {
    std::vector<std::pair<std::int64_t, std::string>> events;
    std::vector<std::int64_t> times;
    for (std::size_t i = 0; i < 1 + random() % 6; ++i) times.push_back(now + static_cast<std::int64_t>(random() % 12));
    std::ranges::sort(times);
    for (std::size_t i = 0; i < times.size(); ++i) {
      events.emplace_back(times[i], fmt::format("{}.{}", batch, i));
      expected.emplace_back(times[i], batch * 100 + i, events.back().second);
    }
    lab.put(events, "g", random() % 2 == 0 ? "s" : "t");
  }
  std::ranges::sort(expected);
  std::vector<std::string> in_order;
  for (const auto& event : expected) in_order.push_back(std::get<2>(event));

  for (const int limit : {1, 3, 7, 1000}) {
    for (const bool ascending : {true, false}) {
      std::vector<std::string> read;
      json more = {{"limit", limit}, {"startFromHead", ascending}, {"startTime", now}};
      for (int pages = 0; pages < 500; ++pages) {
        const auto page = filter(more);
        for (const auto& message : messages(page)) read.push_back(message);
        if (!page.contains("nextToken")) break;
        more["nextToken"] = page["nextToken"];
      }
      if (!ascending) std::ranges::reverse(read);
      EXPECT_EQ(read, in_order) << limit << ' ' << ascending;
    }
  }
}

// Ids of the real service: two neighbours of one batch, and the timestamp in the upper bits.
TEST(EventId, IsTheTimestampShiftedBy144Bits) {
  const EventId id(1795222519000, 0, 0);
  EXPECT_EQ(id.text().size(), EventId::digits);
  EXPECT_EQ(id.text(), "40034799970883300374787445685898120343988795976187904000");
  EXPECT_EQ(EventId::parse(id.text()), id);
  EXPECT_EQ(EventId(1795222519000, 0, 1).text().back(), '1');
  EXPECT_EQ(EventId(1795222519000, 0, 1).previous(), id);
  EXPECT_EQ(EventId(0, 1, 0).previous(), EventId(0, 0, ~std::uint64_t{0}));
  EXPECT_EQ(EventId().previous(), EventId());
  EXPECT_LT(EventId(1, 9, 9), EventId(2, 0, 0));
  EXPECT_EQ(EventId::parse(EventId::last().text()), EventId::last());
  EXPECT_FALSE(EventId::parse("12"));
  EXPECT_FALSE(EventId::parse(std::string(56, 'x')));
}

TEST(PageToken, ComesBackOnlyForWhatMadeIt) {
  const auto token = make_page_token('g', "some name");
  EXPECT_EQ(read_page_token('g', token), "some name");
  EXPECT_FALSE(read_page_token('s', token));
  EXPECT_FALSE(read_page_token('g', token.substr(0, token.size() - 2)));
  EXPECT_FALSE(read_page_token('g', ""));
  EXPECT_EQ(read_page_token('g', make_page_token('g', "")), "");
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
