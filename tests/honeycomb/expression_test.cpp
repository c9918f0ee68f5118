// The language of calculated fields: what is read, and what each function makes of its arguments.
#include "honeycomb/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string shown(const Scalar& scalar) {
  if (const auto* truth = std::get_if<bool>(&scalar)) return *truth ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&scalar)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&scalar)) return nlohmann::json(*number).dump();
  if (const auto* text = std::get_if<std::string>(&scalar)) return nlohmann::json(*text).dump();
  return "null";
}

// Of a row {whole: 7, half: 0.5, name: "Anna", flag: true, digits: "12"} at 2018-12-13T14:51:00.25Z; any other column
// is absent.
std::string value_of(std::string_view text) {
  const auto expression = Expression::parse(text);
  if (!expression) return "refused: " + expression.error().detail;
  std::vector<Scalar> columns;
  for (const std::string& name : expression->columns()) {
    Scalar& column = columns.emplace_back();
    if (name == "whole") column = std::int64_t{7};
    if (name == "half") column = 0.5;
    if (name == "name") column = std::string("Anna");
    if (name == "flag") column = true;
    if (name == "digits") column = std::string("12");
  }
  return shown(expression->evaluate({columns, 1'544'712'660'250'000'000}));
}

struct Row {
  std::string_view expression;
  std::string_view value;
};
constexpr Row rows[] = {
    // values
    {"12", "12"},
    {"1.50", "1.5"},
    {".5", "0.5"},
    {"-2", "-2.0"},
    {"true", "true"},
    {"NULL", "null"},
    {R"("a \"b\" \\ \n")", R"("a \"b\" \\ \n")"},
    {"`a\\d`", R"("a\\d")"},
    {"$whole", "7"},
    {R"($"name")", R"("Anna")"},
    {"$nothing", "null"},
    // operators, the stronger first
    {"1 + 2 * 3", "7.0"},
    {"(1 + 2) * 3", "9.0"},
    {"10 - 2 - 3", "5.0"},
    {"7 % 4 / 2", "1.5"},
    {"- $whole + 1", "-6.0"},
    {"1 < 2 AND 2 <= 2 && !(3 = 4)", "true"},
    {"1 > 2 OR $flag", "true"},
    {"$whole != 7", "false"},
    {"$whole == 7.0", "true"},
    {"!$flag || false", "false"},
    {"$order", "null"},  // begins like an operator
    // choosing
    {"IF($whole > 5, \"big\", \"small\")", R"("big")"},
    {"IF(false, 1, $flag, 2, 3)", "2"},
    {"if(false, 1)", "null"},
    {"SWITCH($name, \"Bert\", 1, \"Anna\", 2, 3)", "2"},
    {"SWITCH($name, \"Bert\", 1, 3)", "3"},
    {"COALESCE($nothing, $half, 1)", "0.5"},
    // comparing
    {"LT(1, 2)", "true"},
    {"LTE(2, 2.0)", "true"},
    {"GT(\"b\", \"a\")", "true"},
    {"GTE(1, \"1\")", "false"},  // types differ
    {"LT($nothing, 1)", "false"},
    {"EQUALS($nothing, null)", "true"},
    {"IN($name, \"Bert\", \"Anna\")", "true"},
    {"IN($name, \"Bert\")", "false"},
    // truth
    {"EXISTS($name)", "true"},
    {"EXISTS($nothing)", "false"},
    {"NOT($nothing)", "true"},
    {"AND($flag, $whole, $name)", "true"},
    {"OR(0, \"\", $nothing)", "false"},
    // numbers
    {"MIN(3, $half, \"0.25\", $name)", "0.25"},
    {"MAX(3, $whole)", "7.0"},
    {"MAX($name)", "null"},
    {"SUM(1, $digits, $nothing, $name)", "13.0"},
    {"SUB($whole, $half)", "6.5"},
    {"MUL(2, $half)", "1.0"},
    {"DIV(1, 4)", "0.25"},
    {"DIV(1, 0)", "null"},
    {"MOD(7, 0)", "null"},
    {"LOG10(1000)", "3.0"},
    {"LOG10(0)", "null"},
    {"BUCKET(12, 5)", R"("10 - 15")"},
    {"BUCKET(-1, 5, 0, 20)", R"("< 0")"},
    {"BUCKET(20, 5, 0, 20)", R"(">= 20")"},
    {"BUCKET(19, 7, 0, 20)", R"("14 - 20")"},
    {"BUCKET($name, 5)", "null"},
    // other types
    {"INT(\"12.7\")", "12"},
    {"INT(-1.5)", "-1"},
    {"INT($name)", "0"},
    {"INT(1e300)", "1e+300"},
    {"FLOAT($digits)", "12.0"},
    {"BOOL(\"false\")", "false"},
    {"BOOL(1)", "true"},
    {"STRING($half)", R"("0.5")"},
    // texts
    {"CONCAT($name, \"-\", $whole, $nothing, $flag)", R"("Anna-7true")"},
    {"STARTS_WITH($name, \"An\")", "true"},
    {"ENDS_WITH($name, \"na\")", "true"},
    {"CONTAINS($name, \"nn\")", "true"},
    {"CONTAINS($whole, \"7\")", "false"},
    {"TO_LOWER($name)", R"("anna")"},
    {"LENGTH(\"h\xC3\xA9\")", "3"},
    {"LENGTH(\"h\xC3\xA9\", \"chars\")", "2"},
    {"LENGTH($whole)", "null"},
    // regular expressions
    {"REG_MATCH($name, `^A.*a$`)", "true"},
    {"REG_MATCH($name, `b`)", "false"},
    {"REG_VALUE($name, `n(n)(a)`)", R"("n")"},
    {"REG_VALUE($name, `n+`)", R"("nn")"},
    {"REG_VALUE($name, `x`)", "null"},
    {"REG_COUNT($name, `n`)", "2"},
    {"REG_COUNT($name, `x*`)", "5"},
    // times
    {"UNIX_TIMESTAMP(\"2018-12-13T14:51:00.5Z\")", "1544712660.5"},
    {"UNIX_TIMESTAMP($name)", "null"},
    {"EVENT_TIMESTAMP()", "1544712660.25"},
    {"FORMAT_TIME(\"%Y-%m-%d %H\", EVENT_TIMESTAMP())", R"("2018-12-13 14")"},
    {"FORMAT_TIME(\"%Y\", 1e30)", "null"},
};

TEST(Expressions, AreWorkedOut) {
  for (const Row& row : rows) EXPECT_EQ(value_of(row.expression), row.value) << row.expression;
}

constexpr Row refused[] = {
    {"", "ends where a value should stand"},
    {"1 +", "ends where a value should stand"},
    {"1 2", "behind the end"},
    {"(1", "a bracket is not closed"},
    {"\"a", "a text is not closed"},
    {"$", "names no column"},
    {"name", "neither a function with brackets nor a column"},
    {"CONCATT(1)", "CONCAT is"},
    {"IF(1", "the bracket of IF is not closed"},
    {"IF(1)", "IF takes 2 or more arguments, not 1"},
    {"LT(1, 2, 3)", "LT takes 2 arguments, not 3"},
    {"BUCKET(1)", "BUCKET takes 2 to 4 arguments"},
    {"REG_MATCH($a, $b)", "takes its regular expression as a text"},
    {"REG_MATCH($a, \"(\")", "missing )"},
    {"#", "'#' begins no value"},
};

TEST(Expressions, ThatAreNoneAreRefused) {
  for (const Row& row : refused) {
    const auto expression = Expression::parse(row.expression);
    ASSERT_FALSE(expression.has_value()) << row.expression;
    EXPECT_THAT(expression.error().detail, HasSubstr(row.value)) << row.expression;
  }
  EXPECT_EQ(Expression::parse("1 + #").error().offset, 4U);
}

TEST(Expressions, OfGreatDepthOrLengthAreRefused) {
  EXPECT_FALSE(Expression::parse(std::string(100'000, '(')).has_value());
  EXPECT_FALSE(Expression::parse(std::string(100'000, '!')).has_value());
  std::string sum = "1";
  for (int i = 0; i < 2000; ++i) sum += "+1";
  EXPECT_FALSE(Expression::parse(sum).has_value());
}

TEST(Expressions, NameTheirColumnsOnce) {
  EXPECT_THAT(Expression::parse("$a.b + $\"c d\" + $a.b")->columns(), ElementsAre("a.b", "c d"));
  EXPECT_THAT(Expression::parse("1")->columns(), IsEmpty());
}

}  // namespace
}  // namespace understudy::honeycomb
