#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "backend/telemetry/diagnostics.h"

namespace cruddur::telemetry {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

/// What became of one attempt to deliver a batch.
struct Outcome {
  enum class Verdict { delivered, refused, try_again };
  Verdict verdict = Verdict::delivered;
  /// With try_again: how long the vendor asked to wait.
  std::optional<std::chrono::milliseconds> wait = std::nullopt;

  static Outcome delivered() { return {}; }
  static Outcome refused() { return {.verdict = Verdict::refused}; }
  static Outcome try_again(std::optional<std::chrono::milliseconds> wait = std::nullopt) {
    return {.verdict = Verdict::try_again, .wait = wait};
  }
};

struct CourierLimits {
  std::size_t queue = 2048;  // items held, the batch in hand included; the newest beyond it are dropped
  std::size_t batch = 512;   // items in one batch; as many start a delivery at once
  std::size_t batch_weight = SIZE_MAX;
  std::chrono::milliseconds delay{5000};     // from the first queued item to its delivery
  std::chrono::milliseconds attempt{10000};  // given to one attempt
  std::chrono::milliseconds first_wait{1000};
  std::chrono::milliseconds longest_wait{32000};
};

/// The way from the application's threads to a vendor: a bounded queue, and one thread that takes batches from it and
/// delivers each until the vendor has taken or refused it. A vendor that is slow, throttles or is away costs nothing
/// but the items that no longer fit into the queue, and those are counted and reported.
///
/// `send` may be called by any thread and never waits for a vendor. `Deliver` runs on the courier's thread only.
template <typename Item>
class Courier {
 public:
  using Deliver = std::function<Outcome(const std::vector<Item>&, Deadline)>;
  using Weigh = std::function<std::size_t(const Item&)>;

  Courier(
      std::string cargo, CourierLimits limits, Deliver deliver, Weigh weigh = [](const Item&) { return 1; })
      : cargo_(std::move(cargo)),
        limits_(limits),
        deliver_(std::move(deliver)),
        weigh_(std::move(weigh)),
        thread_([this] { work(); }) {}

  ~Courier() {
    stop(Clock::now());
    thread_.join();
  }
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  /// False when the queue is full or the courier has stopped; the item is lost then.
  bool send(Item item) {
    std::unique_lock lock(mutex_);
    if (stopping_ || queue_.size() + in_hand_ >= limits_.queue) {
      ++dropped_;
      if (!std::exchange(has_complained_, true)) {
        lock.unlock();
        warn(fmt::format("the queue of {} is full ({}); further ones are lost until there is room", cargo_,
                         limits_.queue));
      }
      return false;
    }
    if (queue_.empty()) {
      due_ = Clock::now() + limits_.delay;
    }
    weight_ += weigh_(item);
    queue_.push_back(std::move(item));
    // Otherwise the thread sleeps until the delivery is due, and need not be woken for every item.
    if (queue_.size() == 1 || is_due()) {
      wake_.notify_one();
    }
    return true;
  }

  /// Delivers at once what was sent before; false when something of it is still here at the deadline.
  bool flush(Deadline deadline) {
    std::unique_lock lock(mutex_);
    flush_until_ = std::max(flush_until_, deadline);
    wake_.notify_one();
    const bool is_empty = idle_.wait_until(lock, deadline, [this] { return queue_.empty() && in_hand_ == 0; });
    if (is_empty) {
      flush_until_ = {};
    }
    return is_empty;
  }

  /// As flush; nothing is taken afterwards. False when something was lost.
  bool stop(Deadline deadline) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    const bool is_empty = flush(deadline);
    const std::lock_guard lock(mutex_);
    if (!is_empty && !given_up_) {
      warn(fmt::format("{} of {} were not delivered before the program ended", queue_.size() + in_hand_, cargo_));
    }
    given_up_ = true;
    wake_.notify_one();
    return is_empty;
  }

  std::uint64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return !queue_.empty() || given_up_; });
      while (!given_up_ && !is_due()) {
        wake_.wait_until(lock, due_);
      }
      if (given_up_) {
        return;
      }
      const auto batch = take_batch();
      deliver(batch, lock);
      in_hand_ = 0;
      due_ = Clock::now() + limits_.delay;
      if (queue_.empty()) {
        idle_.notify_all();
      }
    }
  }

  bool is_flushing() const { return stopping_ || Clock::now() < flush_until_; }
  bool is_due() const {
    return queue_.size() >= limits_.batch || is_flushing() || Clock::now() >= due_ || weight_ >= limits_.batch_weight;
  }

  std::vector<Item> take_batch() {
    std::vector<Item> batch;
    std::size_t sum = 0;
    while (!queue_.empty() && batch.size() < limits_.batch) {
      const auto one = weigh_(queue_.front());
      if (!batch.empty() && sum + one > limits_.batch_weight) {
        break;
      }
      sum += one;
      weight_ -= one;
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    in_hand_ = batch.size();
    return batch;
  }

  void deliver(const std::vector<Item>& batch, std::unique_lock<std::mutex>& lock) {
    auto wait = limits_.first_wait;
    while (true) {
      const bool was_flushing = is_flushing();
      lock.unlock();
      const auto outcome = deliver_(batch, Clock::now() + limits_.attempt);
      lock.lock();
      if (outcome.verdict != Outcome::Verdict::try_again || given_up_) {
        if (outcome.verdict == Outcome::Verdict::delivered) {
          has_complained_ = false;  // room again: the next loss is worth a line
        }
        return;
      }
      // A flush that begins during the attempt or the wait tries at once, and afterwards keeps to the waits, from the
      // shortest on.
      const auto until = Clock::now() + outcome.wait.value_or(with_jitter(wait));
      const auto has_begun_to_flush = [&] { return is_flushing() && !was_flushing; };
      wake_.wait_until(lock, until, [&] { return given_up_ || has_begun_to_flush(); });
      if (given_up_) {
        return;
      }
      wait = has_begun_to_flush() ? limits_.first_wait : std::min(wait * 2, limits_.longest_wait);
    }
  }

  /// +-20 %, so that many processes do not return at one moment.
  std::chrono::milliseconds with_jitter(std::chrono::milliseconds wait) {
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::int64_t>(wait.count() * 8 / 10, wait.count() * 12 / 10)(random_));
  }

  const std::string cargo_;
  const CourierLimits limits_;
  const Deliver deliver_;
  const Weigh weigh_;
  std::minstd_rand random_{std::random_device{}()};

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::deque<Item> queue_;
  std::size_t weight_ = 0;
  std::size_t in_hand_ = 0;
  Deadline due_{};
  Deadline flush_until_{};
  bool stopping_ = false;
  bool given_up_ = false;
  std::uint64_t dropped_ = 0;
  bool has_complained_ = false;
  std::thread thread_;
};

}  // namespace cruddur::telemetry
