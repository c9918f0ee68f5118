#include "cloudwatch_logs/read_events.h"

#include <fmt/format.h>

#include "cloudwatch_logs/events.h"
#include "cloudwatch_logs/filter_pattern.h"
#include "cloudwatch_logs/input.h"
#include "cloudwatch_logs/page_token.h"

namespace understudy::cloudwatch_logs {
namespace {

constexpr std::int64_t largest_page = 10'000;
constexpr char ascending_kind = 'f';
constexpr char descending_kind = 'd';
// FilterLogEvents sorts newest first only from here on: 2024-01-01 [docs: API reference of 2026].
constexpr std::int64_t descending_since_ms = 1'704'067'200'000;

// The id below every event of that millisecond, so that "above it" means "from that time on".
EventId before_time(std::int64_t timestamp_ms) { return EventId(timestamp_ms, 0, 0).previous(); }

void append_event(std::string& json, const EventId* id, const Page::Event& event) {
  json += '{';
  if (id != nullptr) json += fmt::format(R"("eventId":"{}",)", id->text());
  json += fmt::format(R"("ingestionTime":{})", event.ingestion_time_ms);
  if (id != nullptr) {
    json += R"(,"logStreamName":)";
    aws::append_json_string(json, event.stream);
  }
  json += R"(,"message":)";
  aws::append_json_string(json, event.message);
  json += fmt::format(R"(,"timestamp":{}}})", event.timestamp_ms);
}

// Where reading goes on. At the end the token that came in goes out again: that is how clients notice the end. After
// an empty page nothing is lost by turning round, nor by waiting for what arrives later.
struct Cursors {
  std::string forward;
  std::string backward;
};

Cursors cursors_of(const Page& page, bool came_backward, const EventId& after, const EventId& before) {
  if (!page.events().empty()) {
    return {page.events().rbegin()->first.text(), page.events().begin()->first.text()};
  }
  return came_backward ? Cursors{before.previous().text(), before.text()} : Cursors{after.text(), after.text()};
}

}  // namespace

recording::Decision get_log_events(const Call& call) {
  Input input(call);
  const auto group_of = input.group();
  const auto name = input.required_text("logStreamName", stream_name);
  const auto start = input.number("startTime", 0, INT64_MAX);
  const auto end = input.number("endTime", 0, INT64_MAX);
  const auto token_text = input.text("nextToken", page_token);
  const auto limit = input.number("limit", 1, largest_page);
  const bool from_head = input.flag("startFromHead", false);
  if (const auto refused = input.refusal()) return *refused;

  auto after = start ? before_time(*start) : EventId();
  auto before = end ? EventId(*end, 0, 0) : EventId::last();  // endTime itself is outside
  bool forward = from_head;
  if (token_text) {
    const auto token = read_event_token(*token_text);
    const auto position = token ? EventId::parse(token->position) : std::nullopt;
    if (!position) return refuse_next_token(call);
    forward = token->forward;
    if (forward) {
      after = std::max(after, *position);
    } else {
      before = std::min(before, *position);
    }
  }
  const auto* group = find_group(call.groups, group_of);
  if (group == nullptr) return refuse_missing_group(call, group_of);
  const auto* stream = find_stream(*group, name);
  if (stream == nullptr) return refuse_missing_stream(call, group_of, name);

  Page page(forward, after, before, static_cast<std::size_t>(limit.value_or(largest_page)));
  page.add(name, *stream, call.context.entries);
  std::string json = R"({"events":[)";
  for (const auto& [id, event] : page.events()) {
    if (!json.ends_with('[')) json += ',';
    append_event(json, nullptr, event);
  }
  const auto cursors = cursors_of(page, token_text && !forward, after, before);
  return answer(call,
                json + fmt::format(R"(],"nextBackwardToken":"{}","nextForwardToken":"{}"}})",
                                   make_event_token(false, cursors.backward), make_event_token(true, cursors.forward)));
}

namespace {

struct FilterInput {
  std::string group;
  std::optional<std::vector<std::string>> streams;
  std::optional<std::string> prefix;
  std::optional<FilterPattern> pattern;  // none: every event
  EventId after;
  EventId before = EventId::last();
  std::size_t limit = largest_page;
  bool ascending = true;
};

// Reads the input; says what is wrong with it.
std::optional<recording::Decision> read_filter_input(const Call& call, FilterInput& into) {
  Input input(call);
  into.group = input.group();
  into.streams = input.texts("logStreamNames", 1, 100, stream_name);
  into.prefix = input.text("logStreamNamePrefix", stream_name);
  const auto start = input.number("startTime", 0, INT64_MAX);
  const auto end = input.number("endTime", 0, INT64_MAX);
  const auto pattern = input.text("filterPattern", filter_pattern).value_or("");
  const auto token = input.text("nextToken", page_token);
  into.limit = static_cast<std::size_t>(input.number("limit", 1, largest_page).value_or(largest_page));
  into.ascending = input.flag("startFromHead", true);
  if (auto refused = input.refusal()) return refused;
  if (into.streams && into.prefix) {
    // The exclusion is documented, its text is not [guess].
    return refuse(call,
                  invalid_parameter("LogStream names and LogStream name prefix are mutually exclusive parameters."),
                  finding("input.exclusive", "logStreamNamePrefix", "logStreamNames is given too"));
  }
  const auto parsed = FilterPattern::parse(pattern);
  if (!parsed) return refuse_filter_pattern(call, parsed.error());
  if (!parsed->matches_everything()) into.pattern = *parsed;
  if (!into.ascending && start.value_or(0) < descending_since_ms) {
    return refuse(call, invalid_parameter("startFromHead can be false only with a startTime on or after 2024-01-01."),
                  finding("input.constraint", "startTime", "startFromHead is false"));
  }
  if (start) into.after = before_time(*start);
  if (end && *end < INT64_MAX) into.before = EventId(*end + 1, 0, 0);  // endTime itself is inside
  if (!token) return std::nullopt;
  for (const char kind : {ascending_kind, descending_kind}) {
    const auto position = EventId::parse(read_page_token(kind, *token).value_or(""));
    if (!position) continue;
    into.ascending = kind == ascending_kind;
    if (into.ascending) {
      into.after = std::max(into.after, *position);
    } else {
      into.before = std::min(into.before, *position);
    }
    return std::nullopt;
  }
  return refuse_next_token(call);
}

std::string filter_reply(const Page& page, bool ascending) {
  std::string json = R"({"events":[)";
  const auto append = [&](const auto& identified) {
    if (!json.ends_with('[')) json += ',';
    append_event(json, &identified.first, identified.second);
  };
  if (ascending) {
    for (const auto& identified : page.events()) append(identified);
  } else {
    for (auto at = page.events().rbegin(); at != page.events().rend(); ++at) append(*at);
  }
  json += ']';
  if (page.more()) {
    const auto& farthest = ascending ? page.events().rbegin()->first : page.events().begin()->first;
    json += fmt::format(R"(,"nextToken":"{}")",
                        make_page_token(ascending ? ascending_kind : descending_kind, farthest.text()));
  }
  return json + R"(,"searchedLogStreams":[]})";
}

}  // namespace

recording::Decision filter_log_events(const Call& call) {
  FilterInput input;
  if (const auto refused = read_filter_input(call, input)) return *refused;
  const auto* group = find_group(call.groups, input.group);
  if (group == nullptr) return refuse_missing_group(call, input.group);
  Page page(input.ascending, input.after, input.before, input.limit);
  if (input.pattern) page.keep([&](std::string_view message) { return input.pattern->matches(message); });
  if (input.streams) {
    for (const auto& name : *input.streams) {
      const auto* stream = find_stream(*group, name);
      if (stream == nullptr) return refuse_missing_stream(call, input.group, name);
      page.add(group->streams.find(name)->first, *stream, call.context.entries);
    }
  } else {
    for (const auto& [name, stream] : group->streams) {
      if (name.starts_with(input.prefix.value_or(""))) page.add(name, stream, call.context.entries);
    }
  }
  return answer(call, filter_reply(page, input.ascending));
}

}  // namespace understudy::cloudwatch_logs
