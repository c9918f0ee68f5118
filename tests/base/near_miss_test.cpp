#include "base/near_miss.h"

#include <gtest/gtest.h>

namespace understudy {
namespace {

TEST(NearMiss, CountsSlipsOfTheHand) {
  EXPECT_EQ(edit_distance("", ""), 0);
  EXPECT_EQ(edit_distance("abc", ""), 3);
  EXPECT_EQ(edit_distance("", "ab"), 2);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
  EXPECT_EQ(edit_distance("where", "wehre"), 1);
}

TEST(NearMiss, FindsTheNameThatWasMeant) {
  constexpr std::string_view names[] = {"timeout_ms", "quiet_ms", "where", "kind"};
  EXPECT_EQ(nearest_name("Wher", names), "where");
  EXPECT_EQ(nearest_name("timeout", names), "timeout_ms");
  EXPECT_EQ(nearest_name("knid", names), "kind");
}

TEST(NearMiss, NamesNothingThatIsFarOff) {
  constexpr std::string_view names[] = {"timeout_ms", "where"};
  EXPECT_EQ(nearest_name("banana", names), "");
  EXPECT_EQ(nearest_name("x", names), "");
  EXPECT_EQ(nearest_name(std::string(10000, 'w'), names), "");
}

}  // namespace
}  // namespace understudy
