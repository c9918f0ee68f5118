#include "cloudwatch_logs/insights/engine.h"

#include <algorithm>
#include <memory>

#include "cloudwatch_logs/insights/stages.h"

namespace understudy::cloudwatch_logs::insights {
namespace {

struct Place {
  std::int64_t timestamp_ms;
  std::uint32_t block;
  std::uint32_t event;
};

// Newest first; of the same time, the one that came last [guess].
std::vector<Place> newest_first(const std::vector<Block>& blocks, const Range& range) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < blocks.size(); ++i) order.push_back(i);
  std::ranges::sort(order, [&](std::uint32_t left, std::uint32_t right) {
    const auto& a = blocks[left].batch;
    const auto& b = blocks[right].batch;
    return std::pair(a.first_timestamp_ms, a.entry) > std::pair(b.first_timestamp_ms, b.entry);
  });
  std::vector<Place> places;
  for (const auto i : order) {
    const auto& events = *blocks[i].events;
    const auto first_ms = std::max(range.first_ms, blocks[i].shown_since_ms);
    for (auto event = static_cast<std::uint32_t>(events.size()); event-- > 0;) {
      const auto timestamp_ms = events.timestamp_ms(event);
      if (timestamp_ms >= first_ms && timestamp_ms <= range.last_ms) places.push_back({timestamp_ms, i, event});
    }
  }
  const auto is_newer = [](const Place& left, const Place& right) { return left.timestamp_ms > right.timestamp_ms; };
  if (!std::ranges::is_sorted(places, is_newer)) std::ranges::stable_sort(places, is_newer);
  return places;
}

// The last stage: rows as they are shown.
class Show final : public Stage {
 public:
  Show(const Query& query, Results& results) : query_(query), results_(results) {}
  void push(Row&& row) override {
    Results::Fields fields;
    for (const auto& column : query_.columns) {
      const auto value = row.get(column.slot);
      if (value.present()) fields.emplace_back(column.name, value.as_text());
    }
    if (query_.of_events) fields.emplace_back("@ptr", row.pointer());
    results_.rows.push_back(std::move(fields));
  }
  void end() override {}

 private:
  const Query& query_;
  Results& results_;
};

}  // namespace

Results run(const Query& query, const std::vector<Block>& blocks, const Range& range, std::size_t limit) {
  Results results;
  const SlotSources sources(query.slots);
  Show show(query, results);
  const Command default_limit = Limit{limit, false};
  // From the last stage to the first: each holds the next.
  std::vector<std::unique_ptr<Stage>> stages;
  stages.reserve(query.commands.size() + 2);
  Stage* next = &show;
  const auto put_before = [&](std::unique_ptr<Stage> stage) {
    next = stage.get();
    stages.push_back(std::move(stage));
  };
  if (!query.has_limit) put_before(make_stage(default_limit, sources, *next));
  std::size_t filters = 0;  // the commands up to the last filter that still sees events one by one
  for (std::size_t i = 0; i < query.commands.size() && is_streaming(query.commands[i]); ++i) filters = i + 1;
  for (auto i = query.commands.size(); i-- > filters;) put_before(make_stage(query.commands[i], sources, *next));
  put_before(make_counter(results.matched, *next));
  for (auto i = filters; i-- > 0;) put_before(make_stage(query.commands[i], sources, *next));

  for (const auto& place : newest_first(blocks, range)) {
    ++results.scanned;
    results.bytes += blocks[place.block].events->message(place.event).size();
    next->push(Row(sources, blocks[place.block], place.event));
  }
  next->end();
  return results;
}

}  // namespace understudy::cloudwatch_logs::insights
