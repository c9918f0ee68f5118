// A table that a test fills by hand, and questions to it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/run.h"
#include "query/table.h"

namespace understudy::query {

inline constexpr std::int64_t second = 1'000'000'000;

class TableOfRows : public ::testing::Test {
 protected:
  using Fields = std::vector<std::pair<std::string_view, Value>>;

  void row(std::int64_t time_ns, std::int64_t weight, const Fields& fields) {
    table_.begin_row(time_ns, weight);
    for (const auto& [name, value] : fields) table_.set(name, value);
  }

  static Question question() {
    Question question;
    question.end_ns = 1000 * second;
    question.granularity_ns = 10 * second;
    return question;
  }

  Result ask(const Question& question) const {
    const Source source{&table_, table_.rows()};
    return run(question, {&source, 1});
  }

  Dictionary texts_;
  Table table_{texts_};
};

}  // namespace understudy::query
