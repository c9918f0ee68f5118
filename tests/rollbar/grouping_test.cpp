// Which occurrences fall into one item, seen through the read API; and what counts as data in a text.
#include "rollbar/grouping.h"

#include <gmock/gmock.h>

#include "rollbar/item_index.h"
#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::ElementsAre;

std::string message(std::string_view text, std::string_view more = "") {
  return R"({"data":{"environment":"production",)" + std::string(more) + R"("body":{"message":{"body":")" +
         std::string(text) + "\"}}}}";
}

std::string trace(std::string_view file, std::string_view method, std::string_view name = "ValueError",
                  std::string_view more = "", int line = 5) {
  return R"({"data":{"environment":"production",)" + std::string(more) + R"("body":{"trace":{"frames":[{"filename":")" +
         std::string(file) + R"(","method":")" + std::string(method) + R"(","lineno":)" + std::to_string(line) +
         R"(}],"exception":{"class":")" + std::string(name) + R"(","message":"Test"}}}}})";
}

std::size_t items_of(std::initializer_list<std::string> bodies) {
  Door door;
  for (const std::string& body : bodies) EXPECT_EQ(door.send(item(body)).reply.status, 200) << body;
  return door.get("items")["total_count"];
}

TEST(RollbarGrouping, ExceptionsByFilesMethodsAndClass) {
  EXPECT_EQ(items_of({trace("app.py", "home"), trace("app.py", "home")}), 1U);
  EXPECT_EQ(items_of({trace("app.py", "home"), trace("app.py", "home", "ValueError", "", 99)}), 1U);  // no line numbers
  EXPECT_EQ(items_of({trace("app.py", "home"), trace("app.py", "show")}), 2U);
  EXPECT_EQ(items_of({trace("app.py", "home"), trace("lib.py", "home")}), 2U);
  EXPECT_EQ(items_of({trace("app.py", "home"), trace("app.py", "home", "KeyError")}), 2U);
}

TEST(RollbarGrouping, TheMessageOfAnExceptionDoesNotCount) {
  std::string other = trace("app.py", "home");
  other.replace(other.find("\"Test\""), 6, "\"Another\"");
  EXPECT_EQ(items_of({trace("app.py", "home"), other}), 1U);
}

TEST(RollbarGrouping, TheServersRootIsAConstant) {
  EXPECT_EQ(items_of({trace("/srv/a/app.py", "home", "E", R"("server":{"root":"/srv/a"},)"),
                      trace("/opt/b/app.py", "home", "E", R"("server":{"root":"/opt/b"},)")}),
            1U);
  EXPECT_EQ(items_of({trace("/srv/a/app.py", "home"), trace("/opt/b/app.py", "home")}), 2U);
}

TEST(RollbarGrouping, ReleaseFoldersAndGeneratedMethodsFallTogether) {
  EXPECT_EQ(
      items_of({trace("/releases/20261121035500/app.rb", "show"), trace("/releases/20261122101500/app.rb", "show")}),
      1U);
  EXPECT_EQ(items_of({trace("/r/3fa9c2d1e/app.rb", "show"), trace("/r/77be0a1c2/app.rb", "show")}), 1U);
  EXPECT_EQ(items_of({trace("app.erb", "_app_views_show_erb__4531"), trace("app.erb", "_app_views_show_erb__99")}), 1U);
  EXPECT_EQ(items_of({trace("app.py", "step1"), trace("app.py", "step2")}), 2U);  // one digit stays
}

TEST(RollbarGrouping, OfAChainEveryTraceCounts) {
  const auto chain = [](std::string_view inner) {
    return R"({"data":{"environment":"e","body":{"trace_chain":[
        {"frames":[{"filename":"a.py","method":"f"}],"exception":{"class":"Outer","message":"o"}},
        {"frames":[{"filename":"a.py","method":"g"}],"exception":{"class":")" +
           std::string(inner) + R"(","message":"i"}}]}}})";
  };
  EXPECT_EQ(items_of({chain("KeyError"), chain("KeyError")}), 1U);
  EXPECT_EQ(items_of({chain("KeyError"), chain("ValueError")}), 2U);
}

TEST(RollbarGrouping, MessagesByTheirTextWithoutData) {
  EXPECT_EQ(items_of({message("user 4711 not found"), message("user 98 not found")}), 1U);
  EXPECT_EQ(items_of({message("user not found"), message("group not found")}), 2U);
  EXPECT_EQ(items_of({message("HTTP 404 for /a"), message("HTTP 500 for /a")}), 2U);  // codes stay
}

TEST(RollbarGrouping, ItemsAreSeparatedByEnvironment) {
  std::string staging = message("x");
  staging.replace(staging.find("production"), 10, "staging");
  EXPECT_EQ(items_of({message("x"), staging}), 2U);
}

TEST(RollbarGrouping, AFingerprintOfThePayloadOverrides) {
  EXPECT_EQ(items_of({message("a", R"("fingerprint":"mine",)"), message("b", R"("fingerprint":"mine",)")}), 1U);
  EXPECT_EQ(items_of({message("a", R"("fingerprint":"mine",)"), message("a", R"("fingerprint":"yours",)")}), 2U);
  Door door;
  door.send(item(message("a", R"("fingerprint":"mine",)")));
  const std::string longer(41, 'f');
  door.send(item(message("a", R"("fingerprint":")" + longer + "\",")));
  const auto items = door.get("items")["items"];
  EXPECT_EQ(items[1]["hash"], "mine");
  EXPECT_EQ(items[0]["hash"], sha1_hex(longer));
}

// ---- the rules of a project

std::string occurrence(std::string_view more) {
  return R"({"data":{"environment":"production","body":{"trace":{"frames":[{"filename":"app.py","method":"home"}],)"
         R"("exception":{"class":"IntegrationError","message":"Timeout of billing"}}},"custom":{"row":4,"tags":["a","b"]})" +
         std::string(more) + "}}";
}

nlohmann::json rules(const nlohmann::json& condition, std::string_view fingerprint = "{{ default_fingerprint }}",
                     std::string_view title = "by rule") {
  return {{"grouping_rules", {{{"condition", condition}, {"fingerprint", fingerprint}, {"title", title}}}}};
}

TEST(RollbarGroupingRules, EachComparison) {
  const std::pair<std::string, bool> table[] = {
      {R"({"path":"body.trace.exception.class","eq":"IntegrationError"})", true},
      {R"({"path":"body.trace.exception.class","neq":"IntegrationError"})", false},
      {R"({"path":"body.*.exception.class","eq":"IntegrationError"})", true},
      {R"({"path":"environment","in":["staging","production"]})", true},
      {R"({"path":"environment","nin":["staging","production"]})", false},
      {R"({"path":"body.trace.exception.message","contains":"billing"})", true},
      {R"({"path":"body.trace.exception.message","contains":"BILLING"})", false},
      {R"({"path":"body.trace.exception.message","icontains":"BILLING"})", true},
      {R"({"path":"body.trace.exception.message","ncontains":"mail"})", true},
      {R"({"path":"body.trace.exception.message","startswith":"Timeout"})", true},
      {R"({"path":"body.trace.exception.message","endswith":"Timeout"})", false},
      {R"({"path":"body.trace.exception.message","regex_match":"^T.*g$"})", true},
      {R"({"path":"custom.row","gt":4})", false},
      {R"({"path":"custom.row","gte":4})", true},
      {R"({"path":"custom.row","lt":5})", true},
      {R"({"path":"custom.row","lte":3})", false},
      {R"({"path":"custom.row","eq":"4"})", false},
      {R"({"path":"custom.tags.1","eq":"b"})", true},
      {R"({"path":"custom.tags.*","eq":"c"})", false},
      {R"({"path":"nowhere.at.all","eq":"x"})", false},
      {R"({"any":[{"path":"custom.row","eq":1},{"path":"custom.row","eq":4}]})", true},
      {R"({"all":[{"path":"custom.row","eq":1},{"path":"custom.row","eq":4}]})", false},
      {R"({"none":[{"path":"custom.row","eq":1}]})", true}};
  for (const auto& [condition, is_met] : table) {
    Door door;
    door.settings(rules(nlohmann::json::parse(condition)));
    door.send(item(occurrence("")));
    EXPECT_EQ(door.get("items")["items"][0]["title"], is_met ? "by rule" : "IntegrationError: Timeout of billing")
        << condition;
    door.expect_repeatable();
  }
}

TEST(RollbarGroupingRules, FillInFingerprintAndTitle) {
  const nlohmann::json met = {{"path", "custom.row"}, {"eq", 4}};
  Door door, standard;
  door.settings(
      rules(met, "row-{{ custom.row }}-{{custom.tags.0}}", "{{ default_title }} in {{ environment }}{{ no }}"));
  standard.settings(rules(met));
  door.send(item(occurrence("")));
  standard.send(item(occurrence("")));
  Door without;
  without.send(item(occurrence("")));
  const auto one = door.get("items")["items"][0];
  EXPECT_EQ(one["hash"], "row-4-a");
  EXPECT_EQ(one["title"], "IntegrationError: Timeout of billing in production");
  EXPECT_EQ(standard.get("items")["items"][0]["hash"], without.get("items")["items"][0]["hash"]);
}

TEST(RollbarGroupingRules, AFingerprintOfThePayloadComesBeforeThem) {
  const std::string own = occurrence(R"(,"fingerprint":"mine")");
  nlohmann::json settings = rules({{"path", "custom.row"}, {"eq", 4}}, "theirs");
  Door door, ignoring;
  door.settings(settings);
  door.send(item(own));
  EXPECT_EQ(door.get("items")["items"][0]["hash"], "mine");
  settings["client_fingerprints"] = "ignore";
  ignoring.settings(settings);
  ignoring.send(item(own));
  EXPECT_EQ(ignoring.get("items")["items"][0]["hash"], "theirs");
  Door plain;
  plain.settings({{"client_fingerprints", "ignore"}});
  plain.send(item(own));
  EXPECT_EQ(plain.get("items")["items"][0]["hash"].get<std::string>().size(), 40U);
  plain.expect_repeatable();
}

TEST(RollbarGroupingRules, WhatIsNoneIsTold) {
  const auto vendor = make_vendor();
  const std::pair<std::string, std::string> table[] = {
      {R"({})", "a list of rules is wanted"},
      {R"([{}])", "[0]: condition is missing"},
      {R"([{"condition":5,"fingerprint":"x"}])", "a condition is an object"},
      {R"([{"condition":{"path":"a","like":"x"},"fingerprint":"x"}])", "no such comparison"},
      {R"([{"condition":{"path":"a","in":"x"},"fingerprint":"x"}])", "in: a text or a number"},
      {R"([{"condition":{"path":"a","regex_match":"("},"fingerprint":"x"}])", "regex_match:"},
      {R"([{"condition":{"any":5},"fingerprint":"x"}])", "any, all and none hold a list"},
      {R"([{"condition":{"path":"a","eq":"x"}}])", "[0]: fingerprint is missing"}};
  for (const auto& [text, error] : table) {
    const auto checked = vendor->check_settings({{"grouping_rules", nlohmann::json::parse(text)}});
    ASSERT_FALSE(checked.has_value()) << text;
    EXPECT_THAT(checked.error(), testing::HasSubstr(error));
  }
}

TEST(RollbarGrouping, DataInATextIsTold) {
  const std::pair<std::string, std::string> table[] = {
      {"user 42 at 2026-11-21 03:54:14", "user  at  "},
      {"mail to andrew.brown@example.com failed", "mail to  failed"},
      {"from 10.0.0.1:8080", "from "},
      {"took 0.25 s", "took  s"},
      {"id 57ef93f2-6d75-4e12-a115-7d024739e4cb", "id "},
      {"commit 3fa9c2d1e", "commit "},
      {"at 0xdeadbeef", "at "},
      {"order-4711", "order-"},
      {"one 1 digit", "one 1 digit"},
      {"error 1045: denied", "error 1045: denied"},
      {"status=503.", "status=503."},
      {"added deface", "added deface"},  // words of hexadecimal letters
      {"", ""}};
  for (const auto& [text, kept] : table) EXPECT_EQ(without_data(text), kept) << text;
}

TEST(RollbarGrouping, TitlesAreTheServices) {
  Door door;
  door.send(item(trace("app.py", "home")));
  door.send(item(message("Hello World!")));
  door.send(item(message("x", R"("title":"Mine",)")));
  door.send(item(R"({"data":{"environment":"e","body":{"crash_report":{"raw":"Signal 11\nat 0x1"}}}})"));
  door.send(item(R"({"data":{"environment":"e","body":{"trace":{"frames":[],"exception":{"class":"Silent"}}}}})"));
  door.send(item(message(std::string(300, 'y'))));
  std::vector<std::string> titles;
  const auto list = door.get("items");
  for (const auto& one : list["items"]) titles.push_back(one["title"]);
  EXPECT_THAT(titles,
              ElementsAre(std::string(255, 'y'), "Silent", "Signal 11", "Mine", "Hello World!", "ValueError: Test"));
}

TEST(RollbarGrouping, LevelsOfTheFirstOccurrence) {
  Door door;
  door.send(item(message("a")));
  door.send(item(trace("a.py", "f")));
  door.send(item(message("b", R"("level":"critical",)")));
  door.send(item(message("b", R"("level":"debug","title":"later",)")));  // neither level nor title change
  std::vector<std::string> levels;
  const auto list = door.get("items");
  for (const auto& one : list["items"]) levels.push_back(one["level"]);
  EXPECT_THAT(levels, ElementsAre("critical", "error", "info"));
  EXPECT_EQ(door.get("items")["items"][0]["title"], "b");
}

TEST(RollbarGrouping, MessagesWithoutALevelAreErrorsWhereASettingSaysSo) {
  Door door;
  door.send(item(message("before")));
  door.settings({{"message_level", "error"}});
  door.send(item(message("after")));
  door.send(item(message("named", R"("level":"debug",)")));
  std::vector<std::string> levels;
  const auto list = door.get("items");
  for (const auto& one : list["items"]) levels.push_back(one["level"]);
  EXPECT_THAT(levels, ElementsAre("debug", "error", "info"));
  EXPECT_FALSE(door.vendor->check_settings({{"message_level", "warning"}}).has_value());
}

TEST(RollbarGrouping, VersionsCompareAsNumbers) {
  EXPECT_EQ(compare_versions("1.10", "1.9"), 1);
  EXPECT_EQ(compare_versions("v2", "2.0"), 0);
  EXPECT_EQ(compare_versions("1.2.3", "1.3"), -1);
  EXPECT_EQ(compare_versions("3fa9c2d", "1"), std::nullopt);
}

TEST(RollbarGrouping, CutsBetweenCharacters) {
  EXPECT_EQ(cut_to("\xC3\xA9\xC3\xA9\xC3\xA9", 2), "\xC3\xA9\xC3\xA9");
  EXPECT_EQ(cut_to("abc", 3), "abc");
}

}  // namespace
}  // namespace understudy::rollbar
