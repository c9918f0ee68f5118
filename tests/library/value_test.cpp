#include "understudy/value.h"

#include <gmock/gmock.h>

#include "tests/library/senders.h"

namespace understudy {
namespace {

using testing::ElementsAre;

TEST(Value, ComparesNumbersByValueAndNothingElseAcrossTypes) {
  EXPECT_EQ(Value(3), Value(3.0));
  EXPECT_NE(Value(3), Value("3"));
  EXPECT_NE(Value(1), Value(true));
  EXPECT_NE(Value(), Value(0));
  EXPECT_EQ(Value(Value::List{1, "a"}), Value(Value::List{1, "a"}));
}

TEST(Value, OfAnotherTypeIsEmpty) {
  const Value text("3");
  EXPECT_EQ(text.integer(), 0);
  EXPECT_EQ(text.number(), 0);
  EXPECT_FALSE(text.boolean());
  EXPECT_TRUE(text.list().empty());
  EXPECT_TRUE(text["member"].is_null());
  EXPECT_TRUE(text.at(0).is_null());
  EXPECT_EQ(Value(1e300).integer(), 0);
  EXPECT_EQ(Value(2.9).integer(), 2);
}

TEST(Value, IsWrittenAsJson) {
  const Value value(Value::Object{{"b", 1}, {"a", Value::List{true, nullptr, 1.5, "x"}}});
  EXPECT_EQ(value.json(), R"({"b":1,"a":[true,null,1.5,"x"]})");
  EXPECT_EQ(testing::PrintToString(value), value.json());
}

// A range-for over a part of a temporary keeps what it walks over.
TEST(Value, PartsOfATemporaryAreValues) {
  std::vector<std::string> seen;
  for (const Value& one : Value(Value::Object{{"list", Value::List{"a", "b"}}})["list"].list()) {
    seen.push_back(one.text());
  }
  EXPECT_THAT(seen, ElementsAre("a", "b"));
}

}  // namespace
}  // namespace understudy
