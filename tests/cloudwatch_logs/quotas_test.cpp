#include "cloudwatch_logs/quotas.h"

#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr auto now = Lab::start_ms;

class Quotas : public testing::Test {
 protected:
  Quotas() { lab.make_stream(); }
  recording::Decision put() { return lab.put({{now, "a"}}); }

  Lab lab;
};

TEST_F(Quotas, AreFlaggedOnceASecond) {
  lab.give_settings({{"put_log_events_per_second", 2}});
  lab.now_ms = now - now % 1000 + 1000;
  EXPECT_TRUE(put().findings.empty());
  EXPECT_TRUE(put().findings.empty());
  const auto third = put();
  EXPECT_EQ(third.reply.status, 200);
  EXPECT_EQ(third.findings.at(0).id, "cloudwatch_logs.quota.rate");
  EXPECT_EQ(third.findings.at(0).detail, "more than 2 calls of PutLogEvents in a second");
  EXPECT_TRUE(put().findings.empty()) << "said once";
  lab.now_ms += 1000;
  EXPECT_TRUE(put().findings.empty()) << "another second";
}

TEST_F(Quotas, AreEnforcedWhereThatIsSet) {
  lab.give_settings({{"quotas", "enforce"}, {"put_log_events_per_second", 1}});
  lab.now_ms = now - now % 1000 + 1000;
  put();
  const auto throttled = put();
  EXPECT_EQ(throttled.reply.body, R"({"__type":"ThrottlingException","message":"Rate exceeded"})");
  EXPECT_EQ(refused(throttled).finding, "cloudwatch_logs.quota.rate");
  EXPECT_EQ(lab.call("DescribeLogGroups", "{}").reply.status, 200) << "another operation";
  lab.now_ms += 1000;
  EXPECT_EQ(put().reply.status, 200);
  EXPECT_EQ(lab.records().size(), 2u);
}

TEST_F(Quotas, HoldTheNumbersOfTheDocumentation) {
  lab.now_ms = now - now % 1000 + 1000;
  for (int i = 0; i < 50; ++i) {
    const auto made = lab.call("CreateLogStream", fmt::format(R"({{"logGroupName":"g","logStreamName":"t{}"}})", i));
    EXPECT_TRUE(made.findings.empty()) << i;
  }
  EXPECT_EQ(lab.call("CreateLogStream", R"({"logGroupName":"g","logStreamName":"u"})").findings.at(0).id,
            "cloudwatch_logs.quota.rate");
}

// As the service was before January 2023, for clients of that time.
TEST(SequenceTokens, AreAskedForWhereThatIsSet) {
  Lab lab;
  lab.give_settings({{"sequence_tokens", "require"}});
  lab.make_stream();
  const auto put = [&](const std::string& message, const std::string& token) {
    auto batch = Lab::batch({{now, message}});
    if (!token.empty()) batch["sequenceToken"] = token;
    return lab.call("PutLogEvents", batch.dump());
  };
  const auto token_of = [](const recording::Decision& decision) {
    return json::parse(decision.reply.body).value("nextSequenceToken", "");
  };
  const auto early = put("a", "49");
  EXPECT_EQ(early.reply.body,
            R"({"__type":"InvalidSequenceTokenException","message":"The given sequenceToken is invalid. The next )"
            R"(expected sequenceToken is: null","expectedSequenceToken":null})");
  const auto first = token_of(put("a", ""));
  const auto second = token_of(put("b", first));
  EXPECT_EQ(second.size(), 56u);
  const auto stale = refused(put("c", first));
  EXPECT_EQ(stale.type, "InvalidSequenceTokenException");
  EXPECT_EQ(stale.message, "The given sequenceToken is invalid. The next expected sequenceToken is: " + second);
  EXPECT_EQ(stale.finding, "cloudwatch_logs.events.sequence-token");
  const auto again = refused(put("b", first));
  EXPECT_EQ(again.type, "DataAlreadyAcceptedException");
  EXPECT_TRUE(again.message.ends_with("sequenceToken: " + second)) << again.message;
  EXPECT_EQ(again.finding, "cloudwatch_logs.events.sent-again");
  EXPECT_EQ(put("c", second).reply.status, 200);
}

TEST(SequenceTokens, AreIgnoredOtherwise) {
  Lab lab;
  lab.make_stream();
  auto batch = Lab::batch({{now, "a"}});
  batch["sequenceToken"] = "49";
  EXPECT_EQ(lab.call("PutLogEvents", batch.dump()).reply.status, 200);
  EXPECT_EQ(lab.call("PutLogEvents", batch.dump()).reply.status, 200);
}

TEST(Settings, SayWhatIsWrong) {
  EXPECT_TRUE(Settings::parse(json::object()));
  EXPECT_TRUE(Settings::parse(json())->limit(put_log_events_quota()) == 5000);
  EXPECT_THAT(Settings::parse({{"mode", 1}}).error(),
              HasSubstr("mode is no setting; known are quotas, sequence_tokens, put_log_"));
  EXPECT_EQ(Settings::parse({{"sequence_tokens", 1}}).error(), R"(sequence_tokens is neither "ignore" nor "require")");
  EXPECT_EQ(Settings::parse({{"quotas", "off"}}).error(), R"(quotas is neither "flag" nor "enforce")");
  EXPECT_EQ(Settings::parse({{"put_log_events_per_second", 0}}).error(),
            "put_log_events_per_second is no number from 1 to 1000000");
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
