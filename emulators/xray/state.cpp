#include "xray/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "aws/arn.h"
#include "xray/effect.h"
#include "xray/sampling.h"

namespace understudy::xray {
namespace {

using nlohmann::json;

constexpr int longest_lag_s = 3600;

Scope scope_of(const json& change) {
  return {change.at("account").get<std::string>(), change.at("region").get<std::string>()};
}

void rules_changed(Region& region, std::int64_t wall_ns) {
  region.last_rule_modification_s = std::max(region.last_rule_modification_s, whole_seconds(wall_ns + 999'999'999));
}

void put_rule(XrayState& state, const json& change, const recording::Moment& moment) {
  auto& region = state.regions[scope_of(change)];
  auto rule = rule_from_json(change.at("rule"));
  rule.created_s = rule.modified_s = whole_seconds(moment.wall_ns);
  const auto known = std::ranges::find(region.rules, rule.name, &SamplingRule::name);
  if (known == region.rules.end()) {
    region.rules.push_back(std::move(rule));
  } else {
    rule.created_s = known->created_s;
    *known = std::move(rule);
  }
  rules_changed(region, moment.wall_ns);
}

void delete_rule(XrayState& state, const json& change, const recording::Moment& moment) {
  auto& region = state.regions[scope_of(change)];
  const auto name = change.at("name").get<std::string>();
  std::erase_if(region.rules, [&](const auto& rule) { return rule.name == name; });
  region.traffic.erase(name);
  region.resources.forget_tags(arn_of_rule(scope_of(change), name));
  rules_changed(region, moment.wall_ns);
}

void add_statistics(XrayState& state, const json& change, const recording::Moment& moment) {
  auto& region = state.regions[scope_of(change)];
  for (const auto& report : change.at("reports")) {
    auto& traffic = region.traffic[report.at("rule").get<std::string>()];
    const Counts counts{report.at("requests"), report.at("sampled"), report.at("borrowed")};
    traffic.all += counts;
    const auto now_s = whole_seconds(moment.vendor_ns);
    traffic.windows[now_s - now_s % statistics_window_s] += counts;
    if (traffic.windows.size() > most_statistics_windows) traffic.windows.erase(traffic.windows.begin());
    std::erase_if(traffic.clients,
                  [&](const auto& client) { return moment.vendor_ns - client.second >= client_lives_ns; });
    traffic.clients[report.at("client").get<std::string>()] = moment.vendor_ns;
  }
}

void put_group(XrayState& state, const json& change, const recording::Applied& applied) {
  auto& groups = state.regions[scope_of(change)].groups;
  Group group{change.at("name"),
              change.at("arn"),
              change.at("filter"),
              change.at("insights"),
              change.at("notifications"),
              applied.ordinal,
              0};
  const auto known = std::ranges::find(groups, group.name, &Group::name);
  if (known == groups.end()) {
    groups.push_back(std::move(group));
  } else {
    const bool is_changed = known->filter != group.filter;
    if (!is_changed) group.since_entry = known->since_entry;
    group.changed_ns = is_changed ? applied.moment.vendor_ns : known->changed_ns;
    *known = std::move(group);
  }
}

void delete_group(XrayState& state, const json& change) {
  const auto name = change.at("name").get<std::string>();
  auto& region = state.regions[scope_of(change)];
  if (const auto* group = region.find_group(name)) region.resources.forget_tags(group->arn);
  std::erase_if(region.groups, [&](const auto& group) { return group.name == name; });
}

bool apply_datagram(XrayState& state, const recording::Applied& applied) {
  const auto effect = applied.effect;
  if (!effect.starts_with(R"({"datagram")")) return false;
  ++state.counters.received;
  if (effect == datagram_rejected) ++state.counters.rejected;
  if (effect == datagram_unprocessed || effect == datagram_over_limit) ++state.service.unprocessed;
  if (effect == datagram_taken) {
    ++state.service.documents;
    const auto document = applied.body.substr(applied.body.find('\n') + 1);
    state.sizes.add(TraceSizes::key(trace_id_in(document), nullptr), document.size());
  }
  return true;
}

void add_segments(XrayState& state, const json& change) {
  state.service.documents += change.at("accepted").get<std::uint64_t>();
  state.service.unprocessed += change.at("refused").size();
  const auto sizes = change.find("sizes");
  if (sizes == change.end()) return;
  const bool is_scoped = change.contains("region");
  const auto scope = is_scoped ? scope_of(change) : Scope{};
  for (const auto& [trace, bytes] : sizes->items()) {
    state.sizes.add(TraceSizes::key(trace, is_scoped ? &scope : nullptr), bytes.get<std::uint64_t>());
  }
}

void apply_change(XrayState& state, const json& effect, const recording::Applied& applied) {
  const auto& moment = applied.moment;
  for (const auto& [name, change] : effect.items()) {
    if (name == "segments") {
      add_segments(state, change);
    } else if (name == "telemetry") {
      state.service.telemetry_records += change.at("records").get<std::uint64_t>();
    } else if (name == "otlp") {
      state.service.spans += change.at("spans").get<std::uint64_t>();
    } else if (name == "statistics") {
      add_statistics(state, change, moment);
    } else if (name == "put_rule") {
      put_rule(state, change, moment);
    } else if (name == "delete_rule") {
      delete_rule(state, change, moment);
    } else if (name == "put_group") {
      put_group(state, change, applied);
    } else if (name == "delete_group") {
      delete_group(state, change);
    } else if (change.is_object() && change.contains("region")) {
      apply_to(state.regions[scope_of(change)].resources, name, change, moment);
    }
  }
}

json dump_region(const Scope& scope, const Region& region) {
  json rules = json::array();
  for (const auto& rule : region.rules) rules.push_back(record_to_json(rule, scope));
  json groups = json::array();
  for (const auto& group : region.groups) {
    groups.push_back({group.name, group.arn, group.filter, group.insights, group.notifications, group.since_entry,
                      group.changed_ns});
  }
  json traffic = json::object();
  for (const auto& [rule, seen] : region.traffic) {
    json windows = json::array();
    for (const auto& [start_s, counts] : seen.windows) {
      windows.push_back({start_s, counts.requests, counts.sampled, counts.borrowed});
    }
    traffic[rule] = {{"requests", seen.all.requests},
                     {"sampled", seen.all.sampled},
                     {"borrowed", seen.all.borrowed},
                     {"windows", windows},
                     {"clients", seen.clients}};
  }
  return {{"rules", rules},
          {"groups", groups},
          {"traffic", traffic},
          {"resources", dump_of(region.resources)},
          {"last_rule_modification", region.last_rule_modification_s}};
}

}  // namespace

const SamplingRule* Region::find_rule(std::string_view name) const {
  const auto known = std::ranges::find(rules, name, &SamplingRule::name);
  return known == rules.end() ? nullptr : &*known;
}

const Group* Region::find_group(std::string_view name) const {
  const auto known = std::ranges::find(groups, name, &Group::name);
  return known == groups.end() ? nullptr : &*known;
}

const Region& XrayState::region(const Scope& scope) const {
  static const Region untouched;
  const auto known = regions.find(scope);
  return known == regions.end() ? untouched : known->second;
}

std::string arn_of_rule(const Scope& scope, std::string_view name) {
  return aws::arn("xray", scope.region, scope.account, fmt::format("sampling-rule/{}", name));
}

// An effect that this program did not write (a damaged or newer journal) changes nothing.
void apply(XrayState& state, const recording::Applied& applied) {
  if (apply_datagram(state, applied)) return;
  const auto effect = json::parse(applied.effect, nullptr, false);
  if (!effect.is_object()) return;
  try {
    apply_change(state, effect, applied);
  } catch (const json::exception&) {
    return;
  }
}

std::string dump(const XrayState& state) {
  json regions = json::object();
  for (const auto& [scope, region] : state.regions) {
    regions[fmt::format("{}/{}", scope.account, scope.region)] = dump_region(scope, region);
  }
  const json all = {{"daemon",
                     {{"account", state.daemon.account},
                      {"region", state.daemon.region},
                      {"received", state.counters.received},
                      {"rejected", state.counters.rejected}}},
                    {"service",
                     {{"documents", state.service.documents},
                      {"unprocessed", state.service.unprocessed},
                      {"spans", state.service.spans},
                      {"telemetry_records", state.service.telemetry_records},
                      {"trace_sizes", state.sizes.digest()}}},
                    {"regions", regions}};
  return all.dump(1) + '\n' + state.accounts.dump();
}

std::expected<void, std::string> check_settings(const json& settings) {
  if (!settings.is_object()) return std::unexpected("the settings are not an object");
  for (const auto& [name, value] : settings.items()) {
    if (name == "read_lag_s") {
      const bool is_time = value.is_number() && value.get<double>() >= 0 && value.get<double>() <= longest_lag_s;
      if (!is_time) return std::unexpected(fmt::format("read_lag_s is not a number from 0 to {}", longest_lag_s));
      continue;
    }
    if (name != "daemon_region" && name != "daemon_account") {
      return std::unexpected(
          fmt::format("{} is no setting; known are daemon_region, daemon_account, read_lag_s", name));
    }
    if (!value.is_string()) return std::unexpected(fmt::format("{} is not a string", name));
    const auto text = value.get<std::string>();
    if (name == "daemon_region" && !aws::looks_like_region(text)) {
      return std::unexpected(fmt::format("daemon_region '{}' is no region; write one such as ca-central-1", text));
    }
    const bool has_letters = text.find_first_not_of("0123456789") != std::string::npos;
    if (name == "daemon_account" && (text.size() != 12 || has_letters)) {
      return std::unexpected(fmt::format("daemon_account '{}' is not twelve digits", text));
    }
  }
  return {};
}

void apply_settings(XrayState& state, const json& settings) {
  state.daemon.region = settings.value("daemon_region", std::string(default_region));
  state.daemon.account = settings.value("daemon_account", std::string(aws::default_account));
  state.lag_ns = static_cast<std::int64_t>(settings.value("read_lag_s", 0.0) * 1e9);
}

}  // namespace understudy::xray
