#include "recording/moment.h"

#include <gmock/gmock.h>

namespace understudy::recording {
namespace {

TEST(Entropy, IsAFunctionOfSeedVendorOrdinalAndLabel) {
  const Entropy entropy(7, "xray", 3);
  EXPECT_EQ(entropy.uuid("id"), Entropy(7, "xray", 3).uuid("id"));
  EXPECT_NE(entropy.uuid("id"), Entropy(8, "xray", 3).uuid("id"));
  EXPECT_NE(entropy.uuid("id"), Entropy(7, "rollbar", 3).uuid("id"));
  EXPECT_NE(entropy.uuid("id"), Entropy(7, "xray", 4).uuid("id"));
  EXPECT_NE(entropy.uuid("id"), entropy.uuid("other"));
}

TEST(Entropy, GivesTheFormsThatAreAskedFor) {
  const Entropy entropy(1, "rollbar", 0);
  EXPECT_THAT(entropy.uuid("u"),
              testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_THAT(entropy.hex("h", 7), testing::MatchesRegex("[0-9a-f]{7}"));
  EXPECT_THAT(entropy.text("t", 52, "ABC"), testing::MatchesRegex("[ABC]{52}"));
  EXPECT_EQ(entropy.bytes("b", 33).size(), 33u);
}

TEST(Time, IsWrittenAsTheStandardsSay) {
  constexpr std::int64_t instant = 1'700'000'000'123'456'789;
  EXPECT_EQ(rfc3339(instant), "2023-11-14T22:13:20.123456789Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(http_date(instant), "Tue, 14 Nov 2023 22:13:20 GMT");
}

TEST(Time, Rfc3339IsReadBack) {
  std::int64_t instant = 0;
  EXPECT_TRUE(parse_rfc3339("2023-11-14T22:13:20.123456789Z", instant));
  EXPECT_EQ(instant, 1'700'000'000'123'456'789);
  EXPECT_TRUE(parse_rfc3339("2023-11-14T23:13:20+01:00", instant));
  EXPECT_EQ(instant, 1'700'000'000'000'000'000);
}

TEST(Time, WhatIsNoRfc3339IsRefused) {
  std::int64_t instant = 0;
  for (const char* text : {"", "2023-11-14", "2023-11-14T22:13:20", "2023-13-14T22:13:20Z", "2023-02-30T22:13:20Z",
                           "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20Zx", "2023-11-14T22:13:20+1:00"}) {
    EXPECT_FALSE(parse_rfc3339(text, instant)) << text;
  }
}

}  // namespace
}  // namespace understudy::recording
