// The expressions as a tree: what is read, and where what is wrong stands.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "xray/filter_expression.h"

namespace understudy::xray {
namespace {

using ::testing::HasSubstr;

struct Wrong {
  std::string_view expression;
  std::size_t column;
  std::string_view reason;
};

// What a person gets wrong, with the place of it.
constexpr Wrong wrong_expressions[] = {
    {"servce(\"a\")", 1, "servce is no keyword; did you mean service"},
    {"service(\"a\"", 12, "expected a closing parenthesis, but the expression ends"},
    {"service(\"a) { fault }", 9, "the string is not closed"},
    {"service('a')", 9, "double quotes"},
    {R"(service(\"a\"))", 9, "escaped once too often"},
    {"service(\"a\") { fault", 21, "expected a closing brace"},
    {"service(\"a\") { annotation.k = 1 }", 16, "annotations cannot stand within the braces"},
    {"service(\"a\") { service(\"b\") }", 16, "service cannot stand within braces"},
    {"edge(\"a\")", 9, "expected a comma and the second service"},
    {"service(id(nme: \"a\"))", 12, "expected name, type or account.id"},
    {"responsetime >", 15, "expected a value of responsetime, but the expression ends"},
    {"responsetime > \"5\"", 14, "is compared with a number"},
    {"responsetime CONTAINS 5", 14, "is a number"},
    {"http.url > 5", 10, "is a string"},
    {"ok = 5", 4, "is compared with true or false"},
    {"ok > true", 4, "is true or false"},
    {"ok OR", 6, "expected a keyword, but the expression ends"},
    {"OR ok", 1, "expected a keyword"},
    {"ok AND AND error", 8, "expected a keyword, but AND"},
    {"ok )", 4, "has nothing to close"},
    {"(ok", 4, "expected a closing parenthesis"},
    {"ok\n  & error", 3, "& is no keyword"},
    {"group.name", 11, "expected = after group.name"},
    {"annotation.", 1, "expected the key of an annotation"},
    {"rootcause.json = #[{\"Services\": }]", 33, "a value"},
    {"rootcause.json = {}", 18, "expected #[...]"},
    {"rootcause.json = #[{", 18, "is not closed"},
    {"http.url CONTAINS \"\xC3\xA9\" bogus", 23, "bogus is no keyword"},
};

TEST(Filter, NamesThePlaceOfWhatIsWrong) {
  for (const auto& [expression, column, reason] : wrong_expressions) {
    const auto parsed = parse_filter(expression);
    ASSERT_FALSE(parsed) << expression;
    EXPECT_EQ(parsed.error().column, column) << expression << "\n" << parsed.error().text();
    EXPECT_THAT(parsed.error().reason, HasSubstr(reason)) << expression;
  }
  EXPECT_EQ(parse_filter("ok\n  & error").error().line, 2u);
}

TEST(Filter, AndBindsTighterThanOrAndMayBeLeftOut) {
  const auto parsed = parse_filter("ok error OR fault and !throttle");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->kind, FilterKind::any);
  ASSERT_EQ(parsed->parts.size(), 2u);
  EXPECT_EQ(parsed->parts[0].kind, FilterKind::all);
  EXPECT_EQ(parsed->parts[1].parts[1].kind, FilterKind::negation);
}

TEST(Filter, KeepsQuotesAndBackslashesOfStrings) {
  const auto parsed = parse_filter(R"(http.url = "a\"b\\c\d")");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->text, R"(a"b\c\d)");
}

TEST(Filter, HoldsItsDepth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '(') + "ok" + std::string(depth, ')'); };
  EXPECT_TRUE(parse_filter(nested(deepest_filter)));
  EXPECT_FALSE(parse_filter(nested(deepest_filter + 1)));
  EXPECT_FALSE(parse_filter(std::string(100'000, '!')));
}

TEST(Filter, PutsTheExpressionOfAGroupInItsPlace) {
  const auto find = [](FilterKeyword by, std::string_view name) -> std::optional<std::string> {
    if (by == FilterKeyword::group_name && name == "slow") return "duration > 5";
    if (name == "outer") return "group.name = \"slow\" AND ok";
    if (name == "itself") return "group.name = \"itself\"";
    if (name == "broken") return "duration >";
    return std::nullopt;
  };
  const auto replaced = [&](std::string_view text) { return with_groups(*parse_filter(text), find); };
  EXPECT_EQ(replaced("group.name = \"slow\"")->kind, FilterKind::number);
  EXPECT_EQ(replaced("group.name = \"outer\"")->parts[0].kind, FilterKind::number);
  EXPECT_EQ(replaced("group.name != \"slow\"")->kind, FilterKind::negation);
  EXPECT_THAT(replaced("group.name = \"none\"").error(), HasSubstr("there is no group none"));
  EXPECT_THAT(replaced("group.arn = \"slow\"").error(), HasSubstr("there is no group slow"));
  EXPECT_THAT(replaced("group.name = \"itself\"").error(), HasSubstr("names itself"));
  EXPECT_THAT(replaced("group.name = \"broken\"").error(), HasSubstr("group broken: line 1, column 11"));
}

}  // namespace
}  // namespace understudy::xray
