// Groups, their order, what is left out, series.
#include "query/run.h"

#include <fmt/format.h>

#include <map>
#include <random>

#include "tests/query/rows.h"

namespace understudy::query {
namespace {

using recording::FilterOp;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using By = Order::By;

class RunTest : public TableOfRows {
 protected:
  RunTest() {
    row(1 * second, 1, {{"user", "a"}, {"code", std::int64_t{1}}, {"ms", 10.0}});
    row(2 * second, 1, {{"user", "b"}, {"code", std::int64_t{1}}, {"ms", 50.0}});
    row(3 * second, 1, {{"user", "a"}, {"code", std::int64_t{2}}, {"ms", 30.0}});
    row(14 * second, 1, {{"user", "a"}, {"code", std::int64_t{1}}, {"ms", 20.0}});
    row(15 * second, 1, {{"ms", 1.0}});
    asked_ = question();
    asked_.breakdowns = {"user"};
    asked_.calculations = {{Operation::count, 0, ""}, {Operation::average, 0, "ms"}};
  }
  std::vector<Cell> users() const {
    std::vector<Cell> cells;
    for (const ResultRow& row : ask(asked_).rows) cells.push_back(row.breakdowns[0]);
    return cells;
  }
  Question asked_;
  const Cell a_ = std::string("a"), b_ = std::string("b"), none_;
};

TEST_F(RunTest, WhatHasNoValueIsAGroupOfItsOwn) {
  const Result result = ask(asked_);
  ASSERT_EQ(result.rows.size(), 3U);
  EXPECT_EQ(result.groups, 3U);
  EXPECT_EQ(result.rows[0].breakdowns[0], a_);
  EXPECT_THAT(result.rows[0].calculations, ElementsAre(Cell(std::int64_t{3}), Cell(20.0)));
  EXPECT_THAT(result.rows[1].calculations, ElementsAre(Cell(std::int64_t{1}), Cell(50.0)));
  EXPECT_EQ(result.rows[2].breakdowns[0], none_);
}

TEST_F(RunTest, SeveralBreakdowns) {
  asked_.breakdowns = {"code", "user"};
  std::vector<std::vector<Cell>> groups;
  for (const ResultRow& row : ask(asked_).rows) groups.push_back(row.breakdowns);
  const Cell one = std::int64_t{1}, two = std::int64_t{2};
  EXPECT_THAT(groups,
              ElementsAre(std::vector{one, a_}, std::vector{one, b_}, std::vector{two, a_}, std::vector{none_, none_}));
}

TEST_F(RunTest, OrdersByCalculationsAndBreakdowns) {
  asked_.orders = {{1, By::calculation, true}};
  EXPECT_THAT(users(), ElementsAre(b_, a_, none_));
  asked_.orders = {{1, By::calculation, false}};
  EXPECT_THAT(users(), ElementsAre(none_, a_, b_));
  asked_.orders = {{0, By::breakdown, true}};
  EXPECT_THAT(users(), ElementsAre(b_, a_, none_));
  asked_.orders = {{0, By::calculation, false}, {0, By::breakdown, true}};  // b and none have one row each
  EXPECT_THAT(users(), ElementsAre(b_, none_, a_));
  asked_.derivations = {[](const std::vector<Cell>& row) { return row[0]; },
                        [](const std::vector<Cell>& row) { return row[1]; }};
  asked_.orders = {{1, By::derivation, true}};
  EXPECT_THAT(users(), ElementsAre(b_, a_, none_));
}

TEST_F(RunTest, Havings) {
  asked_.havings = {{1, FilterOp::greater, 19}};
  EXPECT_THAT(users(), UnorderedElementsAre(a_, b_));
  asked_.havings.push_back({0, FilterOp::equals, 3});
  EXPECT_THAT(users(), ElementsAre(a_));
}

TEST_F(RunTest, WhatTheLimitLeavesOutIsOther) {
  asked_.orders = {{0, By::calculation, true}};
  asked_.limit = 1;
  asked_.with_total = asked_.with_other = true;
  const Result result = ask(asked_);
  EXPECT_EQ(result.rows.size(), 1U);
  EXPECT_EQ(result.groups, 3U);
  EXPECT_THAT(result.total->calculations, ElementsAre(Cell(std::int64_t{5}), Cell(22.2)));
  EXPECT_THAT(result.other->calculations, ElementsAre(Cell(std::int64_t{2}), Cell(25.5)));
  asked_.limit = 3;
  EXPECT_FALSE(ask(asked_).other.has_value());
}

TEST_F(RunTest, SeriesOfTheShownGroups) {
  asked_.orders = {{0, By::calculation, true}};
  asked_.limit = 1;
  asked_.with_series = true;
  const Result result = ask(asked_);
  ASSERT_EQ(result.series.size(), 2U);
  EXPECT_EQ(result.series[0].time_ns, 0);
  EXPECT_THAT(result.series[0].calculations, ElementsAre(Cell(std::int64_t{2}), Cell(20.0)));
  EXPECT_EQ(result.series[1].time_ns, 10 * second);
  EXPECT_EQ(result.series[1].row, 0U);
  EXPECT_THAT(result.series[1].calculations, ElementsAre(Cell(std::int64_t{1}), Cell(20.0)));
}

TEST_F(RunTest, TheEndIsNotInTheRange) {
  asked_.breakdowns = {};
  asked_.start_ns = 2 * second;
  asked_.end_ns = 14 * second;
  EXPECT_EQ(ask(asked_).matched, 2U);
}

TEST_F(RunTest, NoRowsNoResults) {
  asked_.breakdowns = {};
  asked_.start_ns = 500 * second;
  EXPECT_THAT(ask(asked_).rows, IsEmpty());
  EXPECT_THAT(run(asked_, {}).rows, IsEmpty());
}

TEST_F(RunTest, SeveralTablesAnswerAsOne) {
  Table other(texts_);
  other.begin_row(second, 1);
  other.set("ms", std::int64_t{80});
  other.set("user", "a");
  other.begin_row(second, 1);
  other.set("user", "beyond the rows that count");
  const Source sources[] = {{&table_, table_.rows()}, {&other, 1}};
  const Result result = run(asked_, sources);
  EXPECT_EQ(result.rows.size(), 3U);
  EXPECT_THAT(result.rows[0].calculations, ElementsAre(Cell(std::int64_t{4}), Cell(35.0)));
}

// Beyond one chunk, against the same computed the plain way.
TEST_F(TableOfRows, ManyRows) {
  std::mt19937 random(7);
  std::map<std::string, std::pair<double, std::int64_t>> sums;
  for (std::size_t i = 0; i < 2 * chunk_rows + 100; ++i) {
    const std::string user = fmt::format("u{}", random() % 50);
    const auto ms = static_cast<std::int64_t>(random() % 1000);
    const bool has_user = random() % 3 != 0;
    row(static_cast<std::int64_t>(i), 1, has_user ? Fields{{"user", user}, {"ms", ms}} : Fields{{"ms", ms}});
    if (ms < 300 || !has_user) continue;
    sums[user].first += static_cast<double>(ms);
    ++sums[user].second;
  }
  Question asked = question();
  asked.breakdowns = {"user"};
  asked.calculations = {{Operation::count, 0, ""}, {Operation::sum, 0, "ms"}};
  asked.conditions = {{"ms", FilterOp::at_least, {std::int64_t{300}}}, {"user", FilterOp::exists, {}}};
  const Result result = ask(asked);
  EXPECT_EQ(result.rows.size(), sums.size());
  for (const ResultRow& row : result.rows) {
    const auto& [sum, count] = sums[std::get<std::string>(row.breakdowns[0])];
    EXPECT_THAT(row.calculations, ElementsAre(Cell(count), Cell(sum)));
  }
}

}  // namespace
}  // namespace understudy::query
