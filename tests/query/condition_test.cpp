// What each operator makes of texts, numbers and truth values.
#include "tests/query/rows.h"

namespace understudy::query {
namespace {

using recording::FilterOp;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConditionTest : public TableOfRows {
 protected:
  ConditionTest() {
    row(0, 1, {{"name", "home"}, {"user", "anna"}, {"status", std::int64_t{200}}, {"ms", 12.5}, {"ok", true}});
    row(0, 1, {{"name", "search"}, {"user", "bert"}, {"status", std::int64_t{404}}, {"ms", 3.0}, {"ok", false}});
    row(0, 1, {{"name", "health"}});
  }

  // The names of the rows that meet a condition.
  std::vector<std::string> meeting(std::string column, FilterOp op, std::vector<Constant> values = {}) const {
    Question asked = question();
    asked.breakdowns = {"name"};
    asked.conditions = {{std::move(column), op, std::move(values)}};
    std::vector<std::string> names;
    for (const ResultRow& row : ask(asked).rows) names.push_back(std::get<std::string>(row.breakdowns[0]));
    return names;
  }
};

TEST_F(ConditionTest, Texts) {
  EXPECT_THAT(meeting("user", FilterOp::equals, {"anna"}), ElementsAre("home"));
  EXPECT_THAT(meeting("user", FilterOp::equals, {"nobody"}), IsEmpty());
  EXPECT_THAT(meeting("user", FilterOp::differs, {"anna"}), ElementsAre("search"));
  EXPECT_THAT(meeting("user", FilterOp::differs, {"nobody"}), ElementsAre("home", "search"));
  EXPECT_THAT(meeting("user", FilterOp::greater, {"anna"}), ElementsAre("search"));
  EXPECT_THAT(meeting("user", FilterOp::at_least, {"anna"}), ElementsAre("home", "search"));
  EXPECT_THAT(meeting("user", FilterOp::less, {"bert"}), ElementsAre("home"));
  EXPECT_THAT(meeting("user", FilterOp::at_most, {"b"}), ElementsAre("home"));
  EXPECT_THAT(meeting("user", FilterOp::starts_with, {"an"}), ElementsAre("home"));
  EXPECT_THAT(meeting("user", FilterOp::does_not_start_with, {"an"}), ElementsAre("search"));
  EXPECT_THAT(meeting("user", FilterOp::ends_with, {"rt"}), ElementsAre("search"));
  EXPECT_THAT(meeting("user", FilterOp::does_not_end_with, {"rt"}), ElementsAre("home"));
  EXPECT_THAT(meeting("user", FilterOp::contains, {"nn"}), ElementsAre("home"));
  EXPECT_THAT(meeting("user", FilterOp::does_not_contain, {"nn"}), ElementsAre("search"));
  EXPECT_THAT(meeting("user", FilterOp::in, {"x", "anna", "bert"}), ElementsAre("home", "search"));
  EXPECT_THAT(meeting("user", FilterOp::not_in, {"x", "anna"}), ElementsAre("search"));
}

TEST_F(ConditionTest, Existence) {
  EXPECT_THAT(meeting("user", FilterOp::exists), ElementsAre("home", "search"));
  EXPECT_THAT(meeting("user", FilterOp::does_not_exist), ElementsAre("health"));
  EXPECT_THAT(meeting("never", FilterOp::exists), IsEmpty());
  EXPECT_THAT(meeting("never", FilterOp::does_not_exist), ElementsAre("home", "search", "health"));
  EXPECT_THAT(meeting("never", FilterOp::differs, {"x"}), IsEmpty());
}

TEST_F(ConditionTest, Numbers) {
  EXPECT_THAT(meeting("status", FilterOp::equals, {std::int64_t{200}}), ElementsAre("home"));
  EXPECT_THAT(meeting("status", FilterOp::equals, {200.0}), ElementsAre("home"));
  EXPECT_THAT(meeting("status", FilterOp::greater, {200.5}), ElementsAre("search"));
  EXPECT_THAT(meeting("ms", FilterOp::at_most, {std::int64_t{3}}), ElementsAre("search"));
  EXPECT_THAT(meeting("ms", FilterOp::less, {12.5}), ElementsAre("search"));
  EXPECT_THAT(meeting("ms", FilterOp::at_least, {12.5}), ElementsAre("home"));
  EXPECT_THAT(meeting("status", FilterOp::in, {std::int64_t{404}, std::int64_t{500}}), ElementsAre("search"));
  EXPECT_THAT(meeting("status", FilterOp::not_in, {std::int64_t{404}}), ElementsAre("home"));
}

TEST_F(ConditionTest, ConstantsAreReadAsTheColumnsType) {
  EXPECT_THAT(meeting("status", FilterOp::equals, {"200"}), ElementsAre("home"));
  EXPECT_THAT(meeting("status", FilterOp::equals, {"ok"}), IsEmpty());
  EXPECT_THAT(meeting("status", FilterOp::differs, {"ok"}), ElementsAre("home", "search"));
  EXPECT_THAT(meeting("status", FilterOp::contains, {"20"}), IsEmpty());
  EXPECT_THAT(meeting("ok", FilterOp::equals, {true}), ElementsAre("home"));
  EXPECT_THAT(meeting("ok", FilterOp::equals, {"false"}), ElementsAre("search"));
  EXPECT_THAT(meeting("ok", FilterOp::differs, {true}), ElementsAre("search"));
}

TEST_F(ConditionTest, AllOfThemOrAny) {
  Question asked = question();
  asked.breakdowns = {"name"};
  asked.conditions = {{"user", FilterOp::equals, {"anna"}}, {"status", FilterOp::equals, {std::int64_t{404}}}};
  EXPECT_THAT(ask(asked).rows, IsEmpty());
  asked.any_condition = true;
  const Result result = ask(asked);
  EXPECT_EQ(result.rows.size(), 2U);
  EXPECT_EQ(result.matched, 2U);
  EXPECT_EQ(result.in_range, 3U);
}

}  // namespace
}  // namespace understudy::query
