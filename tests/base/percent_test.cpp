#include "base/percent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace understudy {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Percent, DecodesEscapesAndLeavesWhatIsNone) {
  EXPECT_EQ(percent_decode("a%2Fb%20c+d"), "a/b c+d");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%4"), "%zz%4");
  EXPECT_EQ(percent_decode("%41%42"), "AB");
}

TEST(Percent, EncodesSoThatDecodingGivesTheSame) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(percent_decode(percent_encode(all), true), all);
  EXPECT_EQ(percent_encode("a-b_c.d~e f/"), "a-b_c.d~e%20f%2F");
}

TEST(Percent, QueriesAreReadInOrder) {
  EXPECT_THAT(parse_query("a=1&b=x%26y&&c&=d&e=f=g"),
              ElementsAre(Pair("a", "1"), Pair("b", "x&y"), Pair("c", ""), Pair("", "d"), Pair("e", "f=g")));
  EXPECT_THAT(parse_query(""), ElementsAre());
  EXPECT_THAT(parse_query("a&"), ElementsAre(Pair("a", "")));
}

}  // namespace
}  // namespace understudy
