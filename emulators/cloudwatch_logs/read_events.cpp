#include "cloudwatch_logs/read_events.h"

#include <fmt/format.h>

#include <algorithm>

#include "cloudwatch_logs/event_page.h"
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

using Reader = std::function<std::string(EventIndex& index, const recording::Context& context)>;

// What `read` finds, once it is asked to. The index has seen what the state had when the call was decided; what is gone
// from it all the same was in an entry that the journal cannot read any more.
recording::Decision answer_later(Reader read) {
  recording::Decision decision;
  decision.later = [read = std::move(read)](recording::Index& index, const recording::Context& context) {
    return recording::Answer{aws::json_reply(read(static_cast<EventIndex&>(index), context), context.entropy), {}};
  };
  return decision;
}

void add_stream(Page& page, const Group& group, std::string_view name, EventIndex& index,
                const recording::Context& context) {
  const auto found = group.streams.find(name);
  if (found != group.streams.end()) page.add(found->first, found->second, index, context.entries);
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

std::string get_reply(const Page& page, const Cursors& cursors) {
  std::string json = R"({"events":[)";
  for (const auto& [id, event] : page.events()) {
    if (!json.ends_with('[')) json += ',';
    append_event(json, nullptr, event);
  }
  return json + fmt::format(R"(],"nextBackwardToken":"{}","nextForwardToken":"{}"}})",
                            make_event_token(false, cursors.backward), make_event_token(true, cursors.forward));
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

  const auto size = static_cast<std::size_t>(limit.value_or(largest_page));
  const bool came_backward = token_text && !forward;
  return answer_later([=, place = call.place](EventIndex& index, const recording::Context& context) {
    Page page(forward, after, before, size);
    if (const auto* shown = find_group(index.state().groups_of(place), group_of)) {
      page.hide_before(shown_since_ms(*shown, context.moment));
      add_stream(page, *shown, name, index, context);
    }
    return get_reply(page, cursors_of(page, came_backward, after, before));
  });
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

std::string filter(const FilterInput& input, const Group& group, EventIndex& index, const recording::Context& context) {
  Page page(input.ascending, input.after, input.before, input.limit);
  page.hide_before(shown_since_ms(group, context.moment));
  if (input.pattern) page.keep([&](std::string_view message) { return input.pattern->matches(message); });
  if (input.streams) {
    for (const auto& name : *input.streams) add_stream(page, group, name, index, context);
  } else {
    for (const auto& [name, stream] : group.streams) {
      if (name.starts_with(input.prefix.value_or(""))) page.add(name, stream, index, context.entries);
    }
  }
  return filter_reply(page, input.ascending);
}

}  // namespace

recording::Decision filter_log_events(const Call& call) {
  FilterInput input;
  if (const auto refused = read_filter_input(call, input)) return *refused;
  const auto* group = find_group(call.groups, input.group);
  if (group == nullptr) return refuse_missing_group(call, input.group);
  if (input.streams) {
    std::ranges::sort(*input.streams);
    input.streams->erase(std::ranges::unique(*input.streams).begin(), input.streams->end());
  }
  for (const auto& name : input.streams.value_or(std::vector<std::string>())) {
    if (find_stream(*group, name) == nullptr) return refuse_missing_stream(call, input.group, name);
  }
  return answer_later(
      [input = std::move(input), place = call.place](EventIndex& index, const recording::Context& context) {
        const auto* shown = find_group(index.state().groups_of(place), input.group);
        return filter(input, shown == nullptr ? Group() : *shown, index, context);
      });
}

}  // namespace understudy::cloudwatch_logs
