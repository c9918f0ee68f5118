// What reads of events keep beside the state: the same groups, streams and batches, and the events of batches that were
// read before, decoded. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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

namespace insights {
struct Results;
}

// A query as it was started: what it reads was settled then, and what it found is kept once it was asked for.
struct StartedQuery {
  struct Part {
    std::string group;
    std::string stream;
    std::int64_t shown_since_ms;
    std::vector<Batch> batches;
  };
  std::string definition;  // JSON, as the state has it
  std::vector<Part> parts;
  std::shared_ptr<const insights::Results> results;
};

class EventIndex final : public recording::Index {
 public:
  // Decoded events beyond this are forgotten, the first decoded first: a journal on disk may be larger than memory.
  static constexpr std::size_t kept_bytes = std::size_t{1} << 30;

  void add(const recording::Entry& entry) override;

  const LogsState& state() const { return state_; }
  std::shared_ptr<const BatchEvents> events_of(const Batch& batch, const recording::EntrySource& entries);
  // Null if none of that id was started.
  StartedQuery* find_query(const Place& place, std::string_view id);

 private:
  void start_query(const effect::Effect& effect, const recording::Moment& moment);

  LogsState state_;
  std::map<std::pair<Place, std::string>, StartedQuery> queries_;
  std::unordered_map<std::uint64_t, std::shared_ptr<const BatchEvents>> decoded_;  // by the entry of the batch
  std::deque<std::uint64_t> order_;
  std::size_t bytes_ = 0;
};

// The earliest time that a group still shows, by its retention. Expired events vanish at AWS within 72 hours [docs],
// and here at once.
std::int64_t shown_since_ms(const Group& group, const recording::Moment& moment);

}  // namespace understudy::cloudwatch_logs
