#include "cloudwatch_logs/streams.h"

#include <fmt/format.h>

#include <algorithm>

#include "aws/arn.h"
#include "cloudwatch_logs/input.h"
#include "cloudwatch_logs/page_token.h"

namespace understudy::cloudwatch_logs {
namespace {

constexpr char page_kind = 's';
constexpr std::int64_t largest_page = 50;

// One stream as DescribeLogStreams lists it: storedBytes is 0 since 2019, and what events bring is absent without them
// [snapshot].
std::string described(const Call& call, std::string_view group, std::string_view name, const Stream& stream) {
  std::string json = R"({"arn":)";
  aws::append_json_string(json, aws::arn("logs", call.place.region, call.place.account,
                                         fmt::format("log-group:{}:log-stream:{}", group, name)));
  json += fmt::format(R"(,"creationTime":{})", stream.creation_time_ms);
  if (!stream.batches.empty()) {
    json += fmt::format(R"(,"firstEventTimestamp":{},"lastEventTimestamp":{},"lastIngestionTime":{})",
                        stream.first_event_ms, stream.last_event_ms, stream.last_ingestion_ms);
  }
  json += R"(,"logStreamName":)";
  aws::append_json_string(json, name);
  json += R"(,"storedBytes":0)";
  if (!stream.batches.empty()) json += fmt::format(R"(,"uploadSequenceToken":"{}")", stream.upload_sequence_token);
  return json + '}';
}

// What a page is sorted by, as text; also what its token holds.
std::string sort_key(std::string_view name, const Stream& stream, bool by_time) {
  return by_time ? fmt::format("{:020}/{}", stream.batches.empty() ? 0 : stream.last_event_ms, name)
                 : std::string(name);
}

struct Listing {
  std::string prefix;
  bool by_time = false;
  bool descending = false;
  std::optional<std::string> after;
  std::int64_t limit = largest_page;
};

std::string page_of(const Call& call, const std::string& group_name, const Group& group, const Listing& listing) {
  std::vector<std::pair<std::string, const std::pair<const std::string, Stream>*>> sorted;
  for (const auto& named : group.streams) {
    if (!named.first.starts_with(listing.prefix)) continue;
    auto key = sort_key(named.first, named.second, listing.by_time);
    if (listing.after && (listing.descending ? key >= *listing.after : key <= *listing.after)) continue;
    sorted.emplace_back(std::move(key), &named);
  }
  std::ranges::sort(sorted, {}, [](const auto& entry) -> const auto& { return entry.first; });
  if (listing.descending) std::ranges::reverse(sorted);

  const bool more = sorted.size() > static_cast<std::size_t>(listing.limit);
  if (more) sorted.resize(static_cast<std::size_t>(listing.limit));
  std::string json = R"({"logStreams":[)";
  for (const auto& [key, named] : sorted) {
    if (!json.ends_with('[')) json += ',';
    json += described(call, group_name, named->first, named->second);
  }
  json += ']';
  if (more) json += fmt::format(R"(,"nextToken":"{}")", make_page_token(page_kind, sorted.back().first));
  return json + '}';
}

}  // namespace

recording::Decision create_log_stream(const Call& call) {
  Input input(call);
  const auto group_of = input.required_text("logGroupName", group_name);
  const auto name = input.required_text("logStreamName", stream_name);
  if (const auto refused = input.refusal()) return *refused;
  const auto* group = find_group(call.groups, group_of);
  if (group == nullptr) return refuse_missing_group(call, group_of);
  if (find_stream(*group, name) != nullptr) {
    return refuse(call, {"ResourceAlreadyExistsException", "The specified log stream already exists", 400, {}},
                  finding("stream.already-exists", "logStreamName", fmt::format("'{}' of group '{}'", name, group_of)));
  }
  auto effect = effect_on(call, group_of, name);
  effect.mutable_create_log_stream();
  auto decision = done(call, effect);
  if (name.contains("//") || name.contains(".py/")) {
    decision.findings.push_back(finding("stream.path-name", "logStreamName", name));
  }
  return decision;
}

recording::Decision delete_log_stream(const Call& call) {
  Input input(call);
  const auto group_of = input.required_text("logGroupName", group_name);
  const auto name = input.required_text("logStreamName", stream_name);
  if (const auto refused = input.refusal()) return *refused;
  const auto* group = find_group(call.groups, group_of);
  if (group == nullptr) return refuse_missing_group(call, group_of);
  if (find_stream(*group, name) == nullptr) return refuse_missing_stream(call, group_of, name);
  auto effect = effect_on(call, group_of, name);
  effect.mutable_delete_log_stream();
  return done(call, effect);
}

recording::Decision describe_log_streams(const Call& call) {
  Input input(call);
  const auto group_of = input.group();
  Listing listing;
  listing.prefix = input.text("logStreamNamePrefix", stream_name).value_or("");
  listing.by_time = input.one_of("orderBy", stream_orders).value_or("") == "LastEventTime";
  listing.descending = input.flag("descending", false);
  const auto token = input.text("nextToken", page_token);
  listing.limit = input.number("limit", 1, largest_page).value_or(largest_page);
  if (const auto refused = input.refusal()) return *refused;
  if (listing.by_time && input.given("logStreamNamePrefix")) {
    return refuse(call, invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix."),
                  finding("input.exclusive", "logStreamNamePrefix", "orderBy is LastEventTime"));
  }
  if (token) {
    listing.after = read_page_token(page_kind, *token);
    if (!listing.after) return refuse_next_token(call);
  }
  const auto* group = find_group(call.groups, group_of);
  if (group == nullptr) return refuse_missing_group(call, group_of);
  return answer(call, page_of(call, group_of, *group, listing));
}

}  // namespace understudy::cloudwatch_logs
