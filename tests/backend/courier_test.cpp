// The queue between the application and a vendor: nothing is lost but what does not fit.
#include "backend/telemetry/courier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/backend/support.h"

namespace cruddur::telemetry {
namespace {

using testing::ElementsAre;
using Batch = std::vector<int>;

/// A vendor whose replies the test decides one by one.
class Vendor {
 public:
  Outcome deliver(const Batch& batch) {
    std::unique_lock lock(mutex_);
    batches_.push_back(batch);
    changed_.notify_all();
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return !outcomes_.empty() || default_; }));
    if (outcomes_.empty()) {
      return Outcome::delivered();
    }
    auto outcome = outcomes_.front();
    outcomes_.pop_front();
    return outcome;
  }
  void answer(Outcome outcome) {
    const std::lock_guard lock(mutex_);
    outcomes_.push_back(outcome);
    changed_.notify_all();
  }
  void answer_everything() {
    const std::lock_guard lock(mutex_);
    default_ = true;
    changed_.notify_all();
  }
  std::vector<Batch> batches(std::size_t at_least) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return batches_.size() >= at_least; }));
    return batches_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Batch> batches_;
  std::deque<Outcome> outcomes_;
  bool default_ = false;
};

constexpr auto never = std::chrono::hours(1);

CourierLimits limits(std::size_t queue, std::size_t batch) {
  return {.queue = queue,
          .batch = batch,
          .delay = never,
          .first_wait = std::chrono::milliseconds(1),
          .longest_wait = std::chrono::milliseconds(2)};
}

TEST(Courier, starts_at_a_full_batch_and_keeps_the_order) {
  Vendor vendor;
  vendor.answer_everything();
  Courier<int> courier("things", limits(100, 3), [&](const Batch& batch, Deadline) { return vendor.deliver(batch); });
  for (int i = 0; i < 6; ++i) {
    EXPECT_TRUE(courier.send(i));
  }
  EXPECT_THAT(vendor.batches(2), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4, 5)));
}

TEST(Courier, sends_after_the_delay_what_fills_no_batch) {
  Vendor vendor;
  vendor.answer_everything();
  auto short_delay = limits(100, 10);
  short_delay.delay = std::chrono::milliseconds(5);
  Courier<int> courier("things", short_delay, [&](const Batch& batch, Deadline) { return vendor.deliver(batch); });
  courier.send(1);
  EXPECT_THAT(vendor.batches(1), ElementsAre(ElementsAre(1)));
}

TEST(Courier, flush_delivers_the_rest_and_says_so) {
  Vendor vendor;
  vendor.answer_everything();
  Courier<int> courier("things", limits(100, 10), [&](const Batch& batch, Deadline) { return vendor.deliver(batch); });
  courier.send(1);
  courier.send(2);
  EXPECT_TRUE(courier.flush(soon()));
  EXPECT_THAT(vendor.batches(1), ElementsAre(ElementsAre(1, 2)));
}

TEST(Courier, tries_the_same_batch_again_before_any_other) {
  Vendor vendor;
  Courier<int> courier("things", limits(100, 1), [&](const Batch& batch, Deadline) { return vendor.deliver(batch); });
  courier.send(1);
  courier.send(2);
  vendor.answer(Outcome::try_again());
  vendor.answer(Outcome::try_again(std::chrono::milliseconds(0)));
  vendor.answer_everything();
  EXPECT_TRUE(courier.flush(soon()));
  EXPECT_THAT(vendor.batches(4), ElementsAre(ElementsAre(1), ElementsAre(1), ElementsAre(1), ElementsAre(2)));
}

TEST(Courier, a_refused_batch_is_not_tried_again) {
  Vendor vendor;
  vendor.answer(Outcome::refused());
  vendor.answer_everything();
  Courier<int> courier("things", limits(100, 1), [&](const Batch& batch, Deadline) { return vendor.deliver(batch); });
  courier.send(1);
  courier.send(2);
  EXPECT_TRUE(courier.flush(soon()));
  EXPECT_THAT(vendor.batches(2), ElementsAre(ElementsAre(1), ElementsAre(2)));
}

TEST(Courier, drops_the_newest_beyond_its_queue_and_counts_them) {
  Vendor vendor;
  Courier<int> courier("things", limits(3, 1), [&](const Batch& batch, Deadline) { return vendor.deliver(batch); });
  courier.send(0);
  vendor.batches(1);  // in hand now, and it counts
  EXPECT_TRUE(courier.send(1));
  EXPECT_TRUE(courier.send(2));
  EXPECT_FALSE(courier.send(3));
  EXPECT_FALSE(courier.send(4));
  EXPECT_EQ(courier.dropped(), 2);
  vendor.answer_everything();
  EXPECT_TRUE(courier.flush(soon()));
  EXPECT_TRUE(courier.send(5));
}

TEST(Courier, stop_tries_at_once_what_was_waiting_for_a_later_try) {
  Vendor vendor;
  auto patient = limits(100, 1);
  patient.first_wait = never;
  Courier<int> courier("things", patient, [&](const Batch& batch, Deadline) { return vendor.deliver(batch); });
  courier.send(1);
  vendor.answer(Outcome::try_again());
  vendor.batches(1);
  vendor.answer_everything();
  EXPECT_TRUE(courier.stop(soon()));
  EXPECT_FALSE(courier.send(2));
}

TEST(Courier, stop_during_an_attempt_tries_at_once_when_that_fails) {
  Vendor vendor;
  auto patient = limits(10'000'000, 1);
  patient.first_wait = never;
  Courier<int> courier("things", patient, [&](const Batch& batch, Deadline) { return vendor.deliver(batch); });
  courier.send(1);
  vendor.batches(1);
  bool is_empty = false;
  std::thread stopping([&] { is_empty = courier.stop(soon()); });
  while (courier.send(2)) {  // until it has stopped
    std::this_thread::yield();
  }
  vendor.answer(Outcome::try_again());
  vendor.batches(2);
  vendor.answer_everything();
  stopping.join();
  EXPECT_TRUE(is_empty);
}

TEST(Courier, stop_gives_up_at_the_deadline_and_says_so) {
  Vendor vendor;
  vendor.answer(Outcome::try_again(never));
  vendor.answer(Outcome::try_again(never));
  Courier<int> courier("things", limits(100, 1), [&](const Batch& batch, Deadline) { return vendor.deliver(batch); });
  courier.send(1);
  vendor.batches(1);
  EXPECT_FALSE(courier.stop(Clock::now() + std::chrono::milliseconds(20)));
}

TEST(Courier, a_batch_ends_at_its_weight) {
  Vendor vendor;
  vendor.answer_everything();
  auto heavy = limits(100, 100);
  heavy.batch_weight = 10;
  Courier<int> courier(
      "things", heavy, [&](const Batch& batch, Deadline) { return vendor.deliver(batch); },
      [](int weight) { return static_cast<std::size_t>(weight); });
  courier.send(6);
  courier.send(4);
  EXPECT_THAT(vendor.batches(1), ElementsAre(ElementsAre(6, 4)));
  courier.send(30);  // heavier than any batch: alone
  courier.send(5);
  EXPECT_TRUE(courier.flush(soon()));
  EXPECT_THAT(vendor.batches(3), ElementsAre(ElementsAre(6, 4), ElementsAre(30), ElementsAre(5)));
}

}  // namespace
}  // namespace cruddur::telemetry
