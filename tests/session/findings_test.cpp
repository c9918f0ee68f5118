#include "session/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "session/waiting.h"
#include "tests/session/scripted_vendor.h"

namespace understudy::session {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

class Findings : public ::testing::Test {
 protected:
  std::uint64_t send(const std::string& id, const std::string& place, std::size_t vendor = 0) {
    return toy.send({{"findings", {{{"id", id}, {"place", place}, {"detail", "seen"}}}}}, vendor);
  }
  std::vector<FoldedFinding> read(std::string_view vendor = "") {
    auto found = read_findings(capture_of(toy.session), toy.session->journal().size(), vendor);
    EXPECT_TRUE(found) << found.error();
    return found ? *found : std::vector<FoldedFinding>{};
  }
  testing::ScriptedSession toy;
};

TEST_F(Findings, CarryWhatTheirRuleSays) {
  const std::uint64_t entry = send("toy.wrong", "header x");
  const auto found = read();
  ASSERT_EQ(found.size(), 1);
  const json shown = to_json(found[0]);
  EXPECT_EQ(shown["id"], "toy.wrong");
  EXPECT_EQ(shown["severity"], "error");
  EXPECT_EQ(shown["vendor"], "toy");
  EXPECT_EQ(shown["place"], "header x");
  EXPECT_EQ(shown["message"], "Something is wrong.");
  EXPECT_EQ(shown["detail"], "seen");
  EXPECT_EQ(shown["disposition"], "refuses");
  EXPECT_EQ(shown["mend"], "Mend it now.");
  EXPECT_EQ(shown["evidence"], "code");
  EXPECT_EQ(shown["count"], 1);
  EXPECT_EQ(shown["examples"], json::array({entry}));
  EXPECT_EQ(shown["first"], shown["last"]);
}

TEST_F(Findings, FoldByIdAndPlaceWithFiveExamples) {
  std::vector<std::uint64_t> sent;
  for (int i = 0; i < 8; ++i) sent.push_back(send("toy.odd", "header x"));
  send("toy.odd", "header y");
  send("toy.wrong", "header x");
  send("toy.odd", "header x", 1);
  const auto found = read();
  ASSERT_EQ(found.size(), 4);
  EXPECT_EQ(found[0].id, "toy.wrong");  // the worst first
  EXPECT_EQ(found[1].count, 8);
  EXPECT_THAT(found[1].examples, ElementsAre(sent[0], sent[1], sent[2], sent[3], sent[4]));
  EXPECT_LE(found[1].first_ns, found[1].last_ns);
  EXPECT_EQ(found[2].place, "header y");
  EXPECT_EQ(found[3].vendor, "other");
}

TEST_F(Findings, PlacesThatDifferInIndexesAreOne) {
  send("toy.odd", "spans[3].name");
  EXPECT_EQ(read()[0].place, "spans[3].name");
  send("toy.odd", "spans[3].name");
  EXPECT_EQ(read()[0].place, "spans[3].name");
  send("toy.odd", "spans[17].name");
  send("toy.odd", "spans[].name");
  send("toy.odd", "spans[x].name[");
  const auto found = read();
  ASSERT_EQ(found.size(), 3);
  EXPECT_EQ(found[0].place, "spans[*].name");
  EXPECT_EQ(found[0].count, 3);
}

TEST_F(Findings, OneEntryIsOneExample) {
  const json finding = {{"id", "toy.odd"}, {"place", "a"}};
  toy.send({{"findings", {finding, finding}}});
  EXPECT_EQ(read()[0].count, 2);
  EXPECT_EQ(read()[0].examples.size(), 1);
}

TEST_F(Findings, DerivedOnesAreWorkedOutFromTheRecordsOfTheirVendor) {
  toy.send_span({{"name", "once"}});
  toy.send_span({{"name", "twice"}});
  toy.send_span({{"name", "twice"}}, 1);
  EXPECT_TRUE(read().empty());
  const std::uint64_t second = toy.send_span({{"name", "twice"}});
  const auto found = read();
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].id, "toy.twice");
  EXPECT_THAT(found[0].examples, ElementsAre(second));
  EXPECT_TRUE(read("other").empty());
}

TEST_F(Findings, ViewsBeginAfterTheLastReset) {
  send("toy.odd", "a");
  toy.send_span({{"name", "twice"}});
  ASSERT_TRUE(toy.session->reset());
  toy.send_span({{"name", "twice"}});
  EXPECT_TRUE(read().empty());
}

TEST_F(Findings, WhatNeverBecameARequestIsFoundToo) {
  recording::Request partial;
  partial.door = "toy_http";
  toy.session->fragment(0, partial, 3, {recording::Refusal::Reason::tls_on_plain_port, "a ClientHello"});
  const auto found = read();
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].id, "transport.tls-on-plain-port");
  EXPECT_EQ(found[0].vendor, "toy");
  EXPECT_TRUE(read("other").empty());
}

TEST_F(Findings, AnUnknownRuleSaysWhatTheEntryKept) {
  send("toy.from-the-future", "a");
  EXPECT_EQ(read()[0].message, "seen");
}

}  // namespace
}  // namespace understudy::session
