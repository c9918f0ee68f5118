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

TEST(QuotaSettings, SayWhatIsWrong) {
  EXPECT_TRUE(QuotaSettings::parse(json::object()));
  EXPECT_TRUE(QuotaSettings::parse(json())->limit(put_log_events_quota()) == 5000);
  EXPECT_THAT(QuotaSettings::parse({{"mode", 1}}).error(), HasSubstr("mode is no setting; known are quotas, put_log_"));
  EXPECT_EQ(QuotaSettings::parse({{"quotas", "off"}}).error(), R"(quotas is neither "flag" nor "enforce")");
  EXPECT_EQ(QuotaSettings::parse({{"put_log_events_per_second", 0}}).error(),
            "put_log_events_per_second is no number from 1 to 1000000");
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
