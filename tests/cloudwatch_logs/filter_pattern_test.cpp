#include "cloudwatch_logs/filter_pattern.h"

#include <gmock/gmock.h>

#include <array>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

// The messages of the user guide, "Filter and pattern syntax".
constexpr std::array<std::string_view, 5> lines = {"[ERROR 400] BAD REQUEST", "[ERROR 401] UNAUTHORIZED REQUEST",
                                                   "[ERROR 419] MISSING ARGUMENTS", "[ERROR 420] INVALID ARGUMENTS",
                                                   "[ERROR 500] INTERNAL SERVER ERROR"};
constexpr std::string_view trail =
    R"({"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111","arrayKey":["value","another value"],)"
    R"("objectList":[{"name":"a","id":1},{"name":"b","id":2}],"SomeObject":null,"ThisFlag":true,"OtherFlag":false,)"
    R"("latency":0.001,"big":9007199254740993,"text":"404","user-agent":"curl","dotted.name":"d","éà":"é"})";
constexpr std::string_view users =
    R"({"user":{"id":1,"email":"John.Stiles@example.com"},"users":[{"id":2,"email":"John.Doe@example.com"},)"
    R"({"id":3,"email":"Jane.Doe@example.com"}],"actions":["GET","PUT","DELETE"],)"
    R"("coordinates":[[0,1,2],[4,5,6],[7,8,9]]})";
constexpr std::string_view access_line =
    R"(127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534)";

FilterPattern pattern_of(std::string_view text) {
  auto pattern = FilterPattern::parse(text);
  if (!pattern) {
    ADD_FAILURE() << text << ": " << pattern.error().reason << " at " << pattern.error().offset;
    return *FilterPattern::parse("");
  }
  return *pattern;
}

// The letters of the lines that match.
std::string matched(std::string_view text) {
  const auto pattern = pattern_of(text);
  std::string found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (pattern.matches(lines[i])) found += static_cast<char>('a' + i);
  }
  return found;
}

struct TermCase {
  std::string_view pattern;
  std::string_view found;
};

TEST(FilterPatternTerms, MatchAsTheUserGuideSays) {
  constexpr TermCase cases[] = {
      {"", "abcde"},
      {" ", "abcde"},
      {"ERROR", "abcde"},
      {"ERROR ARGUMENTS", "cd"},
      {"?ERROR ?ARGUMENTS", "abcde"},
      {"?BAD ?MISSING", "ac"},
      {"ERROR -ARGUMENTS", "abe"},
      {"-ARGUMENTS", "abe"},
      {"\"INTERNAL SERVER ERROR\"", "e"},
      {"?BAD ?MISSING INVALID", "d"},  // beside other terms those with '?' are ignored
      {"?BAD -ARGUMENTS", "abe"},
      {"ARGUMENT", "cd"},  // part of a word
      {"error", ""},       // case counts
      {"-\"[ERROR 4\"", "e"},
      {"%4[0-9]{2}%", "abcd"},
      {"ERROR %40[01]%", "ab"},
      {"-%4..%", "e"},
      {"?%400% ?%50+%", "ae"},
      {"400", "a"},
  };
  for (const auto& row : cases) EXPECT_EQ(matched(row.pattern), row.found) << row.pattern;
}

TEST(FilterPatternTerms, QuotesHoldQuotesAndBackslashes) {
  EXPECT_TRUE(pattern_of(R"("say \"hi\"")").matches(R"(they say "hi" there)"));
  EXPECT_TRUE(pattern_of(R"("C:\\x")").matches(R"(at C:\x)"));
  EXPECT_TRUE(pattern_of(R"("\d")").matches(R"(a \d)"));
}

TEST(FilterPatternTerms, ExtractNothing) {
  EXPECT_THAT(*pattern_of("ERROR").extract(lines[0]), IsEmpty());
  EXPECT_FALSE(pattern_of("WARN").extract(lines[0]));
}

struct JsonCase {
  std::string_view pattern;
  std::string_view message;
  bool matches;
};

class FilterPatternJson : public testing::TestWithParam<JsonCase> {};

TEST_P(FilterPatternJson, MatchesAsTheUserGuideSays) {
  EXPECT_EQ(pattern_of(GetParam().pattern).matches(GetParam().message), GetParam().matches) << GetParam().pattern;
}

INSTANTIATE_TEST_SUITE_P(
    Examples, FilterPatternJson,
    testing::Values(
        JsonCase{R"({ $.eventType = "UpdateTrail" })", trail, true},
        JsonCase{R"({ $.eventType = UpdateTrail })", trail, true},
        JsonCase{R"({$.eventType="UpdateTrail"})", trail, true},
        JsonCase{R"({ $.sourceIPAddress != 123.123.* })", trail, true},
        JsonCase{R"({ $.sourceIPAddress != 111.111.* })", trail, false},
        JsonCase{R"({ $.arrayKey[0] = "value" })", trail, true}, JsonCase{R"({ $.objectList[1].id = 2 })", trail, true},
        JsonCase{R"({ $.SomeObject IS NULL })", trail, true}, JsonCase{R"({ $.eventType IS NULL })", trail, false},
        JsonCase{R"({ $.SomeOtherObject NOT EXISTS })", trail, true},
        JsonCase{R"({ $.SomeObject NOT EXISTS })", trail, false}, JsonCase{R"({ $.ThisFlag IS TRUE })", trail, true},
        JsonCase{R"({ $.ThisFlag IS FALSE })", trail, false}, JsonCase{R"({ $.OtherFlag IS FALSE })", trail, true},
        JsonCase{R"({ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") })", users, true},
        JsonCase{R"({ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch" && )"
                 R"($.actions[2] = "nonmatch" })",
                 users, true},
        JsonCase{R"({ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "nonmatch") && )"
                 R"($.actions[2] = "nonmatch" })",
                 users, false},
        JsonCase{R"({ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" })", users, false}));

INSTANTIATE_TEST_SUITE_P(
    Rules, FilterPatternJson,
    testing::Values(
        // An array, an object, null and what is missing never compare.
        JsonCase{R"({ $.arrayKey = "*" })", trail, false}, JsonCase{R"({ $.user = "*" })", users, false},
        JsonCase{R"({ $.SomeObject = "*" })", trail, false}, JsonCase{R"({ $.missing != "x" })", trail, false},
        JsonCase{R"({ $.eventType = "*" })", trail, true}, JsonCase{R"({ $.eventType = * })", trail, true},
        JsonCase{R"({ $.eventType = "*Trail" })", trail, true}, JsonCase{R"({ $.eventType = "Update*" })", trail, true},
        JsonCase{R"({ $.eventType = "*dateTr*" })", trail, true}, JsonCase{R"({ $.eventType = "*x*" })", trail, false},
        JsonCase{R"({ $.eventType = %^Upd.*il$% })", trail, true}, JsonCase{R"({ $.eventType != %Up% })", trail, false},
        // Numbers.
        JsonCase{R"({ $.latency = 1e-3 })", trail, true}, JsonCase{R"({ $.latency < 0.01 })", trail, true},
        JsonCase{R"({ $.latency >= +1E-3 })", trail, true}, JsonCase{R"({ $.latency > -5 })", trail, true},
        JsonCase{R"({ $.objectList[0].id <= 1.0 })", trail, true},
        JsonCase{R"({ $.objectList[0].id != 1 })", trail, false},
        JsonCase{R"({ $.big = 9007199254740993 })", trail, true},
        JsonCase{R"({ $.big = 9007199254740992 })", trail, false}, JsonCase{R"({ $.text = 404 })", trail, true},
        JsonCase{R"({ $.text > 400 })", trail, false}, JsonCase{R"({ $.eventType > 1 })", trail, false},
        // Selectors.
        JsonCase{R"({ $.user-agent = curl })", trail, true}, JsonCase{R"({ $["dotted.name"] = d })", trail, true},
        JsonCase{R"({ $['dotted.name'] = d })", trail, true}, JsonCase{R"({ $.['eventType'] = U* })", trail, true},
        JsonCase{R"({ $.éà = é })", trail, true}, JsonCase{R"({ $.arrayKey[2] NOT EXISTS })", trail, true},
        // Messages that are no JSON object.
        JsonCase{R"({ $.a NOT EXISTS })", "plain", false}, JsonCase{R"({ $.a NOT EXISTS })", R"({"a":)", false},
        JsonCase{R"({ $.a NOT EXISTS })", "[1]", false}, JsonCase{R"({ $.a NOT EXISTS })", " {} ", true},
        JsonCase{R"({ $.a = 2 })", R"({"a":1,"a":2})", true}));

TEST(FilterPatternJsonValues, AreThoseOfTheSelectorsUsed) {
  const auto pattern = pattern_of(R"({ $.user.id = 1 && ($.users[0].email = "John*" || $.missing = 1) })");
  EXPECT_THAT(*pattern.extract(users),
              UnorderedElementsAre(Pair("$.user.id", "1"), Pair("$.users[0].email", "John.Doe@example.com")));
  EXPECT_EQ(pattern.value_of("$.actions[1]", users), "PUT");
  EXPECT_EQ(pattern.value_of("$.actions", users), std::nullopt);
  EXPECT_EQ(pattern.value_of("actions", users), std::nullopt);
}

TEST(FilterPatternFields, ExtractAsTheUserGuideSays) {
  EXPECT_THAT(
      *pattern_of("[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]").extract(access_line),
      UnorderedElementsAre(Pair("$bytes", "1534"), Pair("$status_code", "404"),
                           Pair("$request", "GET /index.html HTTP/1.0"),
                           Pair("$timestamp", "10/Oct/2000:13:25:15 -0700"), Pair("$username", "frank"),
                           Pair("$user", "Prod"), Pair("$ip", "127.0.0.1")));
  EXPECT_THAT(*pattern_of("[..., status_code = 4*, bytes]").extract(access_line),
              UnorderedElementsAre(Pair("$bytes", "1534"), Pair("$status_code", "404"), Pair("$1", "127.0.0.1"),
                                   Pair("$2", "Prod"), Pair("$3", "frank"), Pair("$4", "10/Oct/2000:13:25:15 -0700"),
                                   Pair("$5", "GET /index.html HTTP/1.0")));
}

struct FieldCase {
  std::string_view pattern;
  std::string_view message;
  bool matches;
};

TEST(FilterPatternFields, MatchAsTheUserGuideSays) {
  constexpr FieldCase cases[] = {
      {"[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]", access_line,
       true},
      {"[ip, user, username, timestamp, request =*.html*, status_code = 4* && status_code != 404, bytes]", access_line,
       false},
      {"[ip, user, username, timestamp, request, status_code >= 400, bytes > 1000]", access_line, true},
      {"[ip, user, username, timestamp, request, status_code, bytes > 2e3]", access_line, false},
      {"[..., bytes > 1000]", access_line, true},
      {"[ip, ...]", access_line, true},
      {"[ip=10.*, ...]", access_line, false},
      {"[ip, ..., status_code = %^4%, bytes]", access_line, true},
      {"[..., x = frank, ...]", access_line, true},
      {"[..., x = frank, y = Prod, ...]", access_line, false},
      {"[..., x = fra*, ..., y = GET*, ...]", access_line, true},
      {"[..., x = GET*, ..., y = fra*, ...]", access_line, false},
      {"[...]", "", true},
      {"[w1=ERROR]", "ERROR x", false},  // as many fields as the message has
      {"[w1=ERROR, w2]", "ERROR x", true},
      {"[w1=ERROR, w2]", "ERROR", false},
      {"[w1=ERROR, ]", "ERROR x", true},
      {"[(w1=ERROR || w1=WARN) && w1 != W*, w2]", "ERROR x", true},
      {"[(w1=ERROR || w1=WARN) && w1 != W*, w2]", "WARN x", false},
      {"[w1=\"a b\", w2]", "\"a b\" c", true},
      {"[w1, w2, w3]", "a [b c", true},  // a bracket that nothing closes
  };
  for (const auto& row : cases) {
    EXPECT_EQ(pattern_of(row.pattern).matches(row.message), row.matches) << row.pattern << " on " << row.message;
  }
}

TEST(FilterPatternFields, NameValuesByNameAndPosition) {
  const auto pattern = pattern_of("[ip, ..., status, bytes]");
  EXPECT_EQ(pattern.value_of("$status", access_line), "404");
  EXPECT_EQ(pattern.value_of("$2", access_line), "Prod");
  EXPECT_EQ(pattern.value_of("$8", access_line), std::nullopt);
  EXPECT_EQ(pattern.value_of("$nothing", access_line), std::nullopt);
}

struct Fault {
  std::string_view pattern;
  std::string_view message;
  std::size_t offset;
};

TEST(FilterPatternFaults, AreSaidAsTheServiceDoesAndPlaced) {
  constexpr std::string_view invalid = "Invalid filter pattern";
  constexpr Fault cases[] = {
      {"foo.bar", "Invalid character(s) in term 'foo.bar'", 0},
      {"ok a-b", "Invalid character(s) in term 'a-b'", 3},
      {"-", "Invalid character(s) in term ''", 1},
      {"\"open", invalid, 5},
      {"\"a\"b", invalid, 3},
      {"%a(b)%", invalid, 2},
      {"%open", invalid, 5},
      {"%a% %b% %c%", invalid, 11},
      {"%[%", invalid, 0},
      {"{ }", invalid, 2},
      {"{ $.a }", invalid, 6},
      {"{ $ = 1 }", invalid, 3},
      {"{ $.a = }", invalid, 8},
      {"{ $.a == 1 }", invalid, 7},
      {"{ $.a = 1 && }", invalid, 13},
      {"{ ($.a = 1 }", invalid, 11},
      {"{ $.a = 1", invalid, 9},
      {"{ $.a = 1 } x", invalid, 12},
      {"{ $.a[x] = 1 }", invalid, 6},
      {"{ $.a IS NOT NULL }", invalid, 8},
      {"{ $.a EXISTS }", invalid, 6},
      {"{ $.a = b! }", invalid, 9},
      {"[a, b", invalid, 5},
      {"[a b]", invalid, 3},
      {"[a=1 && b=2]", invalid, 9},
      {"[a=]", invalid, 3},
  };
  for (const auto& row : cases) {
    const auto parsed = FilterPattern::parse(row.pattern);
    ASSERT_FALSE(parsed) << row.pattern;
    EXPECT_EQ(parsed.error().message, row.message) << row.pattern;
    EXPECT_EQ(parsed.error().offset, row.offset) << row.pattern << ": " << parsed.error().reason;
  }
  EXPECT_FALSE(FilterPattern::parse(std::string(1025, 'a')));
  EXPECT_FALSE(FilterPattern::parse(std::string(1024, '{')));
}

TEST(FilterPatternFaults, RefuseFilterLogEventsWithAFinding) {
  Lab lab;
  lab.make_stream();
  const auto decision = lab.call("FilterLogEvents", R"({"logGroupName":"g","filterPattern":"foo.bar"})");
  const auto answer = refused(decision);
  EXPECT_EQ(answer.type, "InvalidParameterException");
  EXPECT_EQ(answer.message, "Invalid character(s) in term 'foo.bar'");
  EXPECT_EQ(answer.finding, "cloudwatch_logs.filter-pattern.invalid");
  EXPECT_THAT(decision.findings.front().detail, HasSubstr("at byte 0: a term"));
}

TEST(FilterPatternRegex, IsCountedForTheLimitOfAGroup) {
  EXPECT_TRUE(pattern_of("%a%").has_regex());
  EXPECT_TRUE(pattern_of("{ $.a = %a% }").has_regex());
  EXPECT_TRUE(pattern_of("[a = %a%]").has_regex());
  EXPECT_FALSE(pattern_of("a").has_regex());
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
