#include "rollbar/item_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rollbar/doors.h"
#include "rollbar/effect.pb.h"
#include "rollbar/enumerations.h"
#include "rollbar/grouping.h"
#include "rollbar/grouping_rules.h"
#include "rollbar/members.h"
#include "rollbar/outline.h"
#include "rollbar/paging.h"
#include "rollbar/payload.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

namespace {

using recording::Entry;

constexpr std::uint64_t first_occurrence_id =
    200'000'000'000;  // of the order that the service hands out: beyond 32 bits
constexpr std::uint64_t first_batched_id = 1'000'000'000'000'000;
constexpr std::uint64_t batched_ids_an_entry = 100'000;  // more than a batch within the size limit has
constexpr std::uint64_t first_item_id = 1'150'000'001;
constexpr std::uint64_t first_version_id = 1;
constexpr std::int64_t window_seconds = 60;

std::int64_t second_of(const Entry& entry) { return entry.moment.vendor_ns / 1'000'000'000; }

// Parts that are told apart whatever they hold.
std::string key_of(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const std::string_view part : parts) key.append(fmt::to_string(part.size())).append(":").append(part);
  return key;
}

}  // namespace

std::uint64_t Occurrence::id() const {
  return place == 0 ? first_occurrence_id + ordinal : first_batched_id + ordinal * batched_ids_an_entry + place;
}

Occurrence::Position Occurrence::position_of(std::uint64_t id) {
  if (id < first_batched_id) return {id - std::min(id, first_occurrence_id), 0};
  const std::uint64_t batched = id - first_batched_id;
  return {batched / batched_ids_an_entry, static_cast<std::uint32_t>(batched % batched_ids_an_entry)};
}

namespace {

// What a rule of the project made of it.
void regroup(Grouping& grouping, const std::string& rule_fingerprint, const std::string& rule_title) {
  if (rule_fingerprint.empty()) return;
  const Grouping standard = grouping;
  const auto filled = [&](const std::string& pattern) {
    return with_defaults(pattern, standard.fingerprint, standard.title);
  };
  grouping.fingerprint = filed_fingerprint(filled(rule_fingerprint));
  if (!rule_title.empty()) grouping.title = cut_to(filled(rule_title), 255);
}

}  // namespace

// An item that was kept, as its effect tells it.
struct ItemIndex::Stored {
  const std::string& project;
  const std::string& uuid;
  const std::string& rule_fingerprint;
  const std::string& rule_title;
  std::uint64_t outline = 0;
  bool ignores_fingerprint = false;
  bool messages_are_errors = false;
  std::uint32_t place = 0;
};

struct ItemIndex::Arrival {
  Occurrence occurrence;  // but for its item
  std::string_view project;
  std::string environment;
  std::string version;
  Grouping grouping;
  int platform = 0;
  int framework = 0;
};

void ItemIndex::add(const Entry& entry) {
  thread_local Effect effect;  // keeps the memory of its texts
  if (entry.effect.empty()) return changed(entry);
  if (!effect.ParseFromString(entry.effect)) return;
  switch (effect.fate()) {
    case Effect::STORED:
      return store(entry, effect);
    case Effect::LIMITED:
      return report_limit(entry, effect);
    case Effect::COUNTED:
      if (entry.reply.status == 422) return report_refused(entry, effect);
      if (effect.batch_size() > 0) return store(entry, effect);
      if (effect.has_deploy()) return deployed(effect, second_of(entry));
      if (effect.has_upload()) return uploaded(entry, effect);
      return;
    default:
      return;
  }
}

void ItemIndex::store(const Entry& entry, const Effect& effect) {
  if (effect.fate() == Effect::STORED) {
    return store(entry, Stored{effect.project(), effect.uuid(), effect.rule_fingerprint(), effect.rule_title(),
                               effect.outline(), effect.ignores_fingerprint(), effect.messages_are_errors()});
  }
  std::uint32_t place = 0;
  for (const BatchedItem& item : effect.batch()) {
    const Stored stored{effect.project(),
                        item.uuid(),
                        item.rule_fingerprint(),
                        item.rule_title(),
                        item.outline(),
                        effect.ignores_fingerprint(),
                        effect.messages_are_errors(),
                        place++};
    if (!item.is_duplicate()) store(entry, stored);
  }
}

void ItemIndex::store(const Entry& entry, const Stored& stored) {
  if (!store_known(entry, stored) && !store_read(entry, stored)) return;
  by_uuid_[stored.project].emplace(stored.uuid, static_cast<std::uint32_t>(occurrences_.size() - 1));
}

// One whose outline was seen before goes where the first of them went: nothing of it is read. What the outline does not
// tell has to be read: source maps look at lines, rules of the project at anything, and an item that is active again
// takes the title.
bool ItemIndex::store_known(const Entry& entry, const Stored& stored) {
  outline_.reset();
  if (stored.outline == 0 || !source_maps_.empty() || !stored.rule_fingerprint.empty()) return false;
  Outline outline;
  outline.add('P', stored.project);
  outline.add('I', stored.ignores_fingerprint ? 1 : 0);
  outline.add('O', stored.outline);
  outline_ = outline.value();
  const auto found = filed_.find(*outline_);
  if (found == filed_.end() || items_[found->second.item].status == resolved) return false;
  count(found->second, {.ordinal = entry.ordinal, .place = stored.place, .second = second_of(entry)});
  return true;
}

bool ItemIndex::store_read(const Entry& entry, const Stored& stored) {
  thread_local JsonReader reader;
  std::string storage;
  const auto payload = read_payload(entry.request(), reader, storage);
  if (!payload) return false;  // accepted by a rule that was mended since
  const MaybeElement data = data_of(*payload, stored.place);
  if (!data) return false;
  Arrival arrival;
  arrival.occurrence = {.ordinal = entry.ordinal, .place = stored.place, .second = second_of(entry)};
  arrival.project = stored.project;
  arrival.environment = text_of(member_of(data, "environment"));
  if (arrival.environment.empty()) arrival.environment = "unknown";  // [guess]
  arrival.version = code_version_of(data);
  const Unwinder unwinder(source_maps_, stored.project, arrival.version);
  arrival.grouping = grouping_of(*data, unwinder, stored.ignores_fingerprint);
  const bool has_level = level_of(text_of(member_of(data, "level"))).has_value();
  if (stored.messages_are_errors && !arrival.grouping.is_exception && !has_level) arrival.grouping.level = error_level;
  regroup(arrival.grouping, stored.rule_fingerprint, stored.rule_title);
  arrival.platform = platform_of(text_of(member_of(data, "platform")));
  arrival.framework = framework_of(text_of(member_of(data, "framework")), text_of(member_of(data, "language")));
  remember(arrive(arrival));
  return true;
}

// Where nearly every occurrence has an outline of its own, this ends and begins anew.
void ItemIndex::remember(const Filed& filed) {
  if (!outline_ || most_outlines_ == 0) return;
  if (filed_.size() >= most_outlines_) filed_.clear();
  filed_.insert_or_assign(*outline_, filed);
}

// A refused payload shows as an item of its own. [snapshot: users' reports of "API error" items] Its level is ours
// [guess].
void ItemIndex::report_refused(const Entry& entry, const Effect& effect) {
  const auto reply = nlohmann::json::parse(entry.reply.body, nullptr, false);
  const std::string message = reply.is_object() ? reply.value("message", "") : "";
  thread_local JsonReader reader;
  std::string storage;
  const auto payload = read_payload(entry.request(), reader, storage);
  std::string environment;
  if (payload) environment = text_of(member_of(member_of(payload->root, "data"), "environment"));
  report(entry, effect, "API error: " + message, std::move(environment));
}

// Once a window and token. [snapshot: items of 2017 and 2018 in public issues]
void ItemIndex::report_limit(const Entry& entry, const Effect& effect) {
  std::int64_t& told = limit_told_.try_emplace(effect.token(), INT64_MIN / 2).first->second;
  const std::int64_t length = std::max(window_seconds, effect.own_window());
  if (second_of(entry) < told + length && second_of(entry) >= told) return;
  told = second_of(entry);
  report(entry, effect, fmt::format("Your rate limit has been reached for access token \"{}\".", effect.token_name()),
         "");
}

void ItemIndex::report(const Entry& entry, const Effect& effect, const std::string& title, std::string environment) {
  Arrival arrival;
  arrival.occurrence = {.ordinal = entry.ordinal, .second = second_of(entry), .is_system = true};
  arrival.project = effect.project();
  arrival.environment = environment.empty() ? "unknown" : std::move(environment);
  arrival.grouping.fingerprint = sha1_hex(title);
  arrival.grouping.title = cut_to(title, 255);
  arrival.grouping.level = error_level;
  arrival.framework = system_framework;
  arrive(arrival);
}

ItemIndex::Filed ItemIndex::arrive(const Arrival& arrival) {
  know_environment(arrival.project, arrival.environment);
  const std::size_t items_before = items_.size();
  Filed filed;
  filed.item = item_for(arrival);
  const bool is_new = items_.size() > items_before;
  Item& item = items_[filed.item];
  const bool is_reactivated = item.status == resolved && reactivates(item, arrival.version);
  if (is_reactivated) reactivate(item, arrival);
  if (!arrival.version.empty()) {
    filed.version = version_for(arrival.project, arrival.environment, arrival.version, arrival.occurrence.second);
    filed.in_version = &versions_[*filed.version].items[filed.item];
    unsigned& events = filed.in_version->events;
    if (is_new) events |= Version::is_new;
    if (!is_new && (events & (Version::is_new | Version::is_repeated)) == 0) events |= Version::is_repeated;
    if (is_reactivated) events |= Version::is_reactivated;
  }
  count(filed, arrival.occurrence);
  return filed;
}

void ItemIndex::count(const Filed& filed, Occurrence arrived) {
  Item& item = items_[filed.item];
  const auto occurrence = static_cast<std::uint32_t>(occurrences_.size());
  arrived.item = filed.item;
  occurrences_.push_back(arrived);
  item.occurrences.push_back(occurrence);
  item.last_occurrence = arrived.id();
  item.last_second = arrived.second;
  ++item.total_occurrences;
  if (!filed.version) return;
  Version& version = versions_[*filed.version];
  if (!version.first_occurrence) version.first_occurrence = occurrence;
  version.last_occurrence = occurrence;
  if (filed.in_version->occurrences++ == 0) filed.in_version->first = occurrence;
  filed.in_version->last = occurrence;
}

// Title and level are those of the first occurrence. [docs: Items]
std::uint32_t ItemIndex::item_for(const Arrival& arrival) {
  const auto [found, is_new] =
      item_by_group_.try_emplace(key_of({arrival.project, arrival.environment, arrival.grouping.fingerprint}),
                                 static_cast<std::uint32_t>(items_.size()));
  if (!is_new) return found->second;
  auto& of_project = by_counter_[std::string(arrival.project)];
  of_project.push_back(found->second);
  Item& item = items_.emplace_back();
  item.id = first_item_id + items_.size() - 1;
  item.counter = static_cast<std::uint32_t>(of_project.size());
  item.project = arrival.project;
  item.environment = arrival.environment;
  item.fingerprint = arrival.grouping.fingerprint;
  item.title = arrival.grouping.title;
  item.level = arrival.grouping.level;
  item.platform = arrival.platform;
  item.framework = arrival.framework;
  item.first_second = item.activated_second = arrival.occurrence.second;
  item.first_occurrence = item.activating_occurrence = arrival.occurrence.id();
  item.activations.push_back(arrival.occurrence.second);
  return found->second;
}

// A new occurrence opens a resolved item again; where it was resolved in a version, only one of the same or a later
// version, or of none. [docs: Resolving items] Later is what is a greater number, or was seen later. [guess]
bool ItemIndex::reactivates(const Item& item, std::string_view version) const {
  if (!item.resolved_in_version || version.empty()) return true;
  if (version == *item.resolved_in_version) return true;
  if (const auto order = compare_versions(version, *item.resolved_in_version)) return *order >= 0;
  const auto resolved_in = version_of(item.project, item.environment, *item.resolved_in_version);
  const auto seen = version_of(item.project, item.environment, version);
  return resolved_in && (!seen || *seen > *resolved_in);
}

// [docs: Items] The title is taken anew, the level is not.
void ItemIndex::reactivate(Item& item, const Arrival& arrival) {
  item.status = active;
  item.activated_second = arrival.occurrence.second;
  item.activating_occurrence = arrival.occurrence.id();
  item.activations.push_back(arrival.occurrence.second);
  item.resolved_in_version.reset();
  if (!item.title_locked) item.title = arrival.grouping.title;
}

std::uint32_t ItemIndex::version_for(std::string_view project, std::string_view environment, std::string_view text,
                                     std::int64_t second) {
  const auto [found, is_new] =
      by_version_.try_emplace(key_of({project, environment, text}), static_cast<std::uint32_t>(versions_.size()));
  if (!is_new) return found->second;
  Version& version = versions_.emplace_back();
  version.id = first_version_id + versions_.size() - 1;
  version.project = project;
  version.environment = environment;
  version.text = text;
  version.created = second;
  return found->second;
}

std::optional<std::size_t> ItemIndex::version_of(std::string_view project, std::string_view environment,
                                                 std::string_view text) const {
  const auto found = by_version_.find(key_of({project, environment, text}));
  return found == by_version_.end() ? std::nullopt : std::optional<std::size_t>(found->second);
}

void ItemIndex::know_environment(std::string_view project, std::string_view name) {
  for (const Environment& known : environments_) {
    if (known.name == name && known.project == project) return;
  }
  environments_.push_back({std::string(project), std::string(name)});
}

void ItemIndex::uploaded(const Entry& entry, const Effect& effect) {
  const std::string& kind = effect.upload().kind();
  if (kind != replay_kind && kind != deleted_replay_kind) return source_maps_.add(entry, effect);
  const std::string key = key_of({effect.project(), effect.upload().uuid()});
  if (kind == replay_kind) {
    replays_.insert_or_assign(key, entry.ordinal);
  } else {
    replays_.erase(key);
  }
}

// A deploy makes its revision a version. [docs: Versions]
void ItemIndex::deployed(const Effect& effect, std::int64_t second) {
  const auto& deploy = effect.deploy();
  Version& version = versions_[version_for(effect.project(), deploy.environment(), deploy.revision(), second)];
  version.deployed = second;
  version.deployed_by = deploy.local_username().empty() ? deploy.rollbar_username() : deploy.local_username();
}

// ---- changes by hand

void ItemIndex::changed(const Entry& entry) {
  if (!entry.read || entry.reply.status != 200) return;
  const recording::Request request = entry.request();
  const Route route = route_of(request);
  const std::uint64_t id = to_number(route.argument()).value_or(0);
  if (route.operation == Operation::update_item && id >= first_item_id && id - first_item_id < items_.size()) {
    change_item(items_[id - first_item_id], entry);
  }
  if (route.operation == Operation::delete_occurrence) {
    if (const std::size_t place = place_of(id); place < occurrences_.size()) occurrences_[place].deleted = true;
  }
}

namespace {

std::optional<std::int64_t> number_or_none(const nlohmann::ordered_json& value) {
  return value.is_number() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

}  // namespace

void ItemIndex::change_item(Item& item, const Entry& entry) {
  const auto fields = nlohmann::ordered_json::parse(entry.body, nullptr, false);
  if (!fields.is_object()) return;
  const std::int64_t second = second_of(entry);
  const auto text = [&](const char* name) { return fields[name].get<std::string>(); };
  if (fields.contains("title")) item.title = text("title"), item.title_locked = true;
  if (fields.contains("level")) item.level = level_of(text("level")).value_or(item.level), item.level_locked = true;
  if (fields.contains("assigned_user_id")) item.assigned_user = number_or_none(fields["assigned_user_id"]);
  if (fields.contains("assigned_team_id")) item.assigned_team = number_or_none(fields["assigned_team_id"]);
  if (fields.contains("team_id")) item.assigned_team = number_or_none(fields["team_id"]);
  for (const char* const name : {"snooze_enabled", "snoozed"}) {
    if (!fields.contains(name)) continue;
    item.snoozed_until.reset();
    if (fields[name] == true) {
      item.snoozed_until = second + fields.value("snooze_expiration_in_seconds", std::int64_t{3600});
    }
  }
  if (!fields.contains("status")) return;
  const int status = status_of(text("status")).value_or(item.status);
  if (status == resolved) {
    item.resolved_second = second;
    item.total_occurrences = 0;
    item.resolved_in_version.reset();
    if (fields.contains("resolved_in_version") && fields["resolved_in_version"].is_string()) {
      item.resolved_in_version = text("resolved_in_version");
      Version& version = versions_[version_for(item.project, item.environment, *item.resolved_in_version, second)];
      version.items[static_cast<std::uint32_t>(item.id - first_item_id)].events |= Version::is_resolved;
    }
  }
  if (status == muted) item.muted_second = second;
  if (status == active && item.status != active) item.activated_second = second;
  item.status = status;
}

// ---- look-ups

const Item* ItemIndex::item(std::string_view project, std::uint64_t id) const {
  if (id < first_item_id || id - first_item_id >= items_.size()) return nullptr;
  const Item& item = items_[id - first_item_id];
  return item.project == project ? &item : nullptr;
}

const Item* ItemIndex::item_by_counter(std::string_view project, std::uint64_t counter) const {
  const auto found = by_counter_.find(project);
  if (found == by_counter_.end() || counter == 0 || counter > found->second.size()) return nullptr;
  return &items_[found->second[counter - 1]];
}

const Occurrence* ItemIndex::occurrence(std::string_view project, std::uint64_t id) const {
  const std::size_t place = place_of(id);
  if (place == occurrences_.size()) return nullptr;
  const Occurrence& found = occurrences_[place];
  return !found.deleted && items_[found.item].project == project ? &found : nullptr;
}

std::size_t ItemIndex::place_of(std::uint64_t id) const {
  const auto found = std::ranges::lower_bound(occurrences_, Occurrence::position_of(id), {}, &Occurrence::position);
  if (found == occurrences_.end() || found->id() != id) return occurrences_.size();
  return static_cast<std::size_t>(found - occurrences_.begin());
}

std::optional<std::uint64_t> ItemIndex::replay(std::string_view project, std::string_view id) const {
  const auto found = replays_.find(key_of({project, id}));
  return found == replays_.end() ? std::nullopt : std::optional(found->second);
}

const Occurrence* ItemIndex::occurrence_by_uuid(std::string_view project, std::string_view uuid) const {
  const auto of_project = by_uuid_.find(project);
  if (of_project == by_uuid_.end()) return nullptr;
  const auto found = of_project->second.find(uuid);
  if (found == of_project->second.end() || occurrences_[found->second].deleted) return nullptr;
  return &occurrences_[found->second];
}

std::optional<int> compare_versions(std::string_view left, std::string_view right) {
  const auto next = [](std::string_view& rest) {
    const std::string_view part = rest.substr(0, rest.find('.'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part.empty() ? std::optional<std::uint64_t>(0) : to_number(part);
  };
  if (left.starts_with('v')) left.remove_prefix(1);
  if (right.starts_with('v')) right.remove_prefix(1);
  int order = 0;
  while (!left.empty() || !right.empty()) {
    const auto a = next(left), b = next(right);
    if (!a || !b) return std::nullopt;
    if (order == 0 && *a != *b) order = *a < *b ? -1 : 1;
  }
  return order;
}

}  // namespace understudy::rollbar
