#include "base/ascii.h"

#include <gtest/gtest.h>

#include <string>

namespace understudy {
namespace {

std::string all_that(bool (*belongs)(char)) {
  std::string found;
  for (int byte = 0; byte < 256; ++byte) {
    if (belongs(static_cast<char>(byte))) found += static_cast<char>(byte);
  }
  return found;
}

const std::string digits = "0123456789";
const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const std::string lower = "abcdefghijklmnopqrstuvwxyz";

TEST(Ascii, ClassesHoldTheirCharactersAndNoByteBeyondAscii) {
  EXPECT_EQ(all_that(is_digit), digits);
  EXPECT_EQ(all_that(is_upper), upper);
  EXPECT_EQ(all_that(is_lower), lower);
  EXPECT_EQ(all_that(is_letter), upper + lower);
  EXPECT_EQ(all_that(is_alphanumeric), digits + upper + lower);
  EXPECT_EQ(all_that(is_hex_digit), digits + "ABCDEFabcdef");
}

TEST(Ascii, ChangesTheCaseOfLettersAlone) {
  EXPECT_EQ(lower_case("GET /Ä[@`{ z Z9"), "get /Ä[@`{ z z9");
  for (std::size_t i = 0; i < upper.size(); ++i) {
    EXPECT_EQ(to_lower(upper[i]), lower[i]);
    EXPECT_EQ(to_upper(lower[i]), upper[i]);
  }
  for (const char c : std::string("@[`{09\xc3\xa4")) {
    EXPECT_EQ(to_lower(c), c);
    EXPECT_EQ(to_upper(c), c);
  }
}

TEST(Ascii, KnowsWhatHexadecimalDigitsAreWorth) {
  const std::string low = "0123456789abcdef", high = "0123456789ABCDEF";
  for (int worth = 0; worth < 16; ++worth) {
    EXPECT_EQ(hex_value(low[static_cast<std::size_t>(worth)]), worth);
    EXPECT_EQ(hex_value(high[static_cast<std::size_t>(worth)]), worth);
  }
  EXPECT_EQ(hex_value('g'), -1);
  EXPECT_EQ(hex_value('\xe1'), -1);
}

}  // namespace
}  // namespace understudy
