// GetSamplingTargets: statistics in, shares of the reservoir out.
#include <fmt/format.h>

#include <limits>
#include <set>

#include "xray/limits.h"
#include "xray/members.h"
#include "xray/rules.h"
#include "xray/sampling.h"
#include "xray/scope.h"

namespace understudy::xray {
namespace {

constexpr std::size_t most_documents = 25;                              // [code: API model]
constexpr std::size_t client_id_length = 24;                            // [code: API model]
constexpr std::int64_t any = std::numeric_limits<std::int32_t>::max();  // integers of the model have 32 bits
constexpr std::int64_t interval_s = 10;                                 // [docs]
constexpr std::int64_t quota_lives_s = 300;                             // [docs]
// A document that is too old comes back unprocessed [docs]; how old that is, is a [guess]: SDKs report every 10 s.
constexpr double oldest_report_s = 3600;

struct Report {
  std::string rule;
  std::string client;
  std::int64_t requests = 0;
  std::int64_t sampled = 0;
  std::int64_t borrowed = 0;
  double time_s = 0;
  bool has_sampled = true;
};

std::expected<Report, Answer> read_report(const nlohmann::json& document, std::size_t index) {
  const auto place = fmt::format("samplingStatisticsDocuments.{}.member", index + 1);
  if (!document.is_object()) return std::unexpected(unreadable(place, "not an object"));
  Members members(document, place);
  Report report;
  report.rule = members.text("RuleName", 1, 32, Need::required).value_or("");
  report.client = members.text("ClientID", client_id_length, client_id_length, Need::required).value_or("");
  // Seconds, but the Java SDK sends milliseconds and is served [code].
  report.time_s = members.number("Timestamp", 0, std::numeric_limits<double>::infinity(), Need::required).value_or(0);
  if (report.time_s > looks_like_milliseconds) report.time_s /= 1000;
  report.requests = members.integer("RequestCount", 0, any, Need::required).value_or(0);
  // Required by the model; OpenTelemetry's Python samplers leave it out and ship that way, so the service lets it pass
  // [guess].
  const auto sampled = members.integer("SampledCount", 0, any, Need::optional);
  report.has_sampled = sampled.has_value();
  report.sampled = sampled.value_or(0);
  report.borrowed = members.integer("BorrowCount", 0, any, Need::optional).value_or(0);
  if (auto refused = members.refusal()) return std::unexpected(std::move(*refused));
  return report;
}

// What ADOT reports for rules with a SamplingRateBoost. It sends a ClientID with it, which the model does not have
// [code]; an unknown member is nothing to a service.
std::expected<std::vector<std::string>, Answer> read_boosts(Members& members, Answer& answer) {
  std::vector<std::string> rules;
  const auto* documents = members.array("SamplingBoostStatisticsDocuments", Need::optional);
  if (documents == nullptr) return rules;
  if (documents->size() > most_documents) {
    members.violation("SamplingBoostStatisticsDocuments", fmt::format("{} items", documents->size()),
                      aws::constraint::max_length(most_documents));
  }
  for (const auto& document : *documents) {
    const auto place = fmt::format("samplingBoostStatisticsDocuments.{}.member", rules.size() + 1);
    if (!document.is_object()) return std::unexpected(unreadable(place, "not an object"));
    auto one = members.within(document, place);
    rules.push_back(one.text("RuleName", 1, 32, Need::required).value_or(""));
    (void)one.text("ServiceName", 0, 64, Need::required);
    (void)one.number("Timestamp", 0, std::numeric_limits<double>::infinity(), Need::required);
    for (const auto* count : {"AnomalyCount", "TotalCount", "SampledAnomalyCount"}) {
      (void)one.integer(count, 0, any, Need::required);
    }
    if (document.contains("ClientID")) answer.findings.push_back(found(id::sdk_adot_boost, place, rules.back()));
  }
  return rules;
}

std::expected<std::vector<Report>, Answer> read_reports(const nlohmann::json& body, Members& members) {
  const auto* documents = members.array("SamplingStatisticsDocuments", Need::required);
  if (documents != nullptr && documents->size() > most_documents) {
    members.violation("SamplingStatisticsDocuments", fmt::format("{} items", documents->size()),
                      aws::constraint::max_length(most_documents));
  }
  if (auto refused = members.refusal()) {
    if (body.empty()) refused->findings = {found(id::statistics_none, "body", "")};
    return std::unexpected(std::move(*refused));
  }
  std::vector<Report> reports;
  for (const auto& document : *documents) {
    auto report = read_report(document, reports.size());
    if (!report) return std::unexpected(std::move(report.error()));
    reports.push_back(std::move(*report));
  }
  return reports;
}

// Clients of a rule that reported lately, those of this call among them.
std::size_t live_clients(const Region& region, const std::vector<Report>& reports, const std::string& rule,
                         std::int64_t now_ns) {
  std::set<std::string_view> live;
  for (const auto& report : reports) {
    if (report.rule == rule) live.insert(report.client);
  }
  if (const auto traffic = region.traffic.find(rule); traffic != region.traffic.end()) {
    for (const auto& [client, seen_ns] : traffic->second.clients) {
      if (now_ns - seen_ns < client_lives_ns) live.insert(client);
    }
  }
  return live.size();
}

nlohmann::json target_of(const SamplingRule& rule, std::size_t clients, std::int64_t wall_s) {
  return {{"FixedRate", rule.fixed_rate},
          {"Interval", interval_s},
          {"ReservoirQuota", quota_of(rule, clients)},
          // Compared with the client's own clock, so real time whatever the session's clock shows.
          {"ReservoirQuotaTTL", static_cast<double>(wall_s + quota_lives_s)},
          {"RuleName", rule.name}};
}

// The code is a number in a string, of which Go reads the first digit: 4 means fetch the rules again [code].
// OpenTelemetry's Java sampler needs all three members [code]. The texts are unknown [guess].
nlohmann::json unprocessed_item(std::string_view code, std::string_view message, const std::string& rule) {
  return {{"ErrorCode", code}, {"Message", message}, {"RuleName", rule}};
}

nlohmann::json effect_of(const Report& report) {
  return {{"rule", report.rule},
          {"client", report.client},
          {"requests", report.requests},
          {"sampled", report.sampled},
          {"borrowed", report.borrowed}};
}

nlohmann::json unprocessed_boosts(const Region& region, const std::vector<std::string>& rules, Answer& answer) {
  auto unprocessed = nlohmann::json::array();
  for (const auto& rule : rules) {
    if (region.find_rule(rule) != nullptr) continue;
    unprocessed.push_back(unprocessed_item("404", "Sampling rule does not exist", rule));
    answer.findings.push_back(found(id::statistics_unprocessed, "SamplingBoostStatisticsDocuments", rule));
  }
  return unprocessed;
}

}  // namespace

Answer get_sampling_targets(const XrayState& state, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  Answer answer;
  const auto boosts = read_boosts(members, answer);
  if (!boosts) return boosts.error();
  const auto reports = read_reports(*body, members);
  if (!reports) return reports.error();
  const auto& region = state.region(call.scope);
  auto targets = nlohmann::json::array();
  auto unprocessed = nlohmann::json::array();
  auto effects = nlohmann::json::array();
  std::set<std::string_view> answered;
  const auto wall_s = whole_seconds(call.context.moment.wall_ns);
  for (std::size_t i = 0; i < reports->size(); ++i) {
    const auto& report = (*reports)[i];
    const auto place = fmt::format("SamplingStatisticsDocuments[{}]", i);
    if (!report.has_sampled) answer.findings.push_back(found(id::statistics_without_sampled, place, report.rule));
    const auto* rule = region.find_rule(report.rule);
    if (rule == nullptr) {
      unprocessed.push_back(unprocessed_item("404", "Sampling rule does not exist", report.rule));
      answer.findings.push_back(found(id::statistics_unprocessed, place + ".RuleName", report.rule));
      continue;
    }
    if (static_cast<double>(wall_s) - report.time_s > oldest_report_s) {
      unprocessed.push_back(unprocessed_item("400", "Sampling statistics document is too old", report.rule));
      answer.findings.push_back(
          found(id::statistics_too_old, place + ".Timestamp",
                fmt::format("rule {}: {:.0f} s ago", report.rule, static_cast<double>(wall_s) - report.time_s)));
      continue;
    }
    effects.push_back(effect_of(report));
    if (!answered.insert(report.rule).second) continue;
    const auto clients = live_clients(region, *reports, report.rule, call.context.moment.vendor_ns);
    targets.push_back(target_of(*rule, clients, wall_s));
  }
  nlohmann::json reply = {{"LastRuleModification", static_cast<double>(region.last_rule_modification_s)},
                          {"SamplingTargetDocuments", std::move(targets)},
                          {"UnprocessedStatistics", std::move(unprocessed)}};
  // Only to who asks for it: OpenTelemetry's contrib sampler for Python loses an answer with this member [code].
  if (body->contains("SamplingBoostStatisticsDocuments")) {
    reply["UnprocessedBoostStatistics"] = unprocessed_boosts(region, *boosts, answer);
  }
  answer.body = reply.dump();
  answer.effect = scoped_effect("statistics", call.scope, {{"reports", std::move(effects)}});
  return answer;
}

}  // namespace understudy::xray
