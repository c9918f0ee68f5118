// What reads of events keep beside the state: the same groups, streams and batches, and the events of batches that were
// read before, decoded. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cloudwatch_logs/state.h"
#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

// The accepted events of one batch, in their order, which is chronological.
class BatchEvents {
 public:
  // An entry that cannot be read, or not as far as it was accepted, gives empty messages.
  BatchEvents(const Batch& batch, const recording::EntrySource& entries);

  std::size_t size() const { return timestamps_.size(); }
  std::int64_t timestamp_ms(std::size_t i) const { return timestamps_[i]; }
  std::string_view message(std::size_t i) const {
    return std::string_view(text_).substr(starts_[i], starts_[i + 1] - starts_[i]);
  }
  std::size_t bytes() const;  // of memory

 private:
  std::vector<std::int64_t> timestamps_;
  std::vector<std::uint32_t> starts_;  // one more than there are events
  std::string text_;
};

class EventIndex final : public recording::Index {
 public:
  // Decoded events beyond this are forgotten, the first decoded first: a journal on disk may be larger than memory.
  static constexpr std::size_t kept_bytes = std::size_t{1} << 30;

  void add(const recording::Entry& entry) override;

  const LogsState& state() const { return state_; }
  std::shared_ptr<const BatchEvents> events_of(const Batch& batch, const recording::EntrySource& entries);

 private:
  LogsState state_;
  std::unordered_map<std::uint64_t, std::shared_ptr<const BatchEvents>> decoded_;  // by the entry of the batch
  std::deque<std::uint64_t> order_;
  std::size_t bytes_ = 0;
};

// The earliest time that a group still shows, by its retention. Expired events vanish at AWS within 72 hours [docs],
// and here at once.
std::int64_t shown_since_ms(const Group& group, const recording::Moment& moment);

}  // namespace understudy::cloudwatch_logs
