// What each calculation makes of a few rows that one can count by hand.
#include "tests/query/rows.h"

namespace understudy::query {
namespace {

class CalculationTest : public TableOfRows {
 protected:
  // The one value of one calculation.
  Cell calculate(Calculation calculation) const {
    Question asked = question();
    asked.calculations = {std::move(calculation)};
    const Result result = ask(asked);
    return result.rows.empty() ? Cell() : result.rows[0].calculations[0];
  }

  // 1 of weight 1, 2 of weight 2, 3 of weight 1, 10 of weight 4, and one row without the column.
  void weighted() {
    row(0, 1, {{"ms", 1.0}, {"user", "a"}});
    row(0, 2, {{"ms", 2.0}, {"user", "b"}});
    row(0, 1, {{"ms", 3.0}, {"user", "a"}});
    row(0, 4, {{"ms", 10.0}, {"user", "c"}});
    row(0, 5, {{"user", "a"}});
  }
};

TEST_F(CalculationTest, WeightsCountWhereTheyShould) {
  weighted();
  EXPECT_EQ(calculate({Operation::count, 0, ""}), Cell(std::int64_t{13}));
  EXPECT_EQ(calculate({Operation::sum, 0, "ms"}), Cell(48.0));
  EXPECT_EQ(calculate({Operation::average, 0, "ms"}), Cell(6.0));
  EXPECT_EQ(calculate({Operation::minimum, 0, "ms"}), Cell(1.0));
  EXPECT_EQ(calculate({Operation::maximum, 0, "ms"}), Cell(10.0));
  EXPECT_EQ(calculate({Operation::count_distinct, 0, "user"}), Cell(std::int64_t{3}));
  EXPECT_EQ(calculate({Operation::count_distinct, 0, "ms"}), Cell(std::int64_t{4}));
  EXPECT_EQ(calculate({Operation::percentile, 0.10, "ms"}), Cell(1.0));
  EXPECT_EQ(calculate({Operation::percentile, 0.25, "ms"}), Cell(2.0));
  EXPECT_EQ(calculate({Operation::percentile, 0.50, "ms"}), Cell(3.0));
  EXPECT_EQ(calculate({Operation::percentile, 0.51, "ms"}), Cell(10.0));
}

TEST_F(CalculationTest, PercentilesOfEqualWeights) {
  for (std::int64_t i = 100; i > 0; --i) row(0, 1, {{"ms", i}});
  EXPECT_EQ(calculate({Operation::percentile, 0.001, "ms"}), Cell(1.0));
  EXPECT_EQ(calculate({Operation::percentile, 0.50, "ms"}), Cell(50.0));
  EXPECT_EQ(calculate({Operation::percentile, 0.99, "ms"}), Cell(99.0));
  EXPECT_EQ(calculate({Operation::percentile, 0.999, "ms"}), Cell(100.0));
}

TEST_F(CalculationTest, WithoutNumbersThereIsNoResult) {
  weighted();
  for (const Operation operation : {Operation::sum, Operation::average, Operation::minimum, Operation::maximum,
                                    Operation::percentile, Operation::heatmap, Operation::rate_sum}) {
    EXPECT_EQ(calculate({operation, 0.5, "user"}), Cell()) << static_cast<int>(operation);
    EXPECT_EQ(calculate({operation, 0.5, "never"}), Cell()) << static_cast<int>(operation);
  }
  EXPECT_EQ(calculate({Operation::count_distinct, 0, "never"}), Cell(std::int64_t{0}));
}

TEST_F(CalculationTest, HeatmapsSpreadTheWeight) {
  row(0, 1, {{"ms", 0.0}});
  row(0, 3, {{"ms", 0.5}});
  row(0, 2, {{"ms", 50.0}});
  EXPECT_EQ(calculate({Operation::heatmap, 0, "ms"}), Cell(Heatmap{{0, 4}, {50, 2}}));
}

TEST_F(CalculationTest, ConcurrencyIsTheMostAtOnce) {
  row(0 * second, 5, {{"ms", 3000.0}});                 // until 3 s
  row(1 * second, 1, {{"ms", 2000.0}});                 // until 3 s
  row(2 * second, 1, {{"ms", 500.0}});                  // three at once
  row(3 * second, 1, {{"ms", std::int64_t{100'000}}});  // until 103 s: the first two are over
  row(95 * second, 1, {{"ms", 1000.0}});
  EXPECT_EQ(calculate({Operation::concurrency, 0, "ms"}), Cell(std::int64_t{3}));
  Question asked = question();
  asked.calculations = {{Operation::concurrency, 0, "ms"}};
  asked.with_series = true;
  const Result result = ask(asked);
  ASSERT_EQ(result.series.size(), 2U);
  EXPECT_EQ(result.series[0].calculations[0], Cell(std::int64_t{3}));
  EXPECT_EQ(result.series[1].time_ns, 90 * second);
  EXPECT_EQ(result.series[1].calculations[0], Cell(std::int64_t{2}));
}

TEST_F(CalculationTest, RatesAreDifferencesFromBucketToBucket) {
  for (const auto& [time, value] : {std::pair{1, 10.0}, {2, 20.0}, {11, 45.0}, {35, 5.0}}) {
    row(time * second, 1, {{"n", value}});
  }
  EXPECT_EQ(calculate({Operation::rate_maximum, 0, "n"}), Cell(25.0));  // 20, 45, 5
  EXPECT_EQ(calculate({Operation::rate_sum, 0, "n"}), Cell(-25.0));     // 30, 45, 5
  EXPECT_EQ(calculate({Operation::rate_average, 0, "n"}), Cell(-5.0));  // 15, 45, 5
  Question asked = question();
  asked.calculations = {{Operation::rate_sum, 0, "n"}};
  asked.with_series = true;
  const Result result = ask(asked);
  ASSERT_EQ(result.series.size(), 3U);
  EXPECT_EQ(result.series[0].calculations[0], Cell());
  EXPECT_EQ(result.series[1].calculations[0], Cell(15.0));
  EXPECT_EQ(result.series[2].calculations[0], Cell(-40.0));
}

}  // namespace
}  // namespace understudy::query
