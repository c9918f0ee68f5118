// Occurrences that are known by their outline go where reading all of them would have put them.
#include "rollbar/item_index.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "base/content_coding.h"
#include "base/percent.h"
#include "rollbar/schema.h"
#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

// Nothing where there is something to say about the payload.
std::optional<std::uint64_t> outline_in(const std::string& body) {
  JsonReader reader;
  const auto outline = outline_of(*reader.read(body));
  return outline ? std::optional(outline->value()) : std::nullopt;
}

std::string payload_of(std::string_view members) { return fmt::format(R"({{"data":{{{}}}}})", members); }

std::string trace(std::string_view frame, std::string_view more = "", std::string_view name = "E") {
  return payload_of(
      fmt::format(R"("environment":"e",{}"body":{{"trace":{{"frames":[{{{}}}],"exception":{{"class":"{}",)"
                  R"("message":"m"}}}}}})",
                  more, frame, name));
}

constexpr std::string_view a_frame = R"("filename":"a.py","method":"f")";

TEST(RollbarOutline, IsTheSameWhateverElseAnItemHolds) {
  const auto one = outline_in(trace(a_frame));
  ASSERT_TRUE(one.has_value());
  for (const std::string& body :
       {trace(R"("filename":"a.py","lineno":7,"method":"f","code":"x","locals":{"filename":"b"})"),
        trace(a_frame, R"("custom":{"environment":"f","body":[{}]},"uuid":"5","level":"info","title":"t",)"),
        trace(a_frame, R"("request":{"body":{}},"notifier":{"name":"n"},"timestamp":5,"person":{"id":7},)")}) {
    EXPECT_EQ(outline_in(body), one) << body;
  }
  EXPECT_EQ(outline_in(trace(a_frame, R"("server":{"root":"r","host":"a"},)")),
            outline_in(trace(a_frame, R"("server":{"root":"r","host":"b"},)")));
}

TEST(RollbarOutline, DiffersWithAllThatFilesAnItem) {
  const std::string bodies[] = {
      trace(a_frame),
      trace(R"("filename":"b.py","method":"f")"),
      trace(R"("filename":"a.py","method":"g")"),
      trace(R"("filename":"a.py\u0000","method":"f")"),
      trace(R"("filename":"a.py"},{"filename":"f")"),
      trace(R"("filename":"a.py","method":"f"},{"filename":"")"),
      trace(a_frame, "", "F"),
      trace(a_frame, R"("code_version":"1",)"),
      trace(a_frame, R"("code_version":1,)"),
      trace(a_frame, R"("code_version":-1,)"),
      trace(a_frame, R"("code_version":null,)"),
      trace(a_frame, R"("server":{"code_version":"1"},)"),
      trace(a_frame, R"("server":{"root":"1"},)"),
      trace(a_frame, R"("client":{"javascript":{"code_version":"1"}},)"),
      trace(a_frame, R"("fingerprint":"1",)"),
      payload_of(R"("environment":"f","body":{"trace":{"frames":[],"exception":{"class":"E"}}})"),
      payload_of(R"("body":{"message":{"body":"x"}})"),
      payload_of(R"("body":{"crash_report":{"raw":"x"}})"),
      payload_of(R"("body":{"trace_chain":[{"frames":[],"exception":{"class":"E"}}]})"),
      payload_of(
          R"("body":{"trace_chain":[{"frames":[],"exception":{"class":"E"}},{"frames":[],"exception":{"class":"E"}}]})"),
      payload_of(R"("body":{"trace":{"frames":[],"exception":{"class":"E"}}})")};
  std::set<std::uint64_t> outlines;
  for (const std::string& body : bodies) {
    const auto outline = outline_in(body);
    ASSERT_TRUE(outline.has_value()) << body;
    outlines.insert(*outline);
  }
  EXPECT_EQ(outlines.size(), std::size(bodies));
}

// Each byte of a text counts, of any length.
TEST(RollbarOutline, DiffersWithEachByte) {
  std::set<std::uint64_t> outlines;
  std::size_t texts = 0;
  for (std::size_t size = 0; size < 50; ++size) {
    for (std::size_t changed = 0; changed <= size + 1; ++changed, ++texts) {
      std::string text(size + 1, 'x');
      if (changed <= size) text[changed] = 'y';
      Outline outline;
      outline.add('f', text);
      outlines.insert(outline.value());
    }
  }
  EXPECT_EQ(outlines.size(), texts);
}

TEST(RollbarOutline, OfAServerAndAClientOfAnyShape) {
  for (const std::string_view more :
       {R"("server":{"root":5},)", R"("server":{"root":[{}]},)", R"("server":{"root":{}},)",
        R"("client":{"javascript":[5]},)", R"("client":{"javascript":"x"},)",
        R"("client":{"javascript":{"code_version":[1]}},)", R"("server":null,)"}) {
    EXPECT_TRUE(outline_in(trace(a_frame, more)).has_value()) << more;
  }
}

// Stands in journals: a change here wants a new field in the effect.
TEST(RollbarOutline, StaysWhatItIs) {
  Outline outline;
  outline.add('f', "0123456789");
  outline.add('i');
  EXPECT_EQ(outline.value(), 0xD6BF28CDB9FB4407U);
}

// ---- the index

std::string dump(const ItemIndex& index) {
  std::string text;
  for (const Item& item : index.items()) {
    text += fmt::format("{} {} {} {} {} \"{}\" {} {} {} {}, {} from {} {} to {} {}, activated {} {} {}, in {}\n",
                        item.id, item.counter, item.project, item.environment, item.fingerprint, item.title, item.level,
                        item.status, item.platform, item.framework, item.total_occurrences, item.first_occurrence,
                        item.first_second, item.last_occurrence, item.last_second, item.activating_occurrence,
                        item.activated_second, fmt::join(item.activations, ","), fmt::join(item.occurrences, ","));
  }
  for (const Occurrence& one : index.occurrences()) {
    text += fmt::format("{} at {} of {} {}\n", one.id(), one.second, one.item, one.is_system);
  }
  for (const Version& version : index.versions()) {
    text += fmt::format("{} {} {} {} from {} to {}:", version.project, version.environment, version.text,
                        version.created, version.first_occurrence.value_or(0), version.last_occurrence.value_or(0));
    for (const auto& [item, part] : version.items) {
      text += fmt::format(" {} {} {} {}-{}", item, part.events, part.occurrences, part.first, part.last);
    }
    text += '\n';
  }
  for (const Environment& one : index.environments()) text += fmt::format("{} {}\n", one.project, one.name);
  return text;
}

void expect_equal_folds(const Door& door) {
  ItemIndex reading(0), knowing, forgetful(2);
  for (ItemIndex* const index : {&reading, &knowing, &forgetful}) door.fold_into(*index);
  EXPECT_EQ(dump(knowing), dump(reading));
  EXPECT_EQ(dump(forgetful), dump(reading));
}

std::vector<Sent> every_kind() {
  std::vector<Sent> all;
  for (const std::string_view version :
       {"", R"("code_version":"1.0",)", R"("code_version":2,)", R"("client":{"javascript":{"code_version":"1.0"}},)",
        R"("server":{"root":"/srv","code_version":"1.0"},)"}) {
    for (const std::string_view frame : {a_frame, std::string_view(R"("method":"f","filename":"a.py","lineno":5)"),
                                         std::string_view(R"("filename":"a.py","method":"g")"),
                                         std::string_view(R"("filename":"/srv/a.py","method":null)")}) {
      all.push_back(item(trace(frame, version)));
    }
  }
  for (const std::string_view members :
       {R"("body":{"message":{"body":"user 4711"}})", R"("body":{"message":{"body":"user 98"}})",
        R"("environment":"e","environment":"last","body":{"message":{"body":"user 98"}})",
        R"("\u0065nvironment":"escaped","body":{"message":{"body":"user 98"}})",
        R"("environment":null,"body":{"message":{"body":"user 98"}})", R"("body":{"crash_report":{"raw":"x\ny"}})",
        R"("fingerprint":"mine","title":"one","body":{"message":{"body":"a"}})",
        R"("fingerprint":"mine","title":"two","body":{"message":{"body":"b"}})",
        R"("body":{"trace":null,"trace_chain":[{"frames":[],"exception":{"class":"E"}},)"
        R"({"frames":[{"filename":"a"}],"exception":{"class":"F"}}]})",
        R"("body":{"message":{"body":"\ud800"}},"custom":{"n":1e999})"}) {
    all.push_back(item(payload_of(members)));
  }
  all.push_back(item(" \n" + trace(a_frame)));
  all.push_back(with_headers("X-Rollbar-Access-Token: t\r\n", "payload=" + percent_encode(trace(a_frame))));
  all.push_back(with_headers("X-Rollbar-Access-Token: t\r\nContent-Encoding: gzip\r\n", gzip(trace(a_frame))));
  all.push_back(item("{}"));  // refused
  return all;
}

void send_all(Door& door) {
  for (const Sent& sent : every_kind()) door.send(sent), door.now.vendor_ns += 1'000'000'000;
}

TEST(RollbarItemIndex, FilesByOutlineAsByReading) {
  Door door;
  for (int i = 0; i < 3; ++i) send_all(door);
  expect_equal_folds(door);
  EXPECT_GT(door.get("items")["total_count"], 5);
}

TEST(RollbarItemIndex, WhatChangesInBetweenCounts) {
  Door door;
  const std::string titled =
      payload_of(R"("fingerprint":"f","title":"first","code_version":"2.0","body":{"message":{"body":"x"}})");
  std::string later = titled, older = titled;
  later.replace(later.find("first"), 5, "later");
  older.replace(older.find("2.0"), 3, "1.0");
  for (const std::string& body : {titled, older, later}) door.send(item(body));
  const std::string id = door.get("items")["items"][0]["id"].dump();
  send_all(door);
  door.patch("item/" + id, {{"status", "resolved"}, {"resolved_in_version", "2.0"}});
  for (const std::string& body : {older, older, later, titled, older}) door.send(item(body));
  EXPECT_EQ(door.get("item/" + id)["title"], "later");
  door.patch("item/" + id, {{"status", "muted"}});
  door.send({.target = "/api/1/deploy", .body = R"({"environment":"unknown","revision":"2.0"})"});
  door.send(item(titled));
  expect_equal_folds(door);
  EXPECT_EQ(door.get("versions/2.0?environment=unknown")["item_stats"]["reactivated"]["info"], 1);
}

TEST(RollbarItemIndex, ProjectsAndTheirRulesAreToldApart) {
  Door door;
  nlohmann::json accounts;
  for (const std::string name : {"one", "two"}) {
    accounts["tokens"].push_back({{"access_token", name}, {"scopes", {"post_server_item"}}, {"project", name}});
  }
  door.accounts(accounts);
  const auto send_both = [&] {
    for (const std::string name : {"one", "two"}) {
      for (const std::string_view own : {"a", "b"}) {
        door.send(with_headers(fmt::format("X-Rollbar-Access-Token: {}\r\n", name),
                               trace(a_frame, fmt::format(R"("fingerprint":"{}",)", own))));
      }
    }
  };
  send_both();
  send_both();
  door.settings({{"client_fingerprints", "ignore"}});
  send_both();
  door.settings(
      {{"client_fingerprints", "ignore"},
       {"grouping_rules", {{{"condition", {{"path", "fingerprint"}, {"eq", "a"}}}, {"fingerprint", "rule"}}}}});
  send_both();
  expect_equal_folds(door);
  ItemIndex index;
  door.fold_into(index);
  EXPECT_EQ(index.items().size(), 2U * (2 + 1 + 1));
}

}  // namespace
}  // namespace understudy::rollbar
