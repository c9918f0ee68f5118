// The io thread of a test: the test's own thread, with a clock that the test moves.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

#include "session/waiting.h"

namespace understudy::session::testing {

class ManualLoop {
 public:
  using Job = std::function<void()>;

  void post(Job job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
  }

  Loop loop() {
    return {[this](Job job) { post(std::move(job)); },
            [this](std::chrono::milliseconds delay, Job job) { timers_.emplace(now_ + delay, std::move(job)); },
            [this](Job job) {
              ++drains;
              if (on_drain) on_drain();
              post(std::move(job));
            }};
  }

  // Runs what is posted until `holds`; false when that did not come to pass in 20 s.
  bool run_until(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds()) {
      std::unique_lock lock(mutex_);
      if (!changed_.wait_until(lock, deadline, [this] { return !jobs_.empty(); })) return false;
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job();
    }
    return true;
  }

  // Everything that the query thread was given before is done, and what it posted has run.
  void settle(QueryThread& query) {
    for (int i = 0; i < 4; ++i) {  // a look, its wake-up, their replies
      bool done = false;
      query.post([&] { post([&] { done = true; }); });
      run_until([&] { return done; });
    }
  }

  // Moves the clock; timers that fall due run in order.
  void advance(std::chrono::milliseconds by, QueryThread& query) {
    settle(query);
    const auto until = now_ + by;
    while (!timers_.empty() && timers_.begin()->first <= until) {
      auto timer = timers_.extract(timers_.begin());
      now_ = timer.key();
      timer.mapped()();
      settle(query);
    }
    now_ = until;
  }

  int drains = 0;
  Job on_drain;  // what comes in while a socket is drained

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::multimap<std::chrono::milliseconds, Job> timers_;
  std::chrono::milliseconds now_{0};
};

}  // namespace understudy::session::testing
