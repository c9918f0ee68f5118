#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/json_scanner.h"

namespace understudy {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

std::string printed(std::string_view text, const JsonOptions& options = {}) {
  JsonReader reader;
  const auto element = reader.read(text, options);
  return element ? to_ordered_json(*element).dump() : element.error().text();
}

JsonError error_of(std::string_view text, const JsonOptions& options = {}) {
  JsonReader reader;
  const auto element = reader.read(text, options);
  EXPECT_FALSE(element.has_value()) << text;
  return element ? JsonError{} : element.error();
}

TEST(Json, ReadsEveryKindOfValueAndKeepsTheOrder) {
  EXPECT_EQ(printed(R"({"z":[1,-2,2.5,18446744073709551615],"a":{"t":true,"f":false,"n":null},"s":"\u00e9\n"})"),
            "{\"z\":[1,-2,2.5,18446744073709551615],\"a\":{\"t\":true,\"f\":false,\"n\":null},\"s\":\"\xC3\xA9\\n\"}");
}

TEST(Json, ReadsInPlaceWhatIsFollowedByPadding) {
  std::string body = R"({"a":1})";
  const std::size_t size = body.size();
  body += std::string(64, '}');  // what follows is not looked at
  JsonReader reader;
  const auto element = reader.read_padded({body.data(), size});
  ASSERT_TRUE(element.has_value());
  EXPECT_EQ(to_ordered_json(*element).dump(), R"({"a":1})");
  EXPECT_TRUE(reader.rewrites().empty());
}

TEST(Json, IsReadableAgainAfterARefusal) {
  JsonReader reader;
  EXPECT_FALSE(reader.read("{").has_value());
  EXPECT_TRUE(reader.read("[1e400]").has_value());
  EXPECT_EQ(reader.rewrites().size(), 1U);
  EXPECT_TRUE(reader.read("{}").has_value());
  EXPECT_TRUE(reader.rewrites().empty());
}

TEST(Json, TakesIntegersBeyond64Bits) {
  EXPECT_EQ(printed("[123456789012345678901234567890]"), "[1.2345678901234568e+29]");
  EXPECT_EQ(printed("[18446744073709551616]"), "[1.8446744073709552e+19]");
  EXPECT_EQ(printed("[-9223372036854775809]"), "[-9.223372036854776e+18]");
  const JsonOptions clamped{.big_integers = JsonOptions::BigInteger::clamped};
  EXPECT_EQ(printed("[123456789012345678901234567890,-9223372036854775809]", clamped),
            "[18446744073709551615,-9223372036854775808]");
}

TEST(Json, TakesNumbersBeyondADouble) {
  EXPECT_EQ(printed("[1e400,-1e400,1e99999999999]"),
            "[1.7976931348623157e+308,-1.7976931348623157e+308,1.7976931348623157e+308]");
  EXPECT_EQ(printed("[" + std::string(400, '9') + "]"), "[1.7976931348623157e+308]");
}

TEST(Json, TakesHalfOfASurrogatePair) {
  EXPECT_EQ(printed(R"(["\ud800","\udc00x","\ud800\u0041","\ud83d\ude00"])"),
            "[\"\xEF\xBF\xBD\",\"\xEF\xBF\xBDx\",\"\xEF\xBF\xBD"
            "A\",\"\xF0\x9F\x98\x80\"]");
  EXPECT_EQ(printed(R"({"\ud800":1})"), "{\"\xEF\xBF\xBD\":1}");
}

TEST(Json, CutsAByteOrderMark) { EXPECT_EQ(printed("\xEF\xBB\xBF{\"a\":1}"), R"({"a":1})"); }

TEST(Json, SaysWhatItReplacedAndWhere) {
  JsonReader reader;
  ASSERT_TRUE(reader.read("\xEF\xBB\xBF{\"a\":18446744073709551616,\"b\":[1e400,\"x\\ud800\"]}").has_value());
  const auto rewrite = [](JsonRewriteKind kind, std::size_t offset, std::size_t length) {
    return AllOf(Field(&JsonRewrite::kind, kind), Field(&JsonRewrite::offset, offset),
                 Field(&JsonRewrite::length, length));
  };
  EXPECT_THAT(reader.rewrites(),
              ElementsAre(rewrite(JsonRewriteKind::byte_order_mark, 0, 3), rewrite(JsonRewriteKind::big_integer, 8, 20),
                          rewrite(JsonRewriteKind::number_out_of_range, 34, 5),
                          rewrite(JsonRewriteKind::lone_surrogate, 42, 6)));
}

TEST(Json, PlacesAnErrorByLineAndCharacter) {
  const JsonError error = error_of("{\n  \"\xC3\xA9\": x\n}");
  EXPECT_EQ(error.offset, 10U);
  EXPECT_EQ(error.line, 2U);
  EXPECT_EQ(error.column, 8U);
  EXPECT_EQ(error.text(), "line 2, column 8 (byte 10): expected a value, found 'x'");
}

struct Bad {
  std::string_view text;
  std::size_t offset;
  std::string_view reason;
};

TEST(Json, NamesWhatIsWrong) {
  const Bad table[] = {
      {"", 0, "the text is empty"},
      {" \n", 2, "the text is empty"},
      {"{", 1, "expected a member's name in quotes, found the end"},
      {"{\"a\"}", 4, "expected ':' after a member's name, found '}'"},
      {"{\"a\":}", 5, "expected a value, found '}'"},
      {"{\"a\":1,}", 7, "expected a member's name in quotes, found '}'"},
      {"{\"a\":1 \"b\":2}", 7, "expected ',' or '}', found '\"'"},
      {"[1,]", 3, "expected a value, found ']'"},
      {"[1", 2, "expected ',' or ']', found the end"},
      {"[1,", 3, "the text ends where a value is expected"},
      {"[1}", 2, "expected ',' or ']', found '}'"},
      {"[1]]", 3, "expected the end after the value, found ']'"},
      {"{} {}", 3, "expected the end after the value, found '{'"},
      {"[01]", 1, "a number begins with a superfluous zero"},
      {"[1.]", 3, "expected a digit, found ']'"},
      {"[-]", 2, "expected a digit, found ']'"},
      {"[1e+]", 4, "expected a digit, found ']'"},
      {"[tru]", 1, "expected true"},
      {"[nul", 1, "expected null"},
      {"[NaN]", 1, "expected a value, found 'N'"},
      {"[\"a", 1, "a string is not closed"},
      {"[\"a\\", 3, "a string is not closed"},
      {"[\"\\x\"]", 2, "an escape that JSON does not know"},
      {"[\"\\u12g4\"]", 2, "\\u is not followed by four hexadecimal digits"},
      {"[\"\n\"]", 2, "a string holds the control byte 0x0a unescaped"},
      {std::string_view("[1,\0]", 5), 3, "expected a value, found byte 0x00"},
  };
  for (const Bad& bad : table) {
    const JsonError error = error_of(bad.text);
    EXPECT_EQ(error.offset, bad.offset) << bad.text;
    EXPECT_EQ(error.reason, bad.reason) << bad.text;
  }
}

TEST(Json, RefusesWhatIsNotUtf8) {
  for (const std::string_view bytes : {"\xFF", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                                       "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\x80"}) {
    const JsonError error = error_of("[\"a" + std::string(bytes) + "\"]");
    EXPECT_EQ(error.offset, 3U);
    EXPECT_EQ(error.reason, "not UTF-8");
  }
}

TEST(Json, HoldsTheDepthToItsLimit) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + "1" + std::string(depth, ']'); };
  const JsonOptions options{.max_depth = 5};
  EXPECT_EQ(printed(nested(5), options), "[[[[[1]]]]]");
  const JsonError error = error_of(nested(6), options);
  EXPECT_EQ(error.offset, 5U);
  EXPECT_EQ(error.reason, "arrays and objects are nested more than 5 deep");
  EXPECT_THAT(error_of(nested(1'000'000)).reason, HasSubstr("nested more than 512 deep"));
  // The limit holds where simdjson refuses for another reason, too.
  EXPECT_THAT(error_of("[[[[[[1e400]]]]]]", options).reason, HasSubstr("5 deep"));
  // And a reader that met another limit before does not keep it.
  JsonReader reader;
  EXPECT_TRUE(reader.read(nested(6)).has_value());
  EXPECT_FALSE(reader.read(nested(6), options).has_value());
  EXPECT_TRUE(reader.read(nested(6)).has_value());
}

TEST(Json, TheLastOfSeveralMembersCounts) {
  JsonReader reader;
  const auto element = reader.read(R"({"a":1,"b":2,"a":3})");
  ASSERT_TRUE(element.has_value());
  const auto object = element->get_object().value();
  EXPECT_EQ(std::int64_t(*last_member(object, "a")), 3);
  EXPECT_EQ(std::int64_t(*last_member(object, "b")), 2);
  EXPECT_FALSE(last_member(object, "c").has_value());
  EXPECT_EQ(to_ordered_json(*element).dump(), R"({"a":3,"b":2})");
}

TEST(Json, FindsTheBytesOfAValue) {
  const std::string text =
      "\xEF\xBB\xBF { \"a\" : [1, {\"b]\": \"x,}\\\"\"} ], \"\\u0063\":true, \"a2\":{\"d\":-1.5e3 } }";
  const auto bytes_at = [&](std::vector<JsonStep> path) -> std::string {
    const auto range = find_in_json(text, path);
    return range ? text.substr(range->offset, range->length) : "nowhere";
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(bytes_at({"a"sv, std::size_t{0}}), "1");
  EXPECT_EQ(bytes_at({"a"sv, std::size_t{1}, "b]"sv}), "\"x,}\\\"\"");
  EXPECT_EQ(bytes_at({"c"sv}), "true");
  EXPECT_EQ(bytes_at({"a2"sv, "d"sv}), "-1.5e3");
  EXPECT_EQ(bytes_at({"a2"sv}), "{\"d\":-1.5e3 }");
  EXPECT_EQ(bytes_at({"a"sv, std::size_t{2}}), "nowhere");
  EXPECT_EQ(bytes_at({"c"sv, "e"sv}), "nowhere");
  EXPECT_EQ(bytes_at({"a2"sv, std::size_t{0}}), "nowhere");
  EXPECT_EQ(find_in_json(R"({"a":1,"a":22})", std::vector<JsonStep>{"a"sv})->length, 2U);
}

TEST(Json, AHundredThousandMembersTakeNoLongTime) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"member" + std::to_string(i) + "\":1,";
  text += "\"member0\":2}";
  JsonReader reader;
  const auto element = reader.read(text);
  ASSERT_TRUE(element.has_value());
  const auto json = to_ordered_json(*element);
  EXPECT_EQ(json.size(), 100'000U);
  EXPECT_EQ(json.begin().value(), 2);
}

}  // namespace
}  // namespace understudy
