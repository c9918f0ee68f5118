// Insights: nothing here watches for anomalies, so there never is one. The answers are those of an account whose
// services were well: empty, and valid for every client.
#include <fmt/format.h>

#include <limits>

#include "xray/members.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

constexpr double any_time = std::numeric_limits<double>::infinity();
constexpr double most_summaries_s = 30 * 24 * 3600.0;  // how far back GetInsightSummaries looks [docs]

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool is_hex = std::string_view("0123456789abcdefABCDEF").contains(text[i]);
    if (is_dash ? text[i] != '-' : !is_hex) return false;
  }
  return std::string_view("12345").contains(text[14]) && std::string_view("89abAB").contains(text[19]);
}

// No insight has the id that a call names. The text is not recorded [guess].
Answer refuse_insight(Members& members) {
  const auto insight = members.text("InsightId", 0, std::string::npos, Need::required).value_or("");
  if (!insight.empty() && !is_uuid(insight)) {
    members.violation("InsightId", insight,
                      aws::constraint::pattern("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]"
                                               "{3}-[0-9a-fA-F]{12}"));
  }
  if (auto refused = members.refusal()) return *refused;
  return Answer::refusal(invalid_request("Insight not found"), found(id::insight_unknown, "InsightId", insight));
}

}  // namespace

Answer get_insight(const XrayState&, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  return refuse_insight(members);
}

Answer get_insight_events(const XrayState&, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  (void)members.integer("MaxResults", 1, 50, Need::optional);
  return refuse_insight(members);
}

Answer get_insight_impact_graph(const XrayState&, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  (void)members.number("StartTime", 0, any_time, Need::required);
  (void)members.number("EndTime", 0, any_time, Need::required);
  return refuse_insight(members);
}

Answer get_insight_summaries(const XrayState&, const Call& call) {
  const auto body = object_of(call);
  if (!body) return body.error();
  Members members(*body, "");
  const auto start = members.number("StartTime", 0, any_time, Need::required);
  const auto end = members.number("EndTime", 0, any_time, Need::required);
  (void)members.integer("MaxResults", 1, 100, Need::optional);
  (void)members.text("GroupName", 1, 32, Need::optional);
  (void)members.text("GroupARN", 1, 400, Need::optional);
  if (const auto* states = members.array("States", Need::optional)) {
    if (states->size() > 1) members.violation("States", states->dump(), aws::constraint::max_length(1));
    for (const auto& state : *states) {
      if (state != "ACTIVE" && state != "CLOSED") {
        members.violation("States", states->dump(), aws::constraint::one_of("ACTIVE, CLOSED"));
      }
    }
  }
  if (auto refused = members.refusal()) return *refused;
  if (*end < *start || *end - *start > most_summaries_s) {  // text [guess]
    return Answer::refusal(invalid_request("The time range is not valid"),
                           found(id::request_constraint, "StartTime, EndTime", fmt::format("{} to {}", *start, *end)));
  }
  Answer answer;
  answer.body = R"({"InsightSummaries":[],"NextToken":null})";
  answer.findings.push_back(found(id::insights_are_empty, "InsightSummaries", ""));
  answer.read = true;
  return answer;
}

}  // namespace understudy::xray
