#include "cloudwatch_logs/state.h"

#include <fmt/format.h>

#include <algorithm>

#include "cloudwatch_logs/effect.pb.h"

namespace understudy::cloudwatch_logs {
namespace {

void create_group(Groups& groups, const effect::Effect& effect) {
  const auto& wanted = effect.create_log_group();
  Group group;
  group.creation_time_ms = effect.time_ms();
  group.kms_key_id = wanted.kms_key_id();
  if (!wanted.log_group_class().empty()) group.log_group_class = wanted.log_group_class();
  group.deletion_protection = wanted.deletion_protection();
  for (const auto& tag : wanted.tags()) group.tags[tag.key()] = tag.value();
  groups.insert_or_assign(effect.log_group(), std::move(group));
}

void put_events(Stream& stream, const effect::PutLogEvents& put, std::uint64_t ordinal) {
  stream.upload_sequence_token = put.next_sequence_token();
  if (put.first() >= put.end()) return;
  const bool is_first = stream.batches.empty();
  stream.first_event_ms =
      is_first ? put.first_timestamp_ms() : std::min(stream.first_event_ms, put.first_timestamp_ms());
  stream.last_event_ms = is_first ? put.last_timestamp_ms() : std::max(stream.last_event_ms, put.last_timestamp_ms());
  stream.last_ingestion_ms = put.ingestion_time_ms();
  stream.batches.push_back(
      {ordinal, put.first(), put.end(), put.first_timestamp_ms(), put.last_timestamp_ms(), put.ingestion_time_ms()});
}

void change_objects(Objects& objects, const effect::Effect& effect) {
  if (effect.has_put_object()) {
    const auto& put = effect.put_object();
    objects[put.kind()][put.key()] = put.json();
  } else if (effect.has_delete_object()) {
    const auto kind = objects.find(effect.delete_object().kind());
    if (kind == objects.end()) return;
    kind->second.erase(effect.delete_object().key());
    if (kind->second.empty()) objects.erase(kind);
  }
}

void set_group(Group& group, const effect::SetGroup& change) {
  if (change.has_kms_key_id()) group.kms_key_id = change.kms_key_id();
  if (change.has_deletion_protection()) group.deletion_protection = change.deletion_protection();
  if (change.has_bearer_token_authentication())
    group.bearer_token_authentication = change.bearer_token_authentication();
}

std::string dump_of(const Objects& objects, std::string_view indent) {
  std::string text;
  for (const auto& [kind, all] : objects) {
    for (const auto& [key, json] : all) text += fmt::format("{}{} {}: {}\n", indent, kind, key, json);
  }
  return text;
}

// Of the operations that have a quota.
std::string_view operation_of(const effect::Effect& effect) {
  switch (effect.change_case()) {
    case effect::Effect::kPutLogEvents:
      return "PutLogEvents";
    case effect::Effect::kCreateLogStream:
      return "CreateLogStream";
    case effect::Effect::kCreateLogGroup:
      return "CreateLogGroup";
    case effect::Effect::kDeleteLogGroup:
      return "DeleteLogGroup";
    default:
      return {};
  }
}

void change_group(Group& group, const effect::Effect& effect, std::uint64_t ordinal) {
  switch (effect.change_case()) {
    case effect::Effect::kCreateLogStream:
      group.streams[effect.log_stream()].creation_time_ms = effect.time_ms();
      break;
    case effect::Effect::kDeleteLogStream:
      group.streams.erase(effect.log_stream());
      break;
    case effect::Effect::kSetRetention:
      group.retention_days = effect.set_retention().days();
      if (group.retention_days == 0) group.retention_days.reset();
      break;
    case effect::Effect::kSetTags:
      for (const auto& tag : effect.set_tags().tags()) group.tags[tag.key()] = tag.value();
      break;
    case effect::Effect::kRemoveTags:
      for (const auto& key : effect.remove_tags().keys()) group.tags.erase(key);
      break;
    case effect::Effect::kPutLogEvents: {
      const auto stream = group.streams.find(effect.log_stream());
      if (stream != group.streams.end()) put_events(stream->second, effect.put_log_events(), ordinal);
      break;
    }
    case effect::Effect::kSetGroup:
      set_group(group, effect.set_group());
      break;
    default:
      change_objects(group.objects, effect);
      break;
  }
}

std::string dump_of(const Stream& stream, std::string_view name) {
  auto text = fmt::format("  stream {} created {}", name, stream.creation_time_ms);
  if (!stream.upload_sequence_token.empty()) text += fmt::format(" token {}", stream.upload_sequence_token);
  if (!stream.batches.empty()) {
    text += fmt::format(" events {}..{} ingested {}", stream.first_event_ms, stream.last_event_ms,
                        stream.last_ingestion_ms);
  }
  text += '\n';
  for (const auto& batch : stream.batches) {
    text += fmt::format("    batch entry {} events [{}, {}) at {}..{} ingested {}\n", batch.entry, batch.first,
                        batch.end, batch.first_timestamp_ms, batch.last_timestamp_ms, batch.ingestion_time_ms);
  }
  return text;
}

std::string dump_of(const Group& group, std::string_view name) {
  auto text = fmt::format("group {} created {} class {}", name, group.creation_time_ms, group.log_group_class);
  if (group.retention_days) text += fmt::format(" retention {} days", *group.retention_days);
  if (!group.kms_key_id.empty()) text += fmt::format(" key {}", group.kms_key_id);
  if (group.deletion_protection) text += " protected";
  if (group.bearer_token_authentication) text += fmt::format(" bearer tokens {}", *group.bearer_token_authentication);
  text += '\n';
  text += dump_of(group.objects, "  ");
  for (const auto& [key, value] : group.tags) text += fmt::format("  tag {}={}\n", key, value);
  for (const auto& [stream_name, stream] : group.streams) text += dump_of(stream, stream_name);
  return text;
}

}  // namespace

const Groups& LogsState::groups_of(const Place& place) const {
  static const Groups none;
  const auto found = places_.find(place);
  return found == places_.end() ? none : found->second.groups;
}

const Objects& LogsState::objects_of(const Place& place) const {
  static const Objects none;
  const auto found = places_.find(place);
  return found == places_.end() ? none : found->second.objects;
}

const Rates& LogsState::rates_of(const Place& place) const {
  static const Rates none;
  const auto found = places_.find(place);
  return found == places_.end() ? none : found->second.rates;
}

void LogsState::apply(const effect::Effect& effect, std::uint64_t ordinal) {
  auto& [groups, objects, rates] = places_[Place{effect.account(), effect.region()}];
  if (const auto* quota = quota_of(operation_of(effect))) rates.count(*quota, effect.time_ms());
  if (effect.log_group().empty()) {
    change_objects(objects, effect);
    return;
  }
  if (effect.change_case() == effect::Effect::kCreateLogGroup) {
    create_group(groups, effect);
    return;
  }
  const auto group = groups.find(effect.log_group());
  if (group == groups.end()) return;
  if (effect.change_case() == effect::Effect::kDeleteLogGroup) {
    groups.erase(group);
  } else {
    change_group(group->second, effect, ordinal);
  }
}

std::string LogsState::dump() const {
  auto text = accounts.dump();
  for (const auto& [place, holdings] : places_) {
    text += fmt::format("account {} region {}\n", place.account, place.region);
    text += dump_of(holdings.objects, "");
    for (const auto& [name, group] : holdings.groups) text += dump_of(group, name);
    text += holdings.rates.dump();
  }
  return text;
}

const Group* find_group(const Groups& groups, std::string_view name) {
  const auto found = groups.find(name);
  return found == groups.end() ? nullptr : &found->second;
}

const std::map<std::string, std::string, std::less<>>& objects_of_kind(const Objects& objects, std::string_view kind) {
  static const std::map<std::string, std::string, std::less<>> none;
  const auto found = objects.find(kind);
  return found == objects.end() ? none : found->second;
}

const std::string* find_object(const Objects& objects, std::string_view kind, std::string_view key) {
  const auto& all = objects_of_kind(objects, kind);
  const auto found = all.find(key);
  return found == all.end() ? nullptr : &found->second;
}

const Stream* find_stream(const Group& group, std::string_view name) {
  const auto found = group.streams.find(name);
  return found == group.streams.end() ? nullptr : &found->second;
}

}  // namespace understudy::cloudwatch_logs
