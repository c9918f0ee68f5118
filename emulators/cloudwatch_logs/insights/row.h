// A row on its way through a query: an event with what commands added to it, or what stats made of many.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cloudwatch_logs/event_index.h"
#include "cloudwatch_logs/insights/query.h"

namespace understudy::cloudwatch_logs::insights {

// The events of one batch with where they belong; outlives the rows.
struct Block {
  std::string group;  // of the account: "123456789012:name"
  std::string stream;
  Batch batch;
  std::int64_t shown_since_ms = 0;  // by the group's retention
  std::shared_ptr<const BatchEvents> events;
};

// What stands in the slots of a query before any command wrote there.
class SlotSources {
 public:
  explicit SlotSources(const std::vector<std::string>& names);

  enum class Source : std::uint8_t { timestamp, message, ingestion_time, stream, log, pointer, discovered };
  Source of(std::size_t slot) const { return sources_[slot]; }
  std::size_t slots() const { return sources_.size(); }
  // The discovered fields, and their slots.
  const std::vector<std::string>& discovered() const { return discovered_; }
  const std::vector<std::size_t>& discovered_slots() const { return discovered_slots_; }

 private:
  std::vector<Source> sources_;
  std::vector<std::string> discovered_;
  std::vector<std::size_t> discovered_slots_;
};

class Row {
 public:
  explicit Row(const SlotSources& sources) : sources_(&sources) {}
  Row(const SlotSources& sources, const Block& block, std::uint32_t event)
      : sources_(&sources), block_(&block), event_(event) {}

  Value get(std::size_t slot);
  void set(std::size_t slot, Value value);

  bool is_event() const { return block_ != nullptr; }
  std::int64_t timestamp_ms() const { return block_ == nullptr ? 0 : block_->events->timestamp_ms(event_); }
  std::string pointer() const;

 private:
  const SlotSources* sources_;
  const Block* block_ = nullptr;
  std::uint32_t event_ = 0;
  std::vector<Value> values_;  // empty: nothing was set yet
};

// Where an event stands, as text that only GetLogRecord reads.
struct EventPointer {
  std::string log;  // "account:group"
  std::string stream;
  std::uint64_t entry = 0;
  std::uint32_t index = 0;

  std::string text() const;
  static std::optional<EventPointer> parse(std::string_view text);
};

}  // namespace understudy::cloudwatch_logs::insights
