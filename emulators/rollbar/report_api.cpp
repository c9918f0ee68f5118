// Environments, versions and reports. [docs: Environments, Versions, Reports]
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "rollbar/enumerations.h"
#include "rollbar/read_api.h"
#include "rollbar/replies.h"

namespace understudy::rollbar {

namespace {

using nlohmann::ordered_json;
using recording::Answer;
using recording::Context;

constexpr std::size_t environments_a_page = 20;
constexpr std::size_t items_a_page = 100;
constexpr std::size_t most_active_items = 10;  // [guess]
constexpr std::int64_t hour = 3600;
constexpr std::int64_t day = 86400;

std::int64_t second_of(const Context& context) { return context.moment.vendor_ns / 1'000'000'000; }

bool any(const std::vector<std::string>& wanted, std::string_view has) {
  return wanted.empty() || std::ranges::find(wanted, has) != wanted.end();
}

// ---- versions

struct EventName {
  std::string_view name;
  Version::Event event;
};
constexpr std::array events = {EventName{"new", Version::is_new}, EventName{"repeated", Version::is_repeated},
                               EventName{"reactivated", Version::is_reactivated},
                               EventName{"resolved", Version::is_resolved}};

const Version* find_version(const ItemIndex& index, const ReadCall& call) {
  const std::string_view environment = parameter(call.parameters, "environment");
  for (const Version& version : index.versions()) {
    if (version.project == call.caller.project && version.text == call.argument &&
        (environment.empty() || version.environment == environment)) {
      return &version;
    }
  }
  return nullptr;
}

ordered_json statistics(const ItemIndex& index, const Version& version) {
  ordered_json all = ordered_json::object();
  for (const auto& [name, event] : events) {
    ordered_json& counts = all[std::string(name)];
    for (const int level : {debug_level, info_level, warning_level, error_level, critical_level}) {
      counts[std::string(level_name(level))] = 0;
    }
    for (const auto& [item, part] : version.items) {
      if ((part.events & event) == 0) continue;
      ordered_json& count = counts[std::string(level_name(index.items()[item].level))];
      count = count.get<std::uint64_t>() + 1;
    }
  }
  return all;
}

// An item with its counters in one version: that there are such is documented, their exact names are not on record.
// [guess]
ordered_json in_version(const ItemIndex& index, std::uint32_t item, const Version::Part& part, std::int64_t now) {
  ordered_json shown = to_json(index.items()[item], now);
  const auto* const first = part.occurrences == 0 ? nullptr : &index.occurrences()[part.first];
  const auto* const last = part.occurrences == 0 ? nullptr : &index.occurrences()[part.last];
  shown["occurrences_in_version_count"] = part.occurrences;
  shown["first_occurrence_in_version_id"] = first == nullptr ? ordered_json() : ordered_json(first->id());
  shown["first_occurrence_in_version_timestamp"] = first == nullptr ? ordered_json() : ordered_json(first->second);
  shown["last_occurrence_in_version_id"] = last == nullptr ? ordered_json() : ordered_json(last->id());
  shown["last_occurrence_in_version_timestamp"] = last == nullptr ? ordered_json() : ordered_json(last->second);
  return shown;
}

// ---- counts in buckets of time

struct Buckets {
  std::int64_t size = hour;
  std::int64_t count = 24;
  std::int64_t start = 0;  // of the oldest
};

// Each begins at a multiple of its size; the last one is not over yet. [docs: Occurrence counts]
std::optional<Buckets> buckets_of(const ReadCall& call, std::int64_t now, bool only_days) {
  Buckets buckets;
  const std::int64_t standard = only_days ? day : hour;
  buckets.size = static_cast<std::int64_t>(
      to_number(parameter(call.parameters, "bucket_size")).value_or(static_cast<std::uint64_t>(standard)));
  const bool is_size = buckets.size == day || (!only_days && (buckets.size == 60 || buckets.size == hour));
  const std::uint64_t most = buckets.size == 60 ? 240 : 366;
  const std::uint64_t count = to_number(parameter(call.parameters, "buckets")).value_or(24);
  if (!is_size || count < 2 || count > most) return std::nullopt;
  buckets.count = static_cast<std::int64_t>(count);
  buckets.start = (now / buckets.size - buckets.count + 1) * buckets.size;
  return buckets;
}

class Counts {
 public:
  explicit Counts(const Buckets& buckets) : buckets_(buckets), counts_(static_cast<std::size_t>(buckets.count), 0) {}

  void add(std::int64_t second) {
    if (second < buckets_.start) return;
    const std::int64_t bucket = (second - buckets_.start) / buckets_.size;
    if (bucket < buckets_.count) ++counts_[static_cast<std::size_t>(bucket)];
  }
  const std::vector<std::uint64_t>& counts() const { return counts_; }
  ordered_json with_times() const {
    ordered_json rows = ordered_json::array();
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      rows.push_back({buckets_.start + static_cast<std::int64_t>(i) * buckets_.size, counts_[i]});
    }
    return rows;
  }

 private:
  Buckets buckets_;
  std::vector<std::uint64_t> counts_;
};

// Its words are not on record. [guess]
Answer bad_buckets(const ReadCall& call) {
  return {.reply = failed(422, "Invalid bucket_size or buckets.", call.caller.rate)};
}

}  // namespace

Answer list_environments(const ItemIndex& index, const ReadCall& call, const Context&) {
  std::vector<std::pair<std::size_t, const Environment*>> found;
  for (std::size_t i = 0; i < index.environments().size(); ++i) {
    if (index.environments()[i].project == call.caller.project) found.emplace_back(i + 1, &index.environments()[i]);
  }
  const std::uint64_t page = page_of(call.parameters);
  ordered_json shown = ordered_json::array();
  for (const std::size_t i : page_indexes(found.size(), page, environments_a_page)) {
    shown.push_back({{"id", found[i].first},
                     {"project_id", project_id(call.caller.project)},
                     {"environment", found[i].second->name},
                     {"visible", 1}});
  }
  return {.reply = succeeded({{"page", page}, {"environments", std::move(shown)}}, call.caller.rate)};
}

Answer get_version(const ItemIndex& index, const ReadCall& call, const Context&) {
  const Version* const version = find_version(index, call);
  if (version == nullptr) return {.reply = not_found()};
  const auto id = [&](const std::optional<std::uint32_t>& occurrence) {
    return occurrence ? ordered_json(index.occurrences()[*occurrence].id()) : ordered_json();
  };
  const auto second = [&](const std::optional<std::uint32_t>& occurrence) {
    return occurrence ? ordered_json(index.occurrences()[*occurrence].second) : ordered_json();
  };
  return {.reply = succeeded(
              {{"id", version->id},
               {"version", version->text},
               {"environment", version->environment},
               {"date_created", version->created},
               {"first_occurrence_id", id(version->first_occurrence)},
               {"first_occurrence_timestamp", second(version->first_occurrence)},
               {"last_occurrence_id", id(version->last_occurrence)},
               {"last_occurrence_timestamp", second(version->last_occurrence)},
               {"deployed_by", version->deployed_by.empty() ? ordered_json() : ordered_json(version->deployed_by)},
               {"last_deploy_timestamp", version->deployed ? ordered_json(*version->deployed) : ordered_json()},
               {"item_stats", statistics(index, *version)},
               {"commits", ordered_json::array()}},
              call.caller.rate)};
}

Answer version_items(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const Version* const version = find_version(index, call);
  if (version == nullptr) return {.reply = not_found()};
  const auto wanted = parameter_list(call.parameters, "event");
  const auto levels = parameter_list(call.parameters, "level");
  std::vector<const std::pair<const std::uint32_t, Version::Part>*> found;
  for (const auto& one : version->items) {
    const bool is_wanted = std::ranges::any_of(
        events, [&](const EventName& row) { return (one.second.events & row.event) != 0 && any(wanted, row.name); });
    if (is_wanted && any(levels, level_name(index.items()[one.first].level))) found.push_back(&one);
  }
  const std::uint64_t page = page_of(call.parameters);
  ordered_json items = ordered_json::array();
  for (const std::size_t i : page_indexes(found.size(), page, items_a_page)) {
    items.push_back(in_version(index, found[i]->first, found[i]->second, second_of(context)));
  }
  return {.reply = succeeded({{"page", page}, {"items", std::move(items)}}, call.caller.rate)};
}

// Hours from 1 to 168, a count an hour, the oldest first; levels and frameworks as numbers. [snapshot: a recorded
// report, 2022] [docs: Top active items] How many items it tells is ours [guess].
Answer top_active_items(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const std::uint64_t hours =
      std::clamp<std::uint64_t>(to_number(parameter(call.parameters, "hours")).value_or(24), 1, 168);
  const auto environments = parameter_list(call.parameters, "environments");
  const std::int64_t span = static_cast<std::int64_t>(hours) * hour;
  const Buckets buckets{hour, static_cast<std::int64_t>(hours), second_of(context) + 1 - span};
  struct Row {
    const Item* item;
    std::vector<std::uint64_t> counts;
    std::uint64_t sum;
  };
  std::vector<Row> rows;
  for (const Item& item : index.items()) {
    if (item.project != call.caller.project || item.status != active || item.last_second < buckets.start ||
        !any(environments, item.environment)) {
      continue;
    }
    Counts counts(buckets);
    for (const std::uint32_t i : item.occurrences) {
      if (!index.occurrences()[i].deleted) counts.add(index.occurrences()[i].second);
    }
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts.counts()) sum += count;
    if (sum > 0) rows.push_back({&item, counts.counts(), sum});
  }
  std::ranges::stable_sort(rows, std::greater<>(), &Row::sum);
  if (rows.size() > most_active_items) rows.resize(most_active_items);
  ordered_json result = ordered_json::array();
  for (const Row& row : rows) {
    const Item& item = *row.item;
    result.push_back({{"item",
                       {{"id", item.id},
                        {"counter", item.counter},
                        {"environment", item.environment},
                        {"framework", item.framework},
                        {"last_occurrence_timestamp", item.last_second},
                        {"level", item.level},
                        {"occurrences", row.sum},
                        {"project_id", project_id(item.project)},
                        {"title", item.title},
                        {"unique_occurrences", nullptr},
                        {"group_status", 1}}},
                      {"counts", row.counts}});
  }
  return {.reply = succeeded(std::move(result), call.caller.rate)};
}

Answer occurrence_counts(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const auto buckets = buckets_of(call, second_of(context), false);
  if (!buckets) return bad_buckets(call);
  const auto environments = parameter_list(call.parameters, "environments");
  Counts counts(*buckets);
  for (const Occurrence& occurrence : index.occurrences()) {
    const Item& item = index.items()[occurrence.item];
    if (occurrence.deleted || item.project != call.caller.project || !any(environments, item.environment)) continue;
    counts.add(occurrence.second);
  }
  return {.reply = succeeded(counts.with_times(), call.caller.rate)};
}

Answer activated_counts(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const auto buckets = buckets_of(call, second_of(context), true);
  if (!buckets) return bad_buckets(call);
  const auto environments = parameter_list(call.parameters, "environments");
  Counts counts(*buckets);
  for (const Item& item : index.items()) {
    if (item.project != call.caller.project || !any(environments, item.environment)) continue;
    for (const std::int64_t second : item.activations) counts.add(second);
  }
  return {.reply = succeeded(counts.with_times(), call.caller.rate)};
}

}  // namespace understudy::rollbar
