// Items: listed, found, changed. [docs: Items]
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "rollbar/enumerations.h"
#include "rollbar/grouping.h"
#include "rollbar/read_api.h"
#include "rollbar/replies.h"

namespace understudy::rollbar {

namespace {

using nlohmann::ordered_json;
using recording::Answer;
using recording::Context;

constexpr std::size_t items_a_page = 100;
constexpr std::size_t most_items_a_page = 5000;  // where a limit asks for it [code: rollbar-mcp-server]
constexpr std::size_t most_counted = 100'000;    // above it total_count is null
constexpr std::string_view no_such_item = "Item not found in this project.";

std::int64_t second_of(const Context& context) { return context.moment.vendor_ns / 1'000'000'000; }

template <typename Value>
ordered_json or_null(const std::optional<Value>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

Answer refuse(const ReadCall& call, int status, std::string_view message) {
  return {.reply = failed(status, message, call.caller.rate)};
}

bool holds(std::string_view title, std::string_view words) {
  return !std::ranges::search(title, words, [&](char a, char b) { return to_lower(a) == to_lower(b); }).empty() ||
         words.empty();
}

// What the query of a list asks for; of each filter any value will do. [docs: List all items]
class Filter {
 public:
  explicit Filter(const Parameters& parameters)
      : status_(parameter_list(parameters, "status")),
        level_(parameter_list(parameters, "level")),
        environment_(parameter_list(parameters, "environment")),
        framework_(parameter_list(parameters, "framework")),
        ids_(parameter_list(parameters, "ids")),
        user_(parameter(parameters, "assigned_user")),
        team_(parameter(parameters, "assigned_team")),
        snoozed_(parameter(parameters, "is_snoozed")),
        words_(parameter(parameters, "query")) {}

  bool admits(const Item& item, std::int64_t now) const {
    return any(status_, status_name(item.status)) && any(level_, level_name(item.level)) &&
           any(environment_, item.environment) && any(framework_, framework_name(item.framework)) &&
           (ids_.empty() || any(ids_, fmt::to_string(item.id))) && assigned(user_, item.assigned_user) &&
           assigned(team_, item.assigned_team) && snoozed(item, now) && holds(item.title, words_);
  }

 private:
  static bool any(const std::vector<std::string>& wanted, std::string_view has) {
    return wanted.empty() || std::ranges::find(wanted, has) != wanted.end();
  }
  static bool assigned(const std::string& wanted, const std::optional<std::int64_t>& has) {
    if (wanted.empty()) return true;
    if (wanted == "assigned") return has.has_value();
    if (wanted == "unassigned") return !has.has_value();
    return has && wanted == fmt::to_string(*has);
  }
  bool snoozed(const Item& item, std::int64_t now) const {
    if (snoozed_.empty()) return true;
    return (item.snoozed_until && *item.snoozed_until > now) == (snoozed_ == "true" || snoozed_ == "1");
  }

  std::vector<std::string> status_, level_, environment_, framework_, ids_;
  std::string user_, team_, snoozed_, words_;
};

bool is_uuid_shaped(std::string_view text) {
  if (text.size() == 32) return std::ranges::all_of(text, is_hex_digit);
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : !is_hex_digit(text[i])) return false;
  }
  return true;
}

}  // namespace

// The order of a recorded list; the last six are of newer documentation. [snapshot: a dashboard's test data, 2021]
// [docs: List all items] What assigns, merges and links items elsewhere is null here.
ordered_json to_json(const Item& item, std::int64_t now) {
  const bool is_snoozed = item.snoozed_until && *item.snoozed_until > now;
  return {{"public_item_id", nullptr},
          {"integrations_data", nullptr},
          {"level_lock", item.level_locked ? 1 : 0},
          {"controlling_id", item.id},
          {"last_activated_timestamp", item.activated_second},
          {"assigned_user_id", or_null(item.assigned_user)},
          {"group_status", 1},
          {"hash", item.fingerprint},
          {"id", item.id},
          {"environment", item.environment},
          {"title_lock", item.title_locked ? 1 : 0},
          {"title", item.title},
          {"last_occurrence_id", item.last_occurrence},
          {"last_occurrence_timestamp", item.last_second},
          {"platform", platform_name(item.platform)},
          {"first_occurrence_timestamp", item.first_second},
          {"project_id", project_id(item.project)},
          {"resolved_in_version", or_null(item.resolved_in_version)},
          {"status", status_name(item.status)},
          {"unique_occurrences", nullptr},
          {"group_item_id", nullptr},
          {"framework", framework_name(item.framework)},
          {"total_occurrences", item.total_occurrences},
          {"level", level_name(item.level)},
          {"counter", item.counter},
          {"last_modified_by", nullptr},
          {"first_occurrence_id", item.first_occurrence},
          {"activating_occurrence_id", item.activating_occurrence},
          {"last_resolved_timestamp", or_null(item.resolved_second)},
          {"assigned_team_id", or_null(item.assigned_team)},
          {"last_muted_timestamp", or_null(item.muted_second)},
          {"snooze_status", is_snoozed ? ordered_json("snoozed") : ordered_json()},
          {"snooze_type", nullptr},
          {"snooze_expiration_threshold_seconds", nullptr},
          {"snooze_expiration_datetime", nullptr}};
}

// The item that occurred last stands first. [guess]
Answer list_items(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const Filter filter(call.parameters);
  const std::int64_t now = second_of(context);
  std::vector<const Item*> found;
  for (const Item& item : index.items()) {
    if (item.project == call.caller.project && filter.admits(item, now)) found.push_back(&item);
  }
  const std::uint64_t page = page_of(call.parameters);
  const auto shown = page_indexes(found.size(), page, limit_of(call.parameters, items_a_page, most_items_a_page));
  std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(shown.empty() ? 0 : shown.back() + 1),
                            std::greater<>(), [](const Item* item) { return item->occurrences.back(); });
  ordered_json items = ordered_json::array();
  for (const std::size_t i : shown) items.push_back(to_json(*found[i], now));
  const ordered_json count = found.size() > most_counted ? ordered_json() : ordered_json(found.size());
  return {.reply = succeeded({{"page", page}, {"total_count", count}, {"items", std::move(items)}}, call.caller.rate)};
}

// What pyrollbar's search_items() asks: items by words of their title, and of each the members that it names. [code:
// pyrollbar] The answer has the shape of a list, as it reads one; that is all that is known of it. [guess]
Answer search_items(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const std::string_view words = parameter(call.parameters, "title");
  const auto fields = parameter_list(call.parameters, "fields");
  std::vector<const Item*> found;
  for (const Item& item : index.items() | std::views::reverse) {
    if (item.project == call.caller.project && holds(item.title, words)) found.push_back(&item);
  }
  const std::uint64_t page = page_of(call.parameters);
  ordered_json items = ordered_json::array();
  for (const std::size_t i : page_indexes(found.size(), page, items_a_page)) {
    const ordered_json whole = to_json(*found[i], second_of(context));
    ordered_json& shown = items.emplace_back(fields.empty() ? whole : ordered_json::object());
    for (const std::string& name : fields) {
      if (whole.contains(name)) shown[name] = whole[name];
    }
  }
  return {.reply = succeeded({{"page", page}, {"total_count", found.size()}, {"items", std::move(items)}},
                             call.caller.rate)};
}

Answer get_item(const ItemIndex& index, const ReadCall& call, const Context& context) {
  const Item* const item = index.item(call.caller.project, to_number(call.argument).value_or(0));
  if (item == nullptr) return refuse(call, 404, no_such_item);
  return {.reply = succeeded(to_json(*item, second_of(context)), call.caller.rate)};
}

// By ?uuid= as documented, or by ?counter=. [code: rollbar-mcp-server]
Answer find_item(const ItemIndex& index, const ReadCall& call, const Context& context) {
  if (const std::string_view counter = parameter(call.parameters, "counter"); !counter.empty()) {
    const Item* const item = index.item_by_counter(call.caller.project, to_number(counter).value_or(0));
    if (item == nullptr) return refuse(call, 404, no_such_item);
    return {.reply = succeeded(to_json(*item, second_of(context)), call.caller.rate)};
  }
  const std::string_view uuid = parameter(call.parameters, "uuid");
  const Occurrence* const occurrence = index.occurrence_by_uuid(call.caller.project, uuid);
  if (occurrence != nullptr) {
    return {.reply = succeeded(to_json(index.items()[occurrence->item], second_of(context)), call.caller.rate)};
  }
  if (!is_uuid_shaped(uuid)) return refuse(call, 400, "Invalid UUID format");
  return refuse(call, 404, "UUID did not match any occurrence");
}

// A redirection, the only one of this API. A token of the query is carried along, as older documentation shows. [docs:
// Get an item by counter]
Answer item_by_counter(const ItemIndex& index, const ReadCall& call, const Context&) {
  const Item* const item = index.item_by_counter(call.caller.project, to_number(call.argument).value_or(0));
  if (item == nullptr) return refuse(call, 404, no_such_item);
  const std::string uri = fmt::format("/api/1/item/{}", item->id);
  const ordered_json result = {{"itemId", item->id}, {"path", fmt::format("/item/{}", item->id)}, {"uri", uri}};
  Answer answer{.reply = answered(301, {{"err", 0}, {"result", result}}, call.caller.rate)};
  const bool in_query = call.caller.token_in_query;
  answer.reply.headers.emplace_back("Location",
                                    in_query ? fmt::format("{}?access_token={}", uri, call.caller.token_text) : uri);
  return answer;
}

// What may be changed is documented; archived, snoozed and team_id are what rollbar-mcp-server sends. [docs: Update an
// item] [code: rollbar-mcp-server] The words of a refusal are not on record. [guess]
std::string fault_of_changes(const ordered_json& fields) {
  const auto is_text = [&](const char* name, std::size_t longest) {
    if (!fields.contains(name)) return true;
    if (!fields[name].is_string()) return false;
    const auto text = fields[name].get<std::string>();
    return !text.empty() && cut_to(text, longest).size() == text.size();
  };
  const auto is_number = [&](const char* name) {
    return !fields.contains(name) || fields[name].is_null() || fields[name].is_number_integer();
  };
  if (!is_text("status", 20) || (fields.contains("status") && !status_of(fields["status"].get<std::string>()))) {
    return "Invalid format. status should be one of active, resolved, muted, archived.";
  }
  if (!is_text("level", 20) || (fields.contains("level") && !level_of(fields["level"].get<std::string>()))) {
    return "Invalid format. level should be one of critical, error, warning, info, debug.";
  }
  if (!is_text("title", 255)) return "Invalid format. title should be a string of 1 to 255 characters.";
  if (fields.contains("resolved_in_version") && !fields["resolved_in_version"].is_null() &&
      !is_text("resolved_in_version", 40)) {
    return "Invalid format. resolved_in_version should be a string of at most 40 characters.";
  }
  for (const char* const name : {"assigned_user_id", "assigned_team_id", "team_id", "snooze_expiration_in_seconds"}) {
    if (!is_number(name)) return fmt::format("Invalid format. {} should be an integer.", name);
  }
  for (const char* const name : {"snooze_enabled", "snoozed"}) {
    if (fields.contains(name) && !fields[name].is_boolean()) {
      return fmt::format("Invalid format. {} should be a boolean.", name);
    }
  }
  return {};
}

// Answers the members that were sent. The change itself is folded from this exchange: item_index.h. [docs: Update an
// item]
Answer update_item(const ItemIndex& index, const ReadCall& call, const Context&) {
  if (index.item(call.caller.project, to_number(call.argument).value_or(0)) == nullptr) {
    return refuse(call, 400, no_such_item);  // this page says 400 where the others say 404 [docs: Update an item]
  }
  ordered_json fields = ordered_json::parse(call.body, nullptr, false);
  for (const char* const name : {"access_token", "project_id"}) fields.erase(name);
  return {.reply = succeeded(std::move(fields), call.caller.rate, false)};
}

}  // namespace understudy::rollbar
