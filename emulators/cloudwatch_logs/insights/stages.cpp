#include "cloudwatch_logs/insights/stages.h"

#include <re2/re2.h>

#include <algorithm>
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/ascii.h"
#include "cloudwatch_logs/insights/aggregate.h"
#include "cloudwatch_logs/insights/evaluate.h"
#include "cloudwatch_logs/insights/json.h"

namespace understudy::cloudwatch_logs::insights {
namespace {

// A command that works row by row.
class Streaming : public Stage {
 public:
  explicit Streaming(Stage& next) : next_(next) {}
  void end() override { next_.end(); }

 protected:
  Stage& next_;
};

class CounterStage final : public Streaming {
 public:
  CounterStage(std::uint64_t& count, Stage& next) : Streaming(next), count_(count) {}
  void push(Row&& row) override {
    ++count_;
    next_.push(std::move(row));
  }

 private:
  std::uint64_t& count_;
};

class FieldsStage final : public Streaming {
 public:
  FieldsStage(const Fields& fields, Stage& next) : Streaming(next), fields_(fields) {}
  void push(Row&& row) override {
    for (const auto& assignment : fields_.assignments) row.set(assignment.slot, evaluate(assignment.expression, row));
    next_.push(std::move(row));
  }

 private:
  const Fields& fields_;
};

class FilterStage final : public Streaming {
 public:
  FilterStage(const Filter& filter, Stage& next) : Streaming(next), filter_(filter) {}
  void push(Row&& row) override {
    if (evaluate(filter_.condition, row).holds()) next_.push(std::move(row));
  }

 private:
  const Filter& filter_;
};

// What each '*' of a glob stands for: as little as possible, the last one all the rest. Empty if the text does not fit.
std::vector<std::string_view> parts_of(std::string_view text, const std::vector<std::string>& literals) {
  auto at = text.find(literals.front());
  if (at == std::string_view::npos) return {};
  at += literals.front().size();
  std::vector<std::string_view> parts;
  for (std::size_t i = 1; i < literals.size(); ++i) {
    const bool is_open = i + 1 == literals.size() && literals[i].empty();
    const auto end = is_open ? text.size() : text.find(literals[i], at);
    if (end == std::string_view::npos) return {};
    parts.push_back(text.substr(at, end - at));
    at = end + literals[i].size();
  }
  return parts;
}

class ParseStage final : public Streaming {
 public:
  ParseStage(const Parse& parse, Stage& next) : Streaming(next), parse_(parse) {}
  void push(Row&& row) override {
    const auto value = evaluate(parse_.of, row);
    const auto text = value.as_text();
    std::vector<Value> found(parse_.slots.size(), Value::missing());
    if (value.present() && parse_.regex) {
      read_groups(text, found);
    } else if (value.present()) {
      const auto parts = parts_of(text, parse_.literals);
      for (std::size_t i = 0; i < parts.size(); ++i) found[i] = Value::text(std::string(parts[i]));
    }
    for (std::size_t i = 0; i < found.size(); ++i) row.set(parse_.slots[i], std::move(found[i]));
    next_.push(std::move(row));
  }

 private:
  void read_groups(const std::string& text, std::vector<Value>& found) const {
    std::vector<re2::StringPiece> groups(static_cast<std::size_t>(parse_.regex->NumberOfCapturingGroups()) + 1);
    if (!parse_.regex->Match(text, 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                             static_cast<int>(groups.size()))) {
      return;
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto& group = groups[static_cast<std::size_t>(parse_.groups[i])];
      if (group.data() != nullptr) found[i] = Value::text(std::string(group));
    }
  }

  const Parse& parse_;
};

class UnnestStage final : public Streaming {
 public:
  UnnestStage(const Unnest& unnest, Stage& next) : Streaming(next), unnest_(unnest) {}
  void push(Row&& row) override {
    const auto list = evaluate(unnest_.of, row);
    if (!list.present()) return;
    for (auto& item : items_of(list.as_text())) {
      Row copy = row;
      copy.set(unnest_.slot, std::move(item));
      next_.push(std::move(copy));
    }
  }

 private:
  const Unnest& unnest_;
};

class LimitStage final : public Streaming {
 public:
  LimitStage(const Limit& limit, Stage& next) : Streaming(next), limit_(limit) {}
  void push(Row&& row) override {
    if (count_++ < limit_.rows) next_.push(std::move(row));
  }

 private:
  const Limit limit_;
  std::size_t count_ = 0;
};

class TailStage final : public Streaming {
 public:
  TailStage(const Limit& limit, Stage& next) : Streaming(next), limit_(limit) {}
  void push(Row&& row) override {
    rows_.push_back(std::move(row));
    if (rows_.size() > limit_.rows) rows_.pop_front();
  }
  void end() override {
    for (auto& row : rows_) next_.push(std::move(row));
    next_.end();
  }

 private:
  const Limit limit_;
  std::deque<Row> rows_;
};

// A text that is equal for equal values.
void append_key(std::string& key, const Value& value) {
  if (const auto number = value.as_number(); number && value.kind() != Value::Kind::text) {
    key += value.kind() == Value::Kind::time ? 't' : 'n';
    key.append(reinterpret_cast<const char*>(&*number), sizeof *number);
    return;
  }
  const auto text = value.text_view();
  const auto size = text.size();
  key += value.present() ? 's' : '-';
  key.append(reinterpret_cast<const char*>(&size), sizeof size);
  key += text;
}

class DedupStage final : public Streaming {
 public:
  DedupStage(const Dedup& dedup, Stage& next) : Streaming(next), dedup_(dedup) {}
  void push(Row&& row) override {
    std::string key;
    bool any = false;
    for (const auto& expression : dedup_.keys) {
      const auto value = evaluate(expression, row);
      any = any || value.present();
      append_key(key, value);
    }
    // Rows without any of the fields are not duplicates of each other [guess].
    if (!any || seen_.insert(std::move(key)).second) next_.push(std::move(row));
  }

 private:
  const Dedup& dedup_;
  std::unordered_set<std::string> seen_;
};

class SortStage final : public Streaming {
 public:
  SortStage(const Sort& sort, Stage& next) : Streaming(next), sort_(sort) {}
  void push(Row&& row) override {
    for (const auto& key : sort_.keys) values_.push_back(evaluate(key.expression, row));
    rows_.push_back(std::move(row));
  }
  void end() override {
    std::vector<std::uint32_t> order(rows_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::stable_sort(order, [&](std::uint32_t left, std::uint32_t right) { return is_before(left, right); });
    for (const auto i : order) next_.push(std::move(rows_[i]));
    next_.end();
  }

 private:
  bool is_before(std::size_t left, std::size_t right) const {
    const auto width = sort_.keys.size();
    for (std::size_t i = 0; i < width; ++i) {
      const auto& a = values_[left * width + i];
      const auto& b = values_[right * width + i];
      const int order = Value::compare(a, b);
      if (order == 0) continue;
      // What is missing stands at the end either way.
      return a.present() && b.present() && sort_.keys[i].descending ? order > 0 : order < 0;
    }
    return false;
  }

  const Sort& sort_;
  std::vector<Row> rows_;
  std::vector<Value> values_;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

class StatsStage final : public Streaming {
 public:
  StatsStage(const Stats& stats, const SlotSources& sources, Stage& next)
      : Streaming(next), stats_(stats), sources_(sources) {
    if (stats.keys.empty()) make_group({});  // one row even of no events
  }

  void push(Row&& row) override {
    key_.clear();
    values_.clear();
    for (const auto& key : stats_.keys) {
      values_.push_back(evaluate(key.expression, row));
      append_key(key_, values_.back());
    }
    auto& group = group_of_key();
    for (auto& accumulator : group.accumulators) accumulator.add(row);
  }

  // In the order in which groups were met.
  void end() override {
    for (auto& group : groups_) {
      Row row(sources_);
      std::vector<Value> results;
      for (auto& accumulator : group.accumulators) results.push_back(accumulator.result());
      for (std::size_t i = 0; i < stats_.keys.size(); ++i) row.set(stats_.keys[i].slot, group.keys[i]);
      for (const auto& term : stats_.terms) row.set(term.slot, evaluate(term.expression, row, results));
      next_.push(std::move(row));
    }
    next_.end();
  }

 private:
  struct Group {
    std::vector<Value> keys;
    std::vector<Accumulator> accumulators;
  };

  Group& make_group(std::vector<Value> keys) {
    auto& group = groups_.emplace_back();
    group.keys = std::move(keys);
    for (const auto& aggregate : stats_.aggregates) group.accumulators.emplace_back(aggregate);
    return group;
  }

  Group& group_of_key() {
    if (stats_.keys.empty()) return groups_.front();
    // Neighbours in time are often of one group.
    if (last_ != nullptr && key_ == last_key_) return *last_;
    last_key_ = key_;
    const auto found = by_key_.find(key_);
    if (found != by_key_.end()) return *(last_ = found->second);
    // Views die with the block that they point into, and blocks outlive the query: they may be kept.
    last_ = &make_group(values_);
    by_key_.emplace(key_, last_);
    return *last_;
  }

  const Stats& stats_;
  const SlotSources& sources_;
  std::deque<Group> groups_;
  std::unordered_map<std::string, Group*, TextHash, std::equal_to<>> by_key_;
  std::string key_;
  std::string last_key_;
  Group* last_ = nullptr;
  std::vector<Value> values_;
};

// A message with what varies put out of sight: words with digits in them.
std::string pattern_of(std::string_view text) {
  const auto is_word = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; };
  std::string pattern;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word(text[at])) {
      pattern += text[at++];
      continue;
    }
    const auto start = at;
    bool digits = false;
    for (; at < text.size() && is_word(text[at]); ++at) digits = digits || is_digit(text[at]);
    pattern += digits ? std::string_view("<*>") : text.substr(start, at - start);
  }
  return pattern;
}

class PatternStage final : public Streaming {
 public:
  PatternStage(const Pattern& pattern, const SlotSources& sources, Stage& next)
      : Streaming(next), pattern_(pattern), sources_(sources) {}
  void push(Row&& row) override {
    const auto value = evaluate(pattern_.of, row);
    if (!value.present()) return;
    ++total_;
    ++counts_[pattern_of(value.as_text())];
  }
  void end() override {
    std::vector<std::pair<std::uint64_t, std::string>> found;
    for (auto& [pattern, count] : counts_) found.emplace_back(count, pattern);
    std::ranges::sort(found, [](const auto& left, const auto& right) {
      return left.first != right.first ? left.first > right.first : left.second < right.second;
    });
    for (auto& [count, text] : found) {
      Row row(sources_);
      row.set(pattern_.pattern_slot, Value::text(std::move(text)));
      row.set(pattern_.ratio_slot, Value::number(static_cast<double>(count) / static_cast<double>(total_)));
      row.set(pattern_.count_slot, Value::number(static_cast<double>(count)));
      next_.push(std::move(row));
    }
    next_.end();
  }

 private:
  const Pattern& pattern_;
  const SlotSources& sources_;
  std::uint64_t total_ = 0;
  std::unordered_map<std::string, std::uint64_t> counts_;
};

struct Maker {
  const SlotSources& sources;
  Stage& next;

  std::unique_ptr<Stage> operator()(const Fields& c) const { return std::make_unique<FieldsStage>(c, next); }
  std::unique_ptr<Stage> operator()(const Filter& c) const { return std::make_unique<FilterStage>(c, next); }
  std::unique_ptr<Stage> operator()(const Parse& c) const { return std::make_unique<ParseStage>(c, next); }
  std::unique_ptr<Stage> operator()(const Sort& c) const { return std::make_unique<SortStage>(c, next); }
  std::unique_ptr<Stage> operator()(const Limit& c) const {
    if (c.last) return std::make_unique<TailStage>(c, next);
    return std::make_unique<LimitStage>(c, next);
  }
  std::unique_ptr<Stage> operator()(const Dedup& c) const { return std::make_unique<DedupStage>(c, next); }
  std::unique_ptr<Stage> operator()(const Unnest& c) const { return std::make_unique<UnnestStage>(c, next); }
  std::unique_ptr<Stage> operator()(const Stats& c) const { return std::make_unique<StatsStage>(c, sources, next); }
  std::unique_ptr<Stage> operator()(const Pattern& c) const { return std::make_unique<PatternStage>(c, sources, next); }
};

}  // namespace

std::unique_ptr<Stage> make_stage(const Command& command, const SlotSources& sources, Stage& next) {
  return std::visit(Maker{sources, next}, command);
}

std::unique_ptr<Stage> make_counter(std::uint64_t& count, Stage& next) {
  return std::make_unique<CounterStage>(count, next);
}

bool is_streaming(const Command& command) {
  return std::holds_alternative<Fields>(command) || std::holds_alternative<Filter>(command) ||
         std::holds_alternative<Parse>(command) || std::holds_alternative<Unnest>(command);
}

}  // namespace understudy::cloudwatch_logs::insights
