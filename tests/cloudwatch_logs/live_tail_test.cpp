#include "cloudwatch_logs/live_tail.h"

#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

struct Message {
  std::string name;  // of the event, or of the exception
  json payload;
};

std::vector<Message> messages_in(std::string_view bytes) {
  std::vector<Message> messages;
  while (bytes.size() >= 16) {
    const auto total = number_at(bytes, 0), headers = number_at(bytes, 4);
    auto rest = bytes.substr(12, headers);
    Message message;
    while (!rest.empty()) {
      const auto name_length = static_cast<std::size_t>(rest[0]);
      const auto name = rest.substr(1, name_length);
      rest.remove_prefix(name_length + 2);
      const auto value_length =
          static_cast<std::size_t>(static_cast<unsigned char>(rest[0]) << 8 | static_cast<unsigned char>(rest[1]));
      if (name == ":event-type" || name == ":exception-type") message.name = rest.substr(2, value_length);
      rest.remove_prefix(value_length + 2);
    }
    message.payload = json::parse(bytes.substr(12 + headers, total - 16 - headers), nullptr, false);
    messages.push_back(std::move(message));
    bytes.remove_prefix(total);
  }
  EXPECT_TRUE(bytes.empty());
  return messages;
}

// A lab whose session shows what was recorded since it was asked the last time.
class Tailed : public Lab {
 public:
  explicit Tailed(std::string_view input = R"({"logGroupIdentifiers":["g"]})") {
    make_stream("g", "s");
    make_stream("g", "t");
    make_stream("h", "s");
    started = call("StartLiveTail", input);
    tail = goes_on;
    next_ = calls().size();
  }

  std::vector<Message> tick() {
    if (!tail) return {};
    for (auto ordinal = next_; ordinal < calls().size(); ++ordinal) tail->add(*read(ordinal));
    next_ = calls().size();
    const auto piece = tail->piece({0, 0, now_ms * 1'000'000});
    last = piece.last;
    return messages_in(piece.bytes);
  }
  std::vector<std::string> shown() {
    std::vector<std::string> lines;
    for (const auto& message : tick()) {
      EXPECT_EQ(message.name, "sessionUpdate");
      sampled = message.payload["sessionMetadata"]["sampled"];
      for (const auto& event : message.payload["sessionResults"]) {
        lines.push_back(fmt::format("{}/{} {}", event["logGroupIdentifier"].get<std::string>(),
                                    event["logStreamName"].get<std::string>(), event["message"].get<std::string>()));
      }
    }
    return lines;
  }

  recording::Decision started;
  std::shared_ptr<recording::Continuation> tail;
  bool last = false;
  bool sampled = false;

 private:
  std::size_t next_ = 0;
};

TEST(LiveTail, BeginsAsClientsWantIt) {
  Tailed lab(R"({"logGroupIdentifiers":["g"],"logStreamNamePrefixes":["s"],"logEventFilterPattern":"ERROR"})");
  EXPECT_EQ(lab.started.reply.status, 200);
  EXPECT_THAT(lab.started.reply.headers,
              testing::Contains(testing::Pair("Content-Type", "application/vnd.amazon.eventstream")));
  const auto messages = messages_in(lab.started.reply.body);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].name, "initial-response");
  EXPECT_EQ(messages[0].payload, json::object());
  EXPECT_EQ(messages[1].name, "sessionStart");
  EXPECT_EQ(messages[1].payload["logGroupIdentifiers"], json({"g"}));
  EXPECT_EQ(messages[1].payload["logStreamNamePrefixes"], json({"s"}));
  EXPECT_EQ(messages[1].payload["logEventFilterPattern"], "ERROR");
  EXPECT_EQ(messages[1].payload["sessionId"].get<std::string>().size(), 36u);
}

TEST(LiveTail, ShowsEachSecondWhatCame) {
  Tailed lab;
  EXPECT_THAT(lab.shown(), IsEmpty()) << "an update with nothing in it";
  lab.put({{Lab::start_ms, "a"}, {Lab::start_ms + 1, "b"}});
  lab.put({{Lab::start_ms, "c"}}, "g", "t");
  lab.put({{Lab::start_ms, "d"}}, "h", "s");
  EXPECT_THAT(lab.shown(), ElementsAre("g/s a", "g/s b", "g/t c"));
  EXPECT_THAT(lab.shown(), IsEmpty());
}

TEST(LiveTail, ShowsWhatItWasAskedFor) {
  Tailed by_name(R"({"logGroupIdentifiers":["arn:aws:logs:us-east-1:000000000000:log-group:g"],)"
                 R"("logStreamNames":["t"],"logEventFilterPattern":"{ $.a = 1 }"})");
  by_name.put({{Lab::start_ms, R"({"a":1})"}}, "g", "s");
  by_name.put({{Lab::start_ms, R"({"a":1})"}, {Lab::start_ms, R"({"a":2})"}}, "g", "t");
  EXPECT_THAT(by_name.shown(), ElementsAre(R"(arn:aws:logs:us-east-1:000000000000:log-group:g/t {"a":1})"));
  Tailed two(R"({"logGroupIdentifiers":["g","h"]})");
  two.put({{Lab::start_ms, "x"}}, "h", "s");
  EXPECT_THAT(two.shown(), ElementsAre("h/s x"));
}

TEST(LiveTail, TakesASampleOfMoreThan500) {
  Tailed lab;
  std::vector<std::pair<std::int64_t, std::string>> many;
  for (int i = 0; i < 1000; ++i) many.emplace_back(Lab::start_ms, fmt::format("{}", i));
  lab.put(many);
  const auto shown = lab.shown();
  ASSERT_EQ(shown.size(), 500u);
  EXPECT_TRUE(lab.sampled);
  EXPECT_EQ(shown[1], "g/s 2");
  EXPECT_EQ(shown.back(), "g/s 998");
  lab.put({{Lab::start_ms, "few"}});
  EXPECT_THAT(lab.shown(), ElementsAre("g/s few"));
  EXPECT_FALSE(lab.sampled);
}

TEST(LiveTail, HoldsNoMoreThanItsReaderMayCost) {
  Tailed lab;
  for (int i = 0; i < 10; ++i) lab.put({{Lab::start_ms, std::string(1'000'000, 'm')}});
  EXPECT_EQ(lab.shown().size(), 8u);
  EXPECT_TRUE(lab.sampled);
  lab.put({{Lab::start_ms, std::string(1'000'000, 'm')}});
  EXPECT_EQ(lab.shown().size(), 1u);
  EXPECT_FALSE(lab.sampled);
}

TEST(LiveTail, EndsAfterThreeHours) {
  Tailed lab;
  lab.now_ms += 3 * 3'600'000 - 1;
  EXPECT_EQ(lab.tick().size(), 1u);
  EXPECT_FALSE(lab.last);
  lab.now_ms += 1;
  const auto messages = lab.tick();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[1].name, "SessionTimeoutException");
  EXPECT_TRUE(lab.last);
}

TEST(LiveTail, RefusesWhatItCannotShow) {
  Lab lab;
  lab.make_stream();
  lab.make_stream("h");
  const auto finding_of = [&](std::string_view input) { return refused(lab.call("StartLiveTail", input)).finding; };
  EXPECT_EQ(refused(lab.call("StartLiveTail", R"({"logGroupIdentifiers":["none"]})")).message,
            "The specified log group does not exist.");
  EXPECT_EQ(finding_of("{}"), "cloudwatch_logs.input.constraint");
  EXPECT_EQ(finding_of(R"({"logGroupIdentifiers":["arn:aws:logs:us-east-1:000000000000:log-group:g:*"]})"),
            "cloudwatch_logs.input.identifier-arn-star");
  EXPECT_EQ(finding_of(R"({"logGroupIdentifiers":["g"],"logEventFilterPattern":"a/b"})"),
            "cloudwatch_logs.filter-pattern.invalid");
  EXPECT_EQ(finding_of(R"({"logGroupIdentifiers":["g","h"],"logStreamNames":["s"]})"),
            "cloudwatch_logs.input.exclusive");
  EXPECT_EQ(finding_of(R"({"logGroupIdentifiers":["g"],"logStreamNames":["s"],"logStreamNamePrefixes":["s"]})"),
            "cloudwatch_logs.input.exclusive");
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
