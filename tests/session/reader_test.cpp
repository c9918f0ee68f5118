#include "session/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "session/waiting.h"
#include "tests/session/scripted_vendor.h"

namespace understudy::session {
namespace {

using nlohmann::json;

json spans(int count) {
  json body = {{"records", json::array()}};
  for (int i = 0; i < count; ++i) body["records"].push_back({{"kind", "span"}, {"fields", {{"n", i}}}});
  return body;
}

class Reading : public ::testing::Test {
 protected:
  std::expected<Page, std::string> page(const Selection& selection, std::uint64_t begin, std::size_t limit) {
    return read_page(capture_of(toy.session), selection, begin, toy.session->journal().size(), limit);
  }
  testing::ScriptedSession toy;
};

TEST_F(Reading, RecordsCarryWhereTheyCameFrom) {
  toy.send(spans(2));
  const auto all = page({}, 0, 100);
  ASSERT_EQ(all->records.size(), 2);
  EXPECT_EQ(record_id(all->records[1]), "default/1/1");
  EXPECT_EQ(all->records[1].vendor, "toy");
}

TEST_F(Reading, SelectsByVendorKindAndFields) {
  toy.send(spans(3));
  toy.send(spans(3), 1);
  toy.send({{"records", {{{"kind", "item"}}}}});
  EXPECT_EQ(page({}, 0, 100)->records.size(), 7);
  EXPECT_EQ(page({.vendor = "other", .kind = "", .where = {}}, 0, 100)->records.size(), 3);
  EXPECT_EQ(page({.vendor = "", .kind = "item", .where = {}}, 0, 100)->records.size(), 1);
  const recording::Filter where({*recording::Filter::condition_from_text("n > 1")});
  EXPECT_EQ(page({.vendor = "", .kind = "", .where = where}, 0, 100)->records.size(), 2);
}

TEST_F(Reading, IndexesCountAllRecordsOfAnEntryWhateverIsSelected) {
  toy.send({{"records", {{{"kind", "item"}}, {{"kind", "span"}}}}});
  EXPECT_EQ(record_id(page({.vendor = "", .kind = "span", .where = {}}, 0, 100)->records[0]), "default/1/1");
}

TEST_F(Reading, PagesGoOnWhereTheLastOneEndedAndTearNoEntryApart) {
  for (int i = 0; i < 5; ++i) toy.send(spans(3));
  std::uint64_t next = 0;
  std::vector<std::size_t> sizes;
  do {
    const auto one = page({}, next, 4);
    sizes.push_back(one->records.size());
    next = one->next;
  } while (next < toy.session->journal().size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{6, 6, 3}));
}

TEST_F(Reading, ViewsBeginAfterTheLastReset) {
  toy.send(spans(1));
  ASSERT_TRUE(toy.session->reset());
  toy.send(spans(2));
  EXPECT_EQ(page({}, 0, 100)->records.size(), 2);
  EXPECT_EQ(start_of(toy.session->journal()), toy.session->start());
  EXPECT_EQ(name_of_session(toy.session->journal()), "default");
}

TEST_F(Reading, ControlEntriesAndOutcomesHoldNoRecords) {
  const std::uint64_t sent = toy.send(spans(1));
  toy.session->left(sent, recording::Outcome::written);
  toy.session->flush_outcomes();
  const Capture capture = capture_of(toy.session);
  EXPECT_FALSE(may_hold_records(capture, 0, ""));
  EXPECT_TRUE(may_hold_records(capture, sent, ""));
  EXPECT_TRUE(may_hold_records(capture, sent, "toy"));
  EXPECT_FALSE(may_hold_records(capture, sent, "other"));
  EXPECT_FALSE(may_hold_records(capture, sent + 1, ""));
}

}  // namespace
}  // namespace understudy::session
