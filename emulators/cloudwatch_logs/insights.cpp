#include "cloudwatch_logs/insights.h"

#include <fmt/format.h>

#include <algorithm>

#include "cloudwatch_logs/insights/parser.h"
#include "cloudwatch_logs/objects.h"
#include "cloudwatch_logs/page_token.h"
#include "cloudwatch_logs/query_definition.h"

namespace understudy::cloudwatch_logs {
namespace {

constexpr Resource query_resource{query_kind, 'Q', "queries", "queryId", "", "The specified query does not exist.", 0};

constexpr std::string_view query_statuses = "Scheduled, Running, Complete, Failed, Cancelled, Timeout, Unknown";
constexpr std::string_view query_languages = "CWLI, SQL, PPL";
constexpr std::int64_t running_ms = 1000;  // how long a query can be stopped [guess]
// Seconds beyond the year 5138 are milliseconds by mistake.
constexpr std::int64_t latest_second = 100'000'000'000;

// The service passes on what one inside it said [snapshot].
std::string inner_tail(const Call& call, std::string_view type) {
  return fmt::format(" (Service: AWSLogs; Status Code: 400; Error Code: {}; Request ID: {}; Proxy: null)", type,
                     call.context.entropy.uuid("inner request"));
}

recording::Decision refuse_missing_query_group(const Call& call, std::string_view group) {
  return refuse(call,
                not_found(fmt::format("Log group '{}' does not exist for account ID '{}'{}", group, call.place.account,
                                      inner_tail(call, "ResourceNotFoundException"))),
                finding("group.missing", "logGroupName", std::string(group)));
}

aws::Error malformed(const Call& call, std::string_view message) {
  return {
      "MalformedQueryException", fmt::format("{}{}", message, inner_tail(call, "MalformedQueryException")), 400, {}};
}

recording::Decision refuse_query(const Call& call, std::string_view text, const insights::QueryError& error) {
  auto refusal = malformed(call, error.message);
  std::string message;
  aws::append_json_string(message, error.message);
  // In characters, as Java counts them.
  refusal.members.emplace_back(
      "queryCompileError",
      fmt::format(R"({{"location":{{"endCharOffset":{},"startCharOffset":{}}},"message":{}}})",
                  utf16_length(text.substr(0, error.end)), utf16_length(text.substr(0, error.start)), message));
  return refuse(call, refusal,
                finding(error.not_built ? "insights.not-built" : "insights.syntax", "queryString",
                        fmt::format("at byte {}: {}", error.start, error.message)));
}

struct StartInput {
  QueryDefinition query;
  std::string language;
};

// The groups, of whichever member names them.
std::vector<std::string> groups_in(const Call& call, Input& input, int& given) {
  std::vector<std::string> groups;
  if (const auto name = input.text("logGroupName", group_name)) {
    groups.push_back(*name);
    ++given;
  }
  if (auto names = input.texts("logGroupNames", 1, 50, group_name)) {
    groups = std::move(*names);
    ++given;
  }
  if (const auto identifiers = input.texts("logGroupIdentifiers", 1, 50, group_identifier)) {
    groups.clear();
    for (const auto& identifier : *identifiers) groups.push_back(group_name_of(call, identifier));
    ++given;
  }
  std::ranges::sort(groups);
  groups.erase(std::ranges::unique(groups).begin(), groups.end());
  return groups;
}

std::optional<recording::Decision> read_start_input(const Call& call, StartInput& into) {
  Input input(call);
  int given = 0;
  into.query.groups = groups_in(call, input, given);
  const auto start = input.required_number("startTime");
  const auto end = input.required_number("endTime");
  input.number("startTime", 0, INT64_MAX);
  input.number("endTime", 0, INT64_MAX);
  into.query.text = input.required_text("queryString", {0, 10'000});
  into.query.limit = static_cast<std::size_t>(input.number("limit", 1, 100'000).value_or(10'000));
  into.language = input.one_of("queryLanguage", query_languages).value_or("CWLI");
  if (auto refused = input.refusal()) return refused;
  if (given != 1) {
    // The rule is documented, its text is not [guess].
    return refuse(
        call, invalid_parameter("Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be given."),
        finding("insights.groups", "logGroupName", fmt::format("{} of them are given", given)));
  }
  if (start > end) {
    return refuse(call, invalid_parameter("startTime must be before endTime."),
                  finding("insights.range", "startTime", fmt::format("{} is after {}", start, end)));
  }
  constexpr auto largest = INT64_MAX / 1000 - 1;
  into.query.first_ms = std::min(start, largest) * 1000;
  into.query.last_ms = std::min(end, largest) * 1000 + 999;
  return std::nullopt;
}

// Whether no group can have anything in the range: it ends before each was made, or beyond what its retention keeps.
bool is_out_of_reach(const Call& call, const QueryDefinition& query) {
  return std::ranges::all_of(query.groups, [&](const std::string& name) {
    const auto& group = *find_group(call.groups, name);
    const auto kept_ms = group.retention_days ? call.now_ms() - std::int64_t{*group.retention_days} * 86'400'000 : 0;
    return query.last_ms < std::max(group.creation_time_ms, kept_ms);
  });
}

recording::Decision start_query(const Call& call) {
  StartInput input;
  if (const auto refused = read_start_input(call, input)) return *refused;
  auto& query = input.query;
  if (input.language != "CWLI") {
    return refuse_query(call, query.text,
                        {fmt::format("{} is not supported", input.language), 0, query.text.size(), true});
  }
  const auto parsed = insights::parse_query(query.text);
  if (!parsed) return refuse_query(call, query.text, parsed.error());
  for (const auto& name : query.groups) {
    if (find_group(call.groups, name) == nullptr) return refuse_missing_query_group(call, name);
  }
  if (is_out_of_reach(call, query)) {
    return refuse(call,
                  malformed(call,
                            "Query's end date and time is either before the log groups creation time or exceeds the "
                            "log groups log retention settings"),
                  finding("insights.range", "endTime", fmt::format("the query ends at {} ms", query.last_ms)));
  }
  query.id = call.context.entropy.uuid("query");
  query.created_ms = call.now_ms();
  auto decision = store(call, "", query_resource, query.id, nlohmann::json::parse(query.json(), nullptr, false),
                        {{"queryId", query.id}});
  if (query.first_ms / 1000 > latest_second) {
    decision.findings.push_back(
        finding("insights.milliseconds", "startTime", fmt::format("{} seconds since 1970", query.first_ms / 1000)));
  }
  return decision;
}

recording::Decision stop_query(const Call& call) {
  Input input(call);
  const auto id = input.required_text("queryId", {0, 256});
  if (const auto refused = input.refusal()) return *refused;
  const auto* kept = find_object(call.objects, query_kind, id);
  if (kept == nullptr) return refuse_missing(call, query_resource, id);
  auto query = QueryDefinition::parse(*kept);
  if (query.stopped || call.now_ms() - query.created_ms >= running_ms) {
    return refuse(call, invalid_parameter("The specified query has already ended."),
                  finding("insights.ended", "queryId", id));
  }
  query.stopped = true;
  return store(call, "", query_resource, id, nlohmann::json::parse(query.json(), nullptr, false), {{"success", true}});
}

// Newest first.
std::vector<QueryDefinition> all_queries(const Call& call) {
  std::vector<QueryDefinition> all;
  for (const auto& [id, json] : objects_of_kind(call.objects, query_kind)) all.push_back(QueryDefinition::parse(json));
  std::ranges::sort(all, [](const auto& left, const auto& right) {
    return std::tie(left.created_ms, left.id) > std::tie(right.created_ms, right.id);
  });
  return all;
}

// The text comes back with its groups and its time in it [snapshot].
nlohmann::json described(const QueryDefinition& query) {
  std::string source = "SOURCE";
  for (const auto& group : query.groups) source += fmt::format(" \"{}\"", group);
  return {{"createTime", query.created_ms},
          {"logGroupName", query.groups.empty() ? "" : query.groups.front()},
          {"queryId", query.id},
          {"queryLanguage", "CWLI"},
          {"queryString", fmt::format("{} START={} END={} | {}", source, query.first_ms, query.last_ms, query.text)},
          {"status", query.stopped ? "Cancelled" : "Complete"}};
}

recording::Decision describe_queries(const Call& call) {
  Input input(call);
  const auto group = input.text("logGroupName", group_name);
  const auto status = input.one_of("status", query_statuses);
  const auto most = static_cast<std::size_t>(input.number("maxResults", 1, 1000).value_or(1000));
  const auto token = input.text("nextToken", page_token);
  const auto language = input.one_of("queryLanguage", query_languages);
  if (const auto refused = input.refusal()) return *refused;
  const auto after = token ? read_page_token(query_resource.page, *token) : std::nullopt;
  if (token && !after) return refuse_next_token(call);
  nlohmann::json body = {{"queries", nlohmann::json::array()}};
  bool passed = !after;
  for (const auto& query : all_queries(call)) {
    const bool is_of_group = !group || std::ranges::find(query.groups, *group) != query.groups.end();
    const bool is_last_seen = !passed && query.id == *after;
    if (passed && is_of_group && (!language || *language == "CWLI") &&
        (!status || *status == (query.stopped ? "Cancelled" : "Complete"))) {
      if (body["queries"].size() == most) {
        body["nextToken"] = make_page_token(query_resource.page, body["queries"].back()["queryId"].get<std::string>());
        break;
      }
      body["queries"].push_back(described(query));
    }
    passed = passed || is_last_seen;
  }
  return answer(call, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

// By name, as the query has them.
recording::Decision list_groups_of_query(const Call& call) {
  static constexpr Resource groups_of_query{"", 'G', "logGroupIdentifiers", "", "", "", 0};
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  const auto id = input.text("queryId").value_or("");
  const auto* kept = find_object(call.objects, query_kind, id);
  if (kept == nullptr) return refuse_missing(call, query_resource, id);
  Listed listed;
  for (const auto& name : QueryDefinition::parse(*kept).groups) listed.emplace_back(name, name);
  return answer_page(call, input, groups_of_query, listed);
}

constexpr NamedOperation operations[] = {{"ListLogGroupsForQuery", list_groups_of_query},
                                         {"StartQuery", start_query},
                                         {"StopQuery", stop_query},
                                         {"DescribeQueries", describe_queries},
                                         {"GetQueryResults", get_query_results},
                                         {"GetLogRecord", get_log_record},
                                         {"GetLogGroupFields", get_log_group_fields}};

}  // namespace

std::span<const NamedOperation> insights_operations() { return operations; }

}  // namespace understudy::cloudwatch_logs
