// What Logs Insights finds: results of queries, the event behind a @ptr, the fields of a group.
#include <fmt/format.h>

#include <algorithm>

#include "cloudwatch_logs/event_index.h"
#include "cloudwatch_logs/insights.h"
#include "cloudwatch_logs/insights/engine.h"
#include "cloudwatch_logs/insights/json.h"
#include "cloudwatch_logs/insights/parser.h"
#include "cloudwatch_logs/objects.h"
#include "cloudwatch_logs/page_token.h"
#include "cloudwatch_logs/query_definition.h"

namespace understudy::cloudwatch_logs {
namespace {

using Context = recording::Context;

constexpr char results_page = 'R';
constexpr std::int64_t largest_page = 10'000;

using Find = std::function<std::string(EventIndex& index, const Context& context)>;

recording::Decision found_later(Find find) {
  recording::Decision decision;
  decision.later = [find = std::move(find)](recording::Index& index, const Context& context) {
    return recording::Answer{aws::json_reply(find(static_cast<EventIndex&>(index), context), context.entropy), {}};
  };
  return decision;
}

std::shared_ptr<const insights::Results> results_of(const QueryDefinition& definition, const Place& place,
                                                    EventIndex& index, const Context& context) {
  auto* started = index.find_query(place, definition.id);
  if (started == nullptr) return std::make_shared<const insights::Results>();
  if (started->results) return started->results;
  const auto query = insights::parse_query(definition.text);
  if (!query) return std::make_shared<const insights::Results>();  // it was parsed before it was kept
  std::vector<insights::Block> blocks;
  for (const auto& part : started->parts) {
    for (const auto& batch : part.batches) {
      blocks.push_back({fmt::format("{}:{}", place.account, part.group), part.stream, batch, part.shown_since_ms,
                        index.events_of(batch, context.entries)});
    }
  }
  started->results = std::make_shared<const insights::Results>(
      insights::run(*query, blocks, {definition.first_ms, definition.last_ms}, definition.limit));
  started->parts.clear();
  return started->results;
}

void append_row(std::string& json, const insights::Results::Fields& row) {
  json += '[';
  for (const auto& [name, value] : row) {
    if (!json.ends_with('[')) json += ',';
    json += R"({"field":)";
    aws::append_json_string(json, name);
    json += R"(,"value":)";
    aws::append_json_string(json, value);
    json += '}';
  }
  json += ']';
}

struct ResultsPage {
  QueryDefinition query;
  std::size_t first = 0;
  std::size_t most = largest_page;
};

std::string results_json(const ResultsPage& page, const insights::Results& results) {
  const auto end = std::min(page.first + page.most, results.rows.size());
  std::string json = "{";
  if (end < results.rows.size()) {
    json +=
        fmt::format(R"("nextToken":"{}",)", make_page_token(results_page, fmt::format("{}:{}", page.query.id, end)));
  }
  json += R"("queryLanguage":"CWLI","results":[)";
  for (auto i = page.first; i < end; ++i) {
    if (i > page.first) json += ',';
    append_row(json, results.rows[i]);
  }
  return json + fmt::format(
                    R"(],"statistics":{{"bytesScanned":{}.0,"estimatedBytesSkipped":0.0,"estimatedRecordsSkipped":0.0,)"
                    R"("logGroupsScanned":{}.0,"recordsMatched":{}.0,"recordsScanned":{}.0}},"status":"{}"}})",
                    results.bytes, page.query.groups.size(), results.matched, results.scanned,
                    page.query.stopped ? "Cancelled" : "Complete");
}

bool read_position(std::string_view position, ResultsPage& page) {
  const auto colon = position.find(':');
  if (colon == std::string_view::npos || position.substr(0, colon) != page.query.id) return false;
  page.first = 0;
  for (const char digit : position.substr(colon + 1))
    page.first = page.first * 10 + static_cast<std::size_t>(digit - '0');
  return true;
}

// The fields of one event, the service's own first.
std::map<std::string, std::string> fields_of(const insights::EventPointer& pointer, const Batch& batch,
                                             const BatchEvents& events) {
  const auto i = pointer.index - batch.first;
  std::map<std::string, std::string> fields = {{"@timestamp", insights::time_text(events.timestamp_ms(i))},
                                               {"@ingestionTime", insights::time_text(batch.ingestion_time_ms)},
                                               {"@message", std::string(events.message(i))},
                                               {"@log", pointer.log},
                                               {"@logStream", pointer.stream},
                                               {"@ptr", pointer.text()}};
  insights::for_each_discovered(events.message(i), [&](std::string_view name, const insights::Value& value) {
    fields.emplace(std::string(name), value.as_text());
  });
  return fields;
}

// The batch that a pointer names, in what the index has seen; null if it is gone.
const Batch* find_batch(const Groups& groups, const insights::EventPointer& pointer) {
  const auto* group = find_group(groups, pointer.log.substr(pointer.log.find(':') + 1));
  const auto* stream = group == nullptr ? nullptr : find_stream(*group, pointer.stream);
  if (stream == nullptr) return nullptr;
  const auto found = std::ranges::find(stream->batches, pointer.entry, &Batch::entry);
  if (found == stream->batches.end() || pointer.index < found->first || pointer.index >= found->end) return nullptr;
  return &*found;
}

std::string object_json(const std::map<std::string, std::string>& fields) {
  std::string json = "{";
  for (const auto& [name, value] : fields) {
    if (json.size() > 1) json += ',';
    aws::append_json_string(json, name);
    json += ':';
    aws::append_json_string(json, value);
  }
  return json + '}';
}

// How many events of a stretch of time have each field.
std::map<std::string, std::size_t> count_fields(const Group& group, std::int64_t first_ms, std::int64_t last_ms,
                                                std::size_t& events_seen, EventIndex& index, const Context& context) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [name, stream] : group.streams) {
    for (const auto& batch : stream.batches) {
      if (batch.last_timestamp_ms < first_ms || batch.first_timestamp_ms > last_ms) continue;
      const auto events = index.events_of(batch, context.entries);
      for (std::size_t i = 0; i < events->size(); ++i) {
        if (events->timestamp_ms(i) < first_ms || events->timestamp_ms(i) > last_ms) continue;
        ++events_seen;
        for (const auto* field : {"@timestamp", "@message", "@ingestionTime", "@logStream", "@log"}) ++counts[field];
        insights::for_each_discovered(
            events->message(i), [&](std::string_view field, const insights::Value&) { ++counts[std::string(field)]; });
      }
    }
  }
  return counts;
}

std::string fields_json(const std::map<std::string, std::size_t>& counts, std::size_t events) {
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [name, count] : counts) sorted.emplace_back(count * 100 / events, name);
  std::ranges::stable_sort(sorted, std::greater{}, &std::pair<std::size_t, std::string>::first);
  std::string json = R"({"logGroupFields":[)";
  for (const auto& [percent, name] : sorted) {
    if (!json.ends_with('[')) json += ',';
    json += R"({"name":)";
    aws::append_json_string(json, name);
    json += fmt::format(R"(,"percent":{}}})", percent);
  }
  return json + "]}";
}

}  // namespace

recording::Decision get_query_results(const Call& call) {
  Input input(call);
  const auto id = input.required_text("queryId", {0, 256});
  const auto token = input.text("nextToken", page_token);
  const auto most = input.number("maxItems", 1, largest_page);
  if (const auto refused = input.refusal()) return *refused;
  const auto* kept = find_object(call.objects, query_kind, id);
  if (kept == nullptr) {
    return refuse(call, not_found("The specified query does not exist."), finding("resource.missing", "queryId", id));
  }
  ResultsPage page{QueryDefinition::parse(*kept), 0, static_cast<std::size_t>(most.value_or(largest_page))};
  if (token && !read_position(read_page_token(results_page, *token).value_or(""), page)) return refuse_next_token(call);
  if (page.query.stopped) return answer(call, results_json(page, {}));
  return found_later([page, place = call.place](EventIndex& index, const Context& context) {
    return results_json(page, *results_of(page.query, place, index, context));
  });
}

recording::Decision get_log_record(const Call& call) {
  Input input(call);
  const auto text = input.required_text("logRecordPointer");
  input.flag("unmask", false);
  if (const auto refused = input.refusal()) return *refused;
  const auto pointer = insights::EventPointer::parse(text);
  const auto* batch =
      pointer && pointer->log.starts_with(call.place.account + ":") ? find_batch(call.groups, *pointer) : nullptr;
  if (batch == nullptr) {
    return refuse(call, invalid_parameter("The specified logRecordPointer is invalid."),
                  finding("insights.pointer", "logRecordPointer", std::string(cut(text, 200))));
  }
  return found_later([pointer = *pointer, batch = *batch](EventIndex& index, const Context& context) {
    const auto events = index.events_of(batch, context.entries);
    return fmt::format(R"({{"logRecord":{}}})", object_json(fields_of(pointer, batch, *events)));
  });
}

// Eight minutes on either side of the time, or the fifteen minutes before now [docs].
recording::Decision get_log_group_fields(const Call& call) {
  constexpr std::int64_t around_ms = 8 * 60'000;
  Input input(call);
  const auto name = input.group();
  const auto time = input.number("time", 0, INT64_MAX / 2000);
  if (const auto refused = input.refusal()) return *refused;
  if (find_group(call.groups, name) == nullptr) return refuse_missing_group(call, name);
  const auto first_ms = time ? *time * 1000 - around_ms : call.now_ms() - 15 * 60'000;
  const auto last_ms = time ? *time * 1000 + around_ms : call.now_ms();
  return found_later([=, place = call.place](EventIndex& index, const Context& context) {
    std::size_t events = 0;
    const auto* group = find_group(index.state().groups_of(place), name);
    const auto counts = group == nullptr ? std::map<std::string, std::size_t>()
                                         : count_fields(*group, first_ms, last_ms, events, index, context);
    return fields_json(counts, events);
  });
}

}  // namespace understudy::cloudwatch_logs
