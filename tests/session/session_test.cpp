#include "session/session.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "session/reader.h"
#include "session/refusal_rules.h"
#include "tests/session/toy_vendor.h"

namespace understudy::session {
namespace {

using nlohmann::json;
using recording::Entry;
using recording::EntryKind;
using recording::Outcome;
using recording::Request;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const ToyVendor toy;
const Vendors vendors{&toy};

std::unique_ptr<Session> open(const SessionOptions& options = {}) {
  auto session = Session::open(options, vendors, {});
  EXPECT_TRUE(session.has_value()) << session.error();
  return std::move(*session);
}

struct Post {
  std::string head = "POST /count HTTP/1.1\r\n\r\n";
  std::string body;
  Request request;
  explicit Post(std::string of) : body(std::move(of)) {
    body.reserve(body.size() + 64);
    request.door = "toy";
    request.head = head;
    request.body = body;
    parse_head(request);
  }
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;
};

transport::Outgoing send(Session& session, const std::string& body) { return session.handle(0, Post(body).request); }

void expect_proof(const Session& session, std::uint64_t decided_again) {
  for (const VendorProof& proof : session.prove()()) {
    EXPECT_TRUE(proof.fold_equals_live);
    EXPECT_EQ(proof.decided_again, decided_again);
    EXPECT_THAT(proof.differences, IsEmpty());
  }
}

TEST(Session, DecidesAppendsAppliesReplies) {
  const auto session = open();
  const auto first = send(*session, "count");
  const auto second = send(*session, "count");
  EXPECT_THAT(first.reply.body, StartsWith("0 "));
  EXPECT_THAT(second.reply.body, StartsWith("1 "));
  EXPECT_TRUE(second.recorded);
  EXPECT_EQ(session->journal().read(second.ordinal)->body, "count");
  EXPECT_THAT(session->views().dump(0), StartsWith("counted 2 last "));
  expect_proof(*session, 2);
}

TEST(Session, TheSameSeedGivesTheSameIds) {
  SessionOptions options;
  options.seed = 5;
  const auto one = open(options), other = open(options);
  send(*one, "count"), send(*other, "count");
  EXPECT_EQ(one->views().dump(0), other->views().dump(0));
  options.seed = 6;
  const auto third = open(options);
  send(*third, "count");
  EXPECT_NE(one->views().dump(0), third->views().dump(0));
}

TEST(Session, AReadThatIsAnsweredLaterSeesWhatStoodWhenItCame) {
  const auto session = open();
  send(*session, "count");
  Session::Begun first = session->begin(0, Post("list").request);
  ASSERT_NE(first.read, nullptr);
  send(*session, "count");
  Session::Begun second = session->begin(0, Post("list").request);
  first.read->run(session->journal());
  const auto answer = session->finish(*first.read);
  second.read->run(session->journal());
  EXPECT_THAT(answer.reply.body, testing::MatchesRegex("1 counted before 2, [0-9a-f-]+\ncount\n"));
  EXPECT_THAT(session->finish(*second.read).reply.body,
              testing::MatchesRegex("2 counted before 3, [0-9a-f-]+\ncount\ncount\n"));
  const auto entry = session->journal().read(answer.ordinal);
  EXPECT_TRUE(entry->read);
  EXPECT_EQ(entry->ordinal, 3);  // it was decided at 2, and recorded when its answer was there
  EXPECT_EQ(entry->read_below, 2);
  EXPECT_EQ(entry->body, "list");
  EXPECT_EQ(entry->findings.size(), 1);
  expect_proof(*session, 4);
}

TEST(Session, AReadAfterAResetSeesNothingOfBefore) {
  const auto session = open();
  send(*session, "count");
  Session::Begun before = session->begin(0, Post("list").request);
  ASSERT_TRUE(session->reset().has_value());
  const auto after = send(*session, "list");
  EXPECT_THAT(after.reply.body, StartsWith("0 counted"));
  EXPECT_THAT(after.reply.body, testing::Not(HasSubstr("\ncount")));
  before.read->run(session->journal());
  EXPECT_THAT(session->finish(*before.read).reply.body, HasSubstr("\ncount"));
  expect_proof(*session, 3);
}

TEST(Session, ReadsOfTheSameMomentGetIdsOfTheirOwn) {
  const auto session = open();
  const auto one = send(*session, "list"), other = send(*session, "list");
  EXPECT_NE(one.reply.body.substr(20), other.reply.body.substr(20));
}

TEST(Session, ProofSeesAReadThatAnswersOtherwise) {
  const auto session = open();
  send(*session, "count");
  Session::Begun begun = session->begin(0, Post("list").request);
  begun.read->run(session->journal());
  begun.read->answer.reply.body += "more";
  session->finish(*begun.read);
  EXPECT_THAT(session->prove()()[0].differences, testing::ElementsAre(HasSubstr("the length of the reply")));
}

TEST(Session, ProofSeesAStateThatWasChangedWithoutAnEntry) {
  const auto session = open();
  send(*session, "count");
  auto& state = const_cast<ToyState&>(static_cast<const ToyState&>(session->views().state(0)));
  ++state.counted;
  EXPECT_FALSE(session->prove()()[0].fold_equals_live);
  send(*session, "count");
  EXPECT_THAT(session->prove()()[0].differences, testing::ElementsAre(HasSubstr("the body of the reply")));
}

TEST(Session, AFullJournalAcknowledgesNothingAndAppliesNothing) {
  SessionOptions options;
  options.max_bytes = 3000;
  const auto session = open(options);
  send(*session, "count");
  const std::string before = session->views().dump(0);
  const auto refused = send(*session, "count" + std::string(3000, 'x'));
  EXPECT_EQ(refused.reply.status, 503);
  EXPECT_FALSE(refused.recorded);
  EXPECT_EQ(session->views().dump(0), before);
  EXPECT_THAT(session->troubles(), testing::ElementsAre(HasSubstr("--max-bytes")));
  const auto said = session->journal().read(2);  // the capture says so itself
  EXPECT_EQ(said->kind, EntryKind::fragment);
  EXPECT_THAT(said->reason, HasSubstr("--max-bytes"));
  EXPECT_EQ(said->findings.at(0).id, "transport.overloaded");
  send(*session, "count" + std::string(3000, 'x'));
  EXPECT_EQ(session->journal().size(), 3u);  // once is enough
  send(*session, "");                        // fits, and does not make the capture whole
  EXPECT_THAT(session->troubles(), testing::ElementsAre(testing::StartsWith("2 requests could not be kept")));
  expect_proof(*session, 2);
  ASSERT_TRUE(session->reset().has_value());
  EXPECT_THAT(session->troubles(), IsEmpty());
}

TEST(Session, WhereNothingFitsAnyMoreThereIsRoomToSaySo) {
  SessionOptions options;
  options.max_bytes = 600;
  const auto session = open(options);
  const auto last = [&] { return session->journal().read(session->journal().size() - 1); };
  while (send(*session, "count").recorded) EXPECT_LE(session->journal().bytes(), 600u);
  EXPECT_EQ(last()->kind, EntryKind::fragment);
  EXPECT_GT(session->journal().bytes(), 600u);
  EXPECT_FALSE(session->reset().has_value());
}

TEST(Session, ResetBeginsAnewAndKeepsAccounts) {
  const auto session = open();
  ASSERT_TRUE(session->set_accounts(json{{"toy", "alice"}}).has_value());
  send(*session, "count");
  ASSERT_TRUE(session->reset().has_value());
  EXPECT_EQ(session->views().dump(0), "counted 0 last  account alice");
  EXPECT_EQ(session->start(), session->journal().size());
  send(*session, "count");
  expect_proof(*session, 2);
}

TEST(Session, AVendorThatIsNotNamedKeepsItsAccountsAndSettings) {
  const auto session = open();
  ASSERT_TRUE(session->set_accounts(json{{"toy", "alice"}}).has_value());
  ASSERT_TRUE(session->set_settings(json{{"toy", json::object()}}).has_value());
  ASSERT_TRUE(session->set_accounts(json::object()).has_value());
  ASSERT_TRUE(session->set_settings(json::object()).has_value());
  EXPECT_EQ(session->views().accounts, R"({"toy":"alice"})");
  EXPECT_EQ(session->views().settings, R"({"toy":{}})");
  ASSERT_TRUE(session->reset().has_value());
  EXPECT_EQ(session->views().dump(0), "counted 0 last  account alice");
}

TEST(Session, AccountsOfNoVendorAreRefused) {
  const auto session = open();
  EXPECT_THAT(session->set_accounts(json{{"toi", "x"}}).error(), HasSubstr("\"toi\" is no vendor"));
  EXPECT_THAT(session->set_accounts(json{{"toy", 1}}).error(), HasSubstr("toy: a string is wanted"));
  EXPECT_THAT(session->set_accounts(json(3)).error(), HasSubstr("JSON object"));
  EXPECT_EQ(session->journal().size(), 1u);
}

TEST(Session, TheClockShiftsAndFreezesTheVendorsInstantOnly) {
  const auto session = open();
  Clock clock;
  clock.frozen_ns = 42;
  ASSERT_TRUE(session->set_clock(clock).has_value());
  EXPECT_THAT(send(*session, "").reply.body, testing::EndsWith(" 42"));
  clock.frozen_ns.reset();
  clock.offset_ns = 3'600'000'000'000;
  ASSERT_TRUE(session->set_clock(clock).has_value());
  const auto entry = session->journal().read(send(*session, "").ordinal);
  EXPECT_EQ(entry->moment.vendor_ns - entry->moment.wall_ns, 3'600'000'000'000);
  expect_proof(*session, 2);
}

TEST(Session, AFaultBeforeActsInTheVendorsPlaceForTheNextCallsOnly) {
  const auto session = open();
  ASSERT_TRUE(session->add_fault(json{{"vendor", "toy"}, {"status", 502}, {"body", "bad"}, {"count", 2}}).has_value());
  EXPECT_EQ(send(*session, "count").reply.status, 502);
  const auto second = send(*session, "count");
  EXPECT_EQ(second.reply.body, "bad");
  EXPECT_EQ(send(*session, "count").reply.status, 200);
  EXPECT_THAT(session->views().dump(0), StartsWith("counted 1 "));
  EXPECT_THAT(session->journal().read(second.ordinal)->fault, HasSubstr("\"when\":\"before\""));
  expect_proof(*session, 1);
}

TEST(Session, AFaultAfterLosesTheReplyButNotTheEffect) {
  const auto session = open();
  ASSERT_TRUE(session->add_fault(json{{"when", "after"}, {"action", "reset"}, {"delay_ms", 5}}).has_value());
  const auto out = send(*session, "count");
  EXPECT_TRUE(out.reset);
  EXPECT_EQ(out.delay.count(), 5);
  EXPECT_THAT(session->views().dump(0), StartsWith("counted 1 "));
  EXPECT_EQ(session->journal().read(out.ordinal)->reply.status, 200);  // what the vendor decided stays
  EXPECT_FALSE(send(*session, "count").reset);
  expect_proof(*session, 2);
}

TEST(Session, FaultsMatchByPath) {
  const auto session = open();
  ASSERT_TRUE(session->add_fault(json{{"match", {{"path", "/other"}}}}).has_value());
  EXPECT_EQ(send(*session, "count").reply.status, 200);
  ASSERT_TRUE(session->add_fault(json{{"match", {{"path", "/cou"}}}}).has_value());
  EXPECT_EQ(send(*session, "count").reply.status, 503);
}

TEST(Session, FaultsMatchByDoor) {
  const auto session = open();
  EXPECT_THAT(session->add_fault(json{{"match", {{"door", "tyo"}}}}).error(),
              HasSubstr("\"tyo\" is no door: use one of toy"));
  ASSERT_TRUE(session->add_fault(json{{"match", {{"door", "toy"}}}}).has_value());
  EXPECT_EQ(send(*session, "count").reply.status, 503);
}

TEST(Session, AFaultMayReplaceTheBodyAlone) {
  const auto session = open();
  ASSERT_TRUE(session->add_fault(json{{"action", "body"}, {"body", "<html>"}}).has_value());
  const auto out = send(*session, "count");
  EXPECT_EQ(out.reply.status, 200);
  EXPECT_EQ(out.reply.body, "<html>");
  EXPECT_THAT(session->journal().read(out.ordinal)->reply.body, StartsWith("0 "));
  expect_proof(*session, 1);
}

TEST(Session, AFaultMayCutTheReply) {
  const auto session = open();
  ASSERT_TRUE(session->add_fault(json{{"action", "cut"}, {"bytes", 1}}).has_value());
  const auto out = send(*session, "count");
  EXPECT_EQ(out.cut, 1u);
  EXPECT_THAT(session->views().dump(0), StartsWith("counted 1 "));
  ASSERT_TRUE(session->add_fault(json{{"action", "cut"}, {"when", "before"}, {"body", "half"}}).has_value());
  const auto before = send(*session, "count");
  EXPECT_EQ(before.cut, 0u);
  EXPECT_EQ(before.reply.body, "half");
  EXPECT_THAT(session->views().dump(0), StartsWith("counted 1 "));
  expect_proof(*session, 1);
}

TEST(Session, AFaultMayStopReading) {
  const auto session = open();
  ASSERT_TRUE(session->add_fault(json{{"action", "stop_reading"}}).has_value());
  const auto out = send(*session, "count");
  EXPECT_TRUE(out.reset);
  EXPECT_EQ(out.delay, std::chrono::minutes(1));
}

TEST(Session, WhatAFaultTookMeansNothing) {
  const auto session = open();
  ASSERT_TRUE(session->add_fault(json{{"status", 200}}).has_value());
  send(*session, "count");
  send(*session, "count");
  std::vector<std::uint64_t> entries;
  for (std::uint64_t ordinal = 0; ordinal < session->journal().size(); ++ordinal) {
    const auto read = read_records({nullptr, &session->journal(), &vendors, "", 0}, ordinal, "",
                                   [&](recording::Record&& record, const Entry&) { entries.push_back(record.entry); });
    EXPECT_TRUE(read.has_value());
  }
  EXPECT_THAT(entries, ElementsAre(3));  // after session, fault and the call that the fault took
}

TEST(Session, AFaultMayActByChanceAsTheSeedSays) {
  const auto acted = [](std::uint64_t seed) {
    SessionOptions options;
    options.seed = seed;
    const auto session = open(options);
    EXPECT_TRUE(session->add_fault(json{{"probability", 0.5}, {"count", 1000}}).has_value());
    std::string calls;
    for (int i = 0; i < 64; ++i) calls += send(*session, "count").reply.status == 503 ? 'x' : '.';
    expect_proof(*session, static_cast<std::uint64_t>(std::ranges::count(calls, '.')));
    return calls;
  };
  EXPECT_EQ(acted(5), acted(5));
  EXPECT_NE(acted(5), acted(6));
  EXPECT_THAT(acted(5), AllOf(HasSubstr("x"), HasSubstr(".")));
}

// Datagrams with these bodies, as one batch.
void receive(Session& session, const std::vector<std::string>& bodies) {
  std::vector<std::string> padded;
  for (const std::string& body : bodies) padded.push_back(body + std::string(64, '\0'));
  std::vector<transport::Datagram> batch;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    batch.push_back({std::string_view(padded[i]).substr(0, bodies[i].size()), "127.0.0.1:9"});
  }
  session.datagrams(0, "toy", batch, 0);
}

std::vector<std::string> bodies_of(const Session& session) {
  std::vector<std::string> bodies;
  for (std::uint64_t ordinal = 0; ordinal < session.journal().size(); ++ordinal) {
    const auto entry = session.journal().read(ordinal);
    if (entry->kind == EntryKind::exchange) bodies.emplace_back(entry->body);
  }
  return bodies;
}

TEST(Session, DatagramsMayBeLost) {
  const auto session = open();
  ASSERT_TRUE(session->add_fault(json{{"action", "status"}}).has_value());  // not of datagrams
  ASSERT_TRUE(session->add_fault(json{{"action", "drop"}, {"count", 2}}).has_value());
  receive(*session, {"count 1", "count 2", "count 3"});
  EXPECT_THAT(session->views().dump(0), StartsWith("counted 1 "));
  EXPECT_THAT(bodies_of(*session), ElementsAre("count 1", "count 2", "count 3"));
  EXPECT_THAT(session->journal().read(3)->fault, HasSubstr("\"action\":\"drop\""));
  EXPECT_EQ(send(*session, "count").reply.status, 503);
  expect_proof(*session, 1);
}

TEST(Session, DatagramsMayComeOutOfOrder) {
  const auto session = open();
  std::chrono::milliseconds held{};
  session->on_held([&](std::chrono::milliseconds time) { held = time; });
  ASSERT_TRUE(session->add_fault(json{{"action", "reorder"}, {"count", 2}, {"delay_ms", 30}}).has_value());
  receive(*session, {"count 1", "count 2", "count 3"});
  EXPECT_THAT(bodies_of(*session), ElementsAre("count 2", "count 1"));
  EXPECT_EQ(held.count(), 30);
  receive(*session, {"count 4", "count 5"});
  EXPECT_THAT(bodies_of(*session), ElementsAre("count 2", "count 1", "count 4", "count 3", "count 5"));
  expect_proof(*session, 5);
}

TEST(Session, ADatagramThatIsHeldBackIsNotLost) {
  const auto session = open();
  ASSERT_TRUE(session->add_fault(json{{"action", "reorder"}}).has_value());
  receive(*session, {"count 1"});
  EXPECT_THAT(bodies_of(*session), IsEmpty());
  session->settle();
  EXPECT_THAT(bodies_of(*session), ElementsAre("count 1"));
  EXPECT_EQ(session->views().faults.at(0).remaining, 0u);
  expect_proof(*session, 1);
}

TEST(Session, BadFaultsNameTheMember) {
  const auto session = open();
  const auto error = [&](const json& fault) { return session->add_fault(fault).error(); };
  EXPECT_THAT(error({{"when", "during"}}), HasSubstr("\"when\" must be"));
  EXPECT_THAT(error({{"status", "503"}}), HasSubstr("\"status\" must be an integer from 200 to 599"));
  EXPECT_THAT(error({{"vendor", "acme"}}), HasSubstr("\"acme\" is no vendor"));
  EXPECT_THAT(error({{"cuont", 1}}), HasSubstr("unknown member \"cuont\""));
  EXPECT_THAT(error({{"match", {{"pfad", "x"}}}}), HasSubstr("\"match\" must be"));
  EXPECT_THAT(error({{"action", "explode"}}), HasSubstr("\"action\" must be one of status, delay, reset, body"));
  EXPECT_THAT(error({{"action", "body"}, {"when", "before"}}), HasSubstr("\"when\" must be \"after\""));
  EXPECT_THAT(error({{"action", "drop"}, {"when", "after"}}), HasSubstr("\"when\" must be \"before\""));
  EXPECT_THAT(error({{"probability", 0}}), HasSubstr("\"probability\" must be a number above 0, at most 1"));
  EXPECT_THAT(error({{"bytes", -1}}), HasSubstr("\"bytes\" must be"));
  EXPECT_THAT(error(json::array()), HasSubstr("must be a JSON object"));
  EXPECT_EQ(session->journal().size(), 1u);
}

TEST(Session, DatagramsAreOneBatchAndDropsAreCounted) {
  const auto session = open();
  const std::string padded = "count" + std::string(64, '\0');
  const transport::Datagram one{std::string_view(padded).substr(0, 5), "127.0.0.1:9"};
  const transport::Datagram batch[] = {one, one, one};
  session->datagrams(0, "toy", batch, 7);
  EXPECT_THAT(session->views().dump(0), StartsWith("counted 3 "));
  const auto drops = session->journal().read(4);
  EXPECT_EQ(drops->kind, EntryKind::drops);
  EXPECT_EQ(drops->total_bytes, 7u);
}

TEST(Session, AFragmentIsKeptWithItsReasonAndAFinding) {
  const auto session = open();
  const Post partial("half");
  const auto reply =
      session->fragment(0, partial.request, 4, {recording::Refusal::Reason::timeout, "nothing came for 15 s"});
  EXPECT_EQ(reply.status, 503);
  const auto entry = session->journal().read(1);
  EXPECT_EQ(entry->kind, EntryKind::fragment);
  EXPECT_EQ(entry->reason, "nothing came for 15 s");
  ASSERT_EQ(entry->findings.size(), 1u);
  EXPECT_NE(find_rule(vendors, entry->findings[0].id), nullptr);
  EXPECT_EQ(find_rule(vendors, "toy.body.empty")->mend, "Send one.");
  EXPECT_EQ(find_rule(vendors, "no.such"), nullptr);
}

TEST(Session, OutcomesAreGathered) {
  const auto session = open();
  int scheduled = 0;
  session->on_outcomes_pending([&] { ++scheduled; });
  const auto first = send(*session, "count"), second = send(*session, "count");
  session->left(first.ordinal, Outcome::written);
  session->left(second.ordinal, Outcome::peer_gone);
  EXPECT_EQ(scheduled, 1);
  EXPECT_EQ(session->journal().row(first.ordinal).outcome.load(), Outcome{});
  session->flush_outcomes();
  EXPECT_EQ(session->journal().row(first.ordinal).outcome.load(), Outcome::written);
  EXPECT_EQ(session->journal().row(second.ordinal).outcome.load(), Outcome::peer_gone);
}

TEST(Session, OnDiskEverythingComesBack) {
  char name[] = "/tmp/understudy-session-XXXXXX";
  SessionOptions options;
  options.directory = mkdtemp(name);
  std::string before;
  {
    const auto session = open(options);
    ASSERT_TRUE(session->set_accounts(json{{"toy", "bob"}}).has_value());
    ASSERT_TRUE(session->add_fault(json{{"count", 2}}).has_value());
    send(*session, "count"), send(*session, "count"), send(*session, "count");
    before = session->views().dump(0);
  }
  const auto session = open(options);
  EXPECT_EQ(session->views().dump(0), before);
  EXPECT_EQ(session->views().faults.at(0).remaining, 0u);
  expect_proof(*session, 1);
  std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace understudy::session
