// GetSamplingTargets: statistics in, shares of the reservoir out.
#include <fmt/format.h>

#include <limits>
#include <set>

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

struct Report {
  std::string rule;
  std::string client;
  std::int64_t requests = 0;
  std::int64_t sampled = 0;
  std::int64_t borrowed = 0;
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
  (void)members.number("Timestamp", 0, std::numeric_limits<double>::infinity(), Need::required);
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

std::expected<std::vector<Report>, Answer> read_reports(const Call& call) {
  const auto body = object_of(call);
  if (!body) return std::unexpected(body.error());
  Members members(*body, "");
  const auto* documents = members.array("SamplingStatisticsDocuments", Need::required);
  if (documents != nullptr && documents->size() > most_documents) {
    members.violation("SamplingStatisticsDocuments", fmt::format("{} items", documents->size()),
                      aws::constraint::max_length(most_documents));
  }
  if (auto refused = members.refusal()) {
    if (body->empty()) refused->findings = {found(id::statistics_none, "body", "")};
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

nlohmann::json effect_of(const Report& report) {
  return {{"rule", report.rule},
          {"client", report.client},
          {"requests", report.requests},
          {"sampled", report.sampled},
          {"borrowed", report.borrowed}};
}

}  // namespace

Answer get_sampling_targets(const XrayState& state, const Call& call) {
  const auto reports = read_reports(call);
  if (!reports) return reports.error();
  const auto& region = state.region(call.scope);
  Answer answer;
  auto targets = nlohmann::json::array();
  auto unprocessed = nlohmann::json::array();
  auto effects = nlohmann::json::array();
  std::set<std::string_view> answered;
  for (std::size_t i = 0; i < reports->size(); ++i) {
    const auto& report = (*reports)[i];
    const auto place = fmt::format("SamplingStatisticsDocuments[{}]", i);
    if (!report.has_sampled) answer.findings.push_back(found(id::statistics_without_sampled, place, report.rule));
    const auto* rule = region.find_rule(report.rule);
    if (rule == nullptr) {
      // The code is a number in a string, of which Go reads the first digit: 4 means fetch the rules again [code].
      // OpenTelemetry's Java sampler needs all three members [code]. The text is unknown [guess].
      unprocessed.push_back(
          {{"ErrorCode", "404"}, {"Message", "Sampling rule does not exist"}, {"RuleName", report.rule}});
      answer.findings.push_back(found(id::statistics_unprocessed, place + ".RuleName", report.rule));
      continue;
    }
    effects.push_back(effect_of(report));
    if (!answered.insert(report.rule).second) continue;
    const auto clients = live_clients(region, *reports, report.rule, call.context.moment.vendor_ns);
    targets.push_back(target_of(*rule, clients, whole_seconds(call.context.moment.wall_ns)));
  }
  answer.body = nlohmann::json{{"LastRuleModification", static_cast<double>(region.last_rule_modification_s)},
                               {"SamplingTargetDocuments", std::move(targets)},
                               {"UnprocessedStatistics", std::move(unprocessed)}}
                    .dump();
  answer.effect = scoped_effect("statistics", call.scope, {{"reports", std::move(effects)}});
  return answer;
}

}  // namespace understudy::xray
