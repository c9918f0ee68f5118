#include "session/query_thread.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "session/followers.h"

namespace understudy::session {
namespace {

TEST(QueryThread, RunsJobsInOrderOnItsOwnThread) {
  std::vector<int> order;
  std::promise<std::thread::id> done;
  QueryThread query([](QueryThread::Job job) { job(); });
  for (int i = 0; i < 100; ++i) query.post([&order, i] { order.push_back(i); });
  query.post([&] { done.set_value(std::this_thread::get_id()); });
  EXPECT_NE(done.get_future().get(), std::this_thread::get_id());
  ASSERT_EQ(order.size(), 100);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(QueryThread, UrgentJobsGoBeforeThoseThatWait) {
  std::promise<void> gate, done;
  std::vector<std::string> order;
  QueryThread query([](QueryThread::Job job) { job(); });
  query.post([&] { gate.get_future().wait(); });
  query.post([&] { order.emplace_back("slow"); });
  query.post([&] { done.set_value(); });
  query.post_urgent([&] { order.emplace_back("urgent"); });
  gate.set_value();
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<std::string>{"urgent", "slow"}));
}

TEST(QueryThread, LetsGoOfAJobOnceItRan) {
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  std::promise<bool> gone;
  QueryThread query([](QueryThread::Job job) { job(); });
  query.post([held = std::move(held)] {});
  query.post([&] { gone.set_value(watched.expired()); });
  EXPECT_TRUE(gone.get_future().get());
}

struct Following {
  Followers followers{query};
  QueryThread query{[](QueryThread::Job job) { job(); }};  // the last: it ends first
};

TEST(Followers, LookAtOnceAndAgainWhenSomethingWasPublished) {
  Following following;
  auto& [followers, query] = following;
  std::promise<void> first, second;
  int looks = 0;
  followers.follow([&] {
    ++looks;
    if (looks == 1) first.set_value();
    if (looks == 2) second.set_value();
    return looks == 2 ? Followers::Next::done : Followers::Next::wait;
  });
  first.get_future().wait();
  followers.published();
  second.get_future().wait();
  std::promise<void> settled;
  followers.published();
  query.post([&] { settled.set_value(); });
  settled.get_future().wait();
  EXPECT_EQ(looks, 2);
}

TEST(Followers, OneThatHasMoreToReadLetsOthersHaveTheirTurn) {
  Following following;
  auto& [followers, query] = following;
  std::promise<void> done;
  std::string turns;
  const auto follower = [&](char name, int count) {
    return [&turns, &done, name, left = count]() mutable {
      turns += name;
      if (--left > 0) return Followers::Next::again;
      if (name == 'a') done.set_value();
      return Followers::Next::done;
    };
  };
  std::promise<void> gate;
  query.post_urgent([&] { gate.get_future().wait(); });
  followers.follow(follower('a', 4));
  followers.follow(follower('b', 3));
  gate.set_value();
  done.get_future().wait();
  EXPECT_EQ(turns, "abababa");
}

}  // namespace
}  // namespace understudy::session
