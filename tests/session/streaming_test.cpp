#include "session/streaming.h"

#include <gmock/gmock.h>

#include "tests/session/manual_loop.h"
#include "tests/session/scripted_vendor.h"

namespace understudy::session {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Says which entries it was shown, each time.
class Told final : public recording::Continuation {
 public:
  milliseconds period() const override { return milliseconds(100); }
  void add(const recording::Entry& entry) override { seen_ += std::to_string(entry.ordinal) + " "; }
  Piece piece(const recording::Moment&) override {
    if (--left == 0) return {std::exchange(seen_, ""), true};
    return {std::exchange(seen_, ""), false};
  }

  int left = 1000;

 private:
  std::string seen_;
};

struct Peer {
  std::vector<std::string> pieces;
  bool is_there = true;
  bool ended = false;
};

class PeerStream final : public transport::Stream {
 public:
  explicit PeerStream(Peer& peer) : peer_(peer) {}
  ~PeerStream() override { peer_.ended = true; }
  bool write(std::string_view piece) override {
    if (peer_.is_there && !piece.empty()) peer_.pieces.emplace_back(piece);
    return peer_.is_there;
  }

 private:
  Peer& peer_;
};

class StreamingTest : public ::testing::Test {
 protected:
  void begin() {
    const auto ordinal = toy.send({{"status", 200}});
    const auto run = std::make_shared<Streaming>(toy.session, 0, ordinal, told, std::make_shared<PeerStream>(peer));
    run->begin([this](auto delay, auto work) { loop.loop().after(delay, std::move(work)); }, &query, alive);
  }
  void advance(int ms) { loop.advance(milliseconds(ms), query); }

  testing::ScriptedSession toy;
  testing::ManualLoop loop;
  Peer peer;
  std::shared_ptr<Told> told = std::make_shared<Told>();
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);
  QueryThread query{[this](QueryThread::Job job) { loop.post(std::move(job)); }};  // the last: it ends first
};

TEST_F(StreamingTest, TellsEachLaterEntryOnce) {
  toy.send({{"status", 200}});
  begin();
  const auto second = toy.send({{"status", 200}});
  const auto third = toy.send({{"status", 200}});
  advance(99);
  EXPECT_THAT(peer.pieces, IsEmpty());
  advance(1);
  EXPECT_THAT(peer.pieces, ElementsAre(std::to_string(second) + " " + std::to_string(third) + " "));
  const auto fourth = toy.send({{"status", 200}});
  advance(300);
  ASSERT_EQ(peer.pieces.size(), 2u);
  EXPECT_EQ(peer.pieces[1], std::to_string(fourth) + " ");
  EXPECT_FALSE(peer.ended);
}

TEST_F(StreamingTest, TellsNothingOfOtherVendors) {
  begin();
  toy.send({{"status", 200}}, 1);
  toy.session->set_clock({});
  advance(100);
  EXPECT_THAT(peer.pieces, IsEmpty());
}

TEST_F(StreamingTest, EndsWithItsLastPiece) {
  begin();
  told->left = 2;
  advance(100);
  EXPECT_FALSE(peer.ended);
  advance(100);
  EXPECT_TRUE(peer.ended);
}

TEST_F(StreamingTest, EndsWhenThePeerIsGone) {
  begin();
  peer.is_there = false;
  advance(100);
  EXPECT_TRUE(peer.ended);
}

TEST_F(StreamingTest, EndsWithAReset) {
  begin();
  ASSERT_TRUE(toy.session->reset());
  toy.send({{"status", 200}});
  advance(100);
  EXPECT_TRUE(peer.ended);
  EXPECT_THAT(peer.pieces, IsEmpty());
}

TEST_F(StreamingTest, EndsWithItsSession) {
  begin();
  const std::weak_ptr<Session> session = toy.session;
  toy.session.reset();
  EXPECT_TRUE(session.expired()) << "a session that is removed does not wait for it";
  advance(100);
  EXPECT_TRUE(peer.ended);
}

TEST_F(StreamingTest, TouchesNothingOnceTheDoorsAreGone) {
  begin();
  alive.reset();
  advance(1000);
  EXPECT_THAT(peer.pieces, IsEmpty());
}

}  // namespace
}  // namespace understudy::session
