// Columns: what goes in comes out, whatever form it takes in memory.
#include "query/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace understudy::query {
namespace {

using ::testing::ElementsAre;

// The values of a column, row by row.
std::vector<std::optional<std::uint64_t>> values(const Table& table, std::string_view name) {
  std::vector<std::optional<std::uint64_t>> all;
  for (std::size_t chunk = 0; chunk < table.chunks(); ++chunk) {
    std::vector<std::uint16_t> rows(std::min(chunk_rows, table.rows() - chunk * chunk_rows));
    std::iota(rows.begin(), rows.end(), std::uint16_t{0});
    std::vector<std::uint64_t> bits(rows.size());
    std::vector<std::uint8_t> present(rows.size());
    table.find(name)->gather(chunk, rows, bits.data(), present.data());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      all.push_back(present[i] != 0 ? std::optional(bits[i]) : std::nullopt);
    }
  }
  return all;
}

std::vector<std::string> texts(const Table& table, std::string_view name) {
  std::vector<std::string> all;
  for (const auto& code : values(table, name)) {
    all.emplace_back(code ? table.texts().text_of(static_cast<Dictionary::Code>(*code)) : "(absent)");
  }
  return all;
}

TEST(DictionaryTest, EachTextOnce) {
  Dictionary dictionary;
  std::vector<std::string> words;
  for (std::size_t i = 0; i < 10000; ++i) words.push_back(std::string(i % 300, 'x') + std::to_string(i));
  for (const std::string& word : words) EXPECT_EQ(dictionary.code_of(word), dictionary.code_of(word));
  EXPECT_EQ(dictionary.size(), words.size());
  for (const std::string& word : words) EXPECT_EQ(dictionary.text_of(*dictionary.find(word)), word);
  EXPECT_EQ(dictionary.find("never"), std::nullopt);
  EXPECT_EQ(dictionary.text_of(dictionary.code_of("")), "");
}

TEST(DictionaryTest, LongTextsAreCut) {
  Dictionary dictionary;
  const std::string text(100'000, 'a');
  EXPECT_EQ(dictionary.text_of(dictionary.code_of(text)), text.substr(0, 65535));
  EXPECT_EQ(dictionary.size(), 1U);
  EXPECT_TRUE(dictionary.find(text).has_value());
}

TEST(TableTest, ValuesOfEveryShape) {
  Dictionary dictionary;
  Table table(dictionary);
  std::vector<std::optional<std::uint64_t>> constant, narrow, wide, sparse, late;
  const std::size_t rows = 3 * chunk_rows + 17;
  for (std::size_t i = 0; i < rows; ++i) {
    table.begin_row(static_cast<std::int64_t>(i), 1);
    const auto put = [&](std::string_view name, auto& kept, bool has, std::int64_t value) {
      if (has) table.set(name, value);
      kept.push_back(has ? std::optional(static_cast<std::uint64_t>(value)) : std::nullopt);
    };
    put("constant", constant, true, -5);
    put("narrow", narrow, true, static_cast<std::int64_t>(i % 1000));
    put("wide", wide, true, i == 100 ? INT64_MAX : static_cast<std::int64_t>(i));
    put("sparse", sparse, i % 7 == 3, static_cast<std::int64_t>(i * i));
    put("late", late, i >= 2 * chunk_rows + 5, static_cast<std::int64_t>(i / 2));
  }
  EXPECT_EQ(values(table, "constant"), constant);
  EXPECT_EQ(values(table, "narrow"), narrow);
  EXPECT_EQ(values(table, "wide"), wide);
  EXPECT_EQ(values(table, "sparse"), sparse);
  EXPECT_EQ(values(table, "late"), late);
}

TEST(TableTest, TheFirstValueDecidesTheType) {
  Dictionary dictionary;
  Table table(dictionary);
  const auto row = [&](const Value& value) {
    table.begin_row(0, 1);
    for (const char* column : {"text", "number", "integer", "truth"}) table.set(column, value);
  };
  table.begin_row(0, 1);
  table.set("text", "a");
  table.set("number", 0.5);
  table.set("integer", std::int64_t{7});
  table.set("truth", true);
  row(std::int64_t{12});
  row(-2.75);
  row(false);
  row("8.5");
  row("word");
  EXPECT_EQ(table.find("text")->type(), Type::string);
  EXPECT_THAT(texts(table, "text"), ElementsAre("a", "12", "-2.75", "false", "8.5", "word"));
  EXPECT_EQ(table.find("number")->type(), Type::floating);
  EXPECT_THAT(values(table, "number"),
              ElementsAre(bits_of(0.5), bits_of(12.0), bits_of(-2.75), bits_of(0.0), bits_of(8.5), std::nullopt));
  EXPECT_EQ(table.find("integer")->type(), Type::integer);
  EXPECT_THAT(values(table, "integer"), ElementsAre(7U, 12U, static_cast<std::uint64_t>(-2), 0U, 8U, std::nullopt));
  EXPECT_EQ(table.find("truth")->type(), Type::boolean);
  EXPECT_THAT(values(table, "truth"), ElementsAre(1U, 1U, 1U, 0U, std::nullopt, std::nullopt));
}

TEST(TableTest, OfOneNameTwiceInARowTheFirstCounts) {
  Dictionary dictionary;
  Table table(dictionary);
  table.begin_row(0, 1);
  table.set("a", std::int64_t{1});
  table.set("a", std::int64_t{2});
  EXPECT_THAT(values(table, "a"), ElementsAre(1U));
}

TEST(TableTest, ColumnsInAnyOrder) {
  Dictionary dictionary;
  Table table(dictionary);
  const std::vector<std::vector<const char*>> rows = {{"a", "b", "c"}, {"c", "a"}, {"b"}, {"a", "b"}};
  for (const auto& names : rows) {
    table.begin_row(0, 1);
    for (const char* name : names) table.set(name, std::string_view(name));
  }
  EXPECT_THAT(texts(table, "a"), ElementsAre("a", "a", "(absent)", "a"));
  EXPECT_THAT(texts(table, "b"), ElementsAre("b", "(absent)", "b", "b"));
  EXPECT_THAT(texts(table, "c"), ElementsAre("c", "c", "(absent)", "(absent)"));
}

TEST(TableTest, ConvertsWhatIsThereAndWhatComes) {
  Dictionary dictionary;
  Table table(dictionary);
  for (const char* text : {"12", "x", "3.5"}) {
    table.begin_row(0, 1);
    table.set("a", std::string_view(text));
  }
  table.convert("a", Type::floating);
  table.begin_row(0, 1);
  table.set("a", "4");
  EXPECT_THAT(values(table, "a"), ElementsAre(bits_of(12.0), std::nullopt, bits_of(3.5), bits_of(4.0)));
  table.convert("a", Type::string);
  EXPECT_THAT(texts(table, "a"), ElementsAre("12", "(absent)", "3.5", "4"));
}

TEST(TableTest, ARemovedColumnComesBackEmpty) {
  Dictionary dictionary;
  Table table(dictionary);
  table.begin_row(0, 1);
  table.set("a", "old");
  table.remove("a");
  EXPECT_EQ(table.find("a"), nullptr);
  EXPECT_TRUE(table.columns().empty());
  table.begin_row(0, 1);
  table.set("a", std::int64_t{5});
  EXPECT_EQ(table.find("a")->type(), Type::integer);
  EXPECT_THAT(values(table, "a"), ElementsAre(std::nullopt, 5U));
}

TEST(TableTest, RowsBeforeAnEntryAndMoments) {
  Dictionary dictionary;
  Table table(dictionary);
  for (const std::uint64_t entry : {3U, 5U, 9U}) {
    table.begin_entry(entry, static_cast<std::int64_t>(entry) * 100);
    for (int i = 0; i < 2; ++i) {
      table.begin_row(0, 1);
      if (entry != 9) table.set("a", "x");
    }
  }
  EXPECT_EQ(table.rows_before(0), 0U);
  EXPECT_EQ(table.rows_before(4), 2U);
  EXPECT_EQ(table.rows_before(5), 2U);
  EXPECT_EQ(table.rows_before(9), 4U);
  EXPECT_EQ(table.rows_before(10), 6U);
  EXPECT_EQ(table.find("a")->created_ns(), 300);
  EXPECT_EQ(table.find("a")->written_ns(), 500);
  std::vector<std::int64_t> moments;
  constexpr std::uint16_t rows[] = {0, 1, 4, 5, 2};
  table.moments(0, rows, moments);
  EXPECT_THAT(moments, ElementsAre(300, 300, 900, 900, 500));
}

TEST(TableTest, BeyondTheMostColumnsNothingIsKept) {
  Dictionary dictionary;
  Table table(dictionary);
  table.begin_row(0, 1);
  for (std::size_t i = 0; i < Table::max_columns + 10; ++i) table.set(std::to_string(i), "x");
  EXPECT_EQ(table.columns().size(), Table::max_columns);
  table.begin_row(0, 1);
  table.set("0", "y");
  EXPECT_THAT(texts(table, "0"), ElementsAre("x", "y"));
}

}  // namespace
}  // namespace understudy::query
