#include "cloudwatch_logs/put_log_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "aws/body.h"
#include "base/json.h"
#include "cloudwatch_logs/embedded_metrics.h"
#include "cloudwatch_logs/events.h"
#include "cloudwatch_logs/filter_matches.h"
#include "cloudwatch_logs/input.h"
#include "cloudwatch_logs/members.h"

namespace understudy::cloudwatch_logs {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::uint64_t largest_event = 1'048'576;  // [docs: PutLogEvents]; 262,144 until 2025
constexpr std::int64_t ms_per_hour = 3'600'000;
// What shippers cut messages to that know the former limit: 262,144 - 26.
constexpr std::size_t former_largest_message = 262'118;
// The agent and the collector close a message that they cut with "[Truncated...]"; shorter ones may say so themselves.
constexpr std::size_t long_message = 200'000;

// What timestamps are held against; computed before the events are read.
struct Window {
  std::int64_t oldest;   // below: too old
  std::int64_t expired;  // below: expired; never below `oldest`
  std::int64_t newest;   // above: too new
};

constexpr std::uint32_t none = UINT32_MAX;

struct Fault {
  std::uint32_t index = none;  // of the first event that has it
  std::int64_t value = 0;
};

// What one pass over the events finds out.
struct Scan {
  std::uint32_t count = 0;
  std::uint64_t bytes = 0;
  std::uint32_t too_old = 0;  // how many; they lead the batch, for it is sorted
  std::uint32_t expired = 0;
  std::uint32_t first_too_new = none;
  std::int64_t first_valid_ms = 0;
  std::int64_t last_valid_ms = 0;
  std::int64_t oldest_seen_ms = INT64_MAX;
  std::int64_t newest_seen_ms = INT64_MIN;
  Fault unordered;
  Fault too_large;
  Fault fraction;
  Fault cut_by_client;
  Fault empty_message;
  Fault no_timestamp;

  std::uint32_t first_accepted() const { return too_old + expired; }
  std::uint32_t end_accepted() const { return std::min(count, first_too_new); }
  bool accepts_any() const { return first_accepted() < end_accepted(); }
};

void note(Fault& fault, std::uint32_t index, std::int64_t value) {
  if (fault.index == none) fault = {index, value};
}

std::string_view java_type_of(element value) {
  switch (value.type()) {
    case element_type::STRING:
      return "java.lang.String";
    case element_type::BOOL:
      return "java.lang.Boolean";
    case element_type::ARRAY:
      return "java.util.ArrayList";
    case element_type::OBJECT:
      return "java.util.HashMap";
    default:
      return "com.amazon.coral.value.json.numbers.TruncatingBigNumber";
  }
}

// The members of the input, as they were sent. Of members with one name the last counts.
struct Members {
  std::optional<element> group, stream, events, token, entity;
};

Members members_of(simdjson::dom::object input) {
  Members members;
  for (const auto member : input) {
    auto* place = member.key == "logEvents"       ? &members.events
                  : member.key == "logGroupName"  ? &members.group
                  : member.key == "logStreamName" ? &members.stream
                  : member.key == "sequenceToken" ? &members.token
                  : member.key == "entity"        ? &members.entity
                                                  : nullptr;
    if (place == nullptr) continue;
    place->reset();
    if (!member.value.is_null()) *place = member.value;
  }
  return members;
}

// One call, step by step in the order in which the real service refuses: types, constraints, sizes, order, span, group,
// stream [snapshot; the place of sizes and of the group's existence: guess].
class Put {
 public:
  explicit Put(const Call& call) : call_(call) {}
  recording::Decision decide();

 private:
  bool read_names();
  bool read_text(std::string_view name, const std::optional<element>& member, const TextRule& rule, bool required,
                 std::string_view& into);
  void scan_events();
  void scan_event(element event);
  std::int64_t read_timestamp(const std::optional<element>& timestamp, std::uint32_t index);
  std::size_t read_message(const std::optional<element>& message, std::uint32_t index);
  void take(std::uint32_t index, std::int64_t timestamp_ms, std::size_t message_bytes);
  std::int64_t whole_timestamp(element value, std::uint32_t index);
  void type_fault(std::string_view place, element value, std::string_view wanted);

  std::optional<recording::Decision> refuse_input() const;
  std::optional<recording::Decision> refuse_events() const;
  recording::Decision refuse_event(const aws::Error& error, std::string_view what, std::uint32_t index,
                                   std::string detail) const;
  recording::Decision refuse_constraints() const;
  bool repeats(const Stream& stream) const;
  std::optional<recording::Decision> refuse_token(const Stream& stream, std::string_view token) const;
  recording::Decision accept() const;
  void note_oddities(recording::Decision& decision, std::string_view rejected_entity) const;
  void note_embedded_metrics(recording::Decision& decision) const;
  std::vector<std::string_view> accepted_messages() const;
  std::string few_events() const;

  const Call& call_;
  Members members_;
  std::string_view group_;
  std::string_view stream_;
  const Group* found_group_ = nullptr;
  Window window_{};
  std::int64_t previous_ms_ = INT64_MIN;
  bool has_objects_ = false;  // a message that may be a JSON object
  Scan scan_;
  aws::Violations violations_;
  std::string first_violated_;
  std::optional<recording::Decision> refused_;  // by type or by a name's length
  std::vector<JsonRewrite> rewrites_;
};

void Put::type_fault(std::string_view place, element value, std::string_view wanted) {
  if (refused_) return;
  refused_ = refuse_wrong_type(call_, place, wrong_type(java_type_of(value), wanted));
  // The JavaScript SDK writes a number that is none as the text "NaN".
  if (value.is_string())
    refused_->findings[0].detail += fmt::format("; it is \"{}\"", cut(std::string_view(value), 40));
}

bool Put::read_text(std::string_view name, const std::optional<element>& member, const TextRule& rule, bool required,
                    std::string_view& into) {
  const bool was_clean = violations_.empty();
  if (!member) {
    if (required) violations_.add_null(name);
  } else if (!member->is_string()) {
    type_fault(name, *member, "String");
    return false;
  } else {
    into = std::string_view(*member);
    if (rule.is_name && into.size() > rule.max && utf16_length(into) > rule.max) {
      if (!refused_) {
        refused_ = refuse(
            call_, invalid_parameter("Invalid LogGroup or LogStream, both must have length less than or equal to 512."),
            finding("input.name-too-long", std::string(name), fmt::format("{} characters", utf16_length(into))));
      }
      return false;
    }
    check_text(violations_, name, into, rule);
  }
  if (was_clean && !violations_.empty()) first_violated_ = name;
  return true;
}

std::int64_t Put::whole_timestamp(element value, std::uint32_t index) {
  if (value.is_int64()) return std::int64_t(value);
  if (value.is_uint64()) return INT64_MAX;
  // A number with a fraction is cut to a whole one [guess].
  note(scan_.fraction, index, 0);
  const double number(value);
  return number >= 9.2e18 ? INT64_MAX : number <= -9.2e18 ? INT64_MIN : static_cast<std::int64_t>(number);
}

void Put::take(std::uint32_t index, std::int64_t timestamp_ms, std::size_t message_bytes) {
  const auto bytes = message_bytes + event_overhead;
  scan_.bytes += bytes;
  if (bytes > largest_event) note(scan_.too_large, index, static_cast<std::int64_t>(bytes));
  if (message_bytes == former_largest_message) note(scan_.cut_by_client, index, 0);
  if (timestamp_ms < previous_ms_) note(scan_.unordered, index, previous_ms_);
  previous_ms_ = timestamp_ms;
  scan_.oldest_seen_ms = std::min(scan_.oldest_seen_ms, timestamp_ms);
  scan_.newest_seen_ms = std::max(scan_.newest_seen_ms, timestamp_ms);
  if (timestamp_ms < window_.oldest) {
    ++scan_.too_old;
  } else if (timestamp_ms < window_.expired) {
    ++scan_.expired;
  } else if (timestamp_ms > window_.newest) {
    scan_.first_too_new = std::min(scan_.first_too_new, index);
  } else {
    if (index == scan_.first_accepted()) scan_.first_valid_ms = timestamp_ms;
    scan_.last_valid_ms = timestamp_ms;
  }
}

void Put::scan_event(element event) {
  const auto index = scan_.count++;
  if (!event.is_object()) {
    if (event.is_null()) {
      violations_.add_null(fmt::format("logEvents.{}.member", index + 1));
    } else {
      type_fault(fmt::format("logEvents[{}]", index), event, "InputLogEvent");
    }
    return;
  }
  std::optional<element> timestamp;
  std::optional<element> message;
  for (const auto member : simdjson::dom::object(event)) {
    if (member.key == "message") {
      message = member.value;
    } else if (member.key == "timestamp") {
      timestamp = member.value;
    }
  }
  const auto timestamp_ms = read_timestamp(timestamp, index);
  take(index, timestamp_ms, read_message(message, index));
}

std::int64_t Put::read_timestamp(const std::optional<element>& timestamp, std::uint32_t index) {
  if (!timestamp || timestamp->is_null()) {
    note(scan_.no_timestamp, index, 0);
    violations_.add_null(fmt::format("logEvents.{}.member.timestamp", index + 1));
    return 0;
  }
  if (!timestamp->is_number()) {
    type_fault(fmt::format("logEvents[{}].timestamp", index), *timestamp, "Long");
    return 0;
  }
  const auto timestamp_ms = whole_timestamp(*timestamp, index);
  if (timestamp_ms < 0) {
    violations_.add(fmt::to_string(timestamp_ms), fmt::format("logEvents.{}.member.timestamp", index + 1),
                    aws::constraint::min_value(0));
  }
  return timestamp_ms;
}

// Its length in bytes.
std::size_t Put::read_message(const std::optional<element>& message, std::uint32_t index) {
  if (!message || message->is_null()) {
    violations_.add_null(fmt::format("logEvents.{}.member.message", index + 1));
    return 0;
  }
  if (!message->is_string()) {
    type_fault(fmt::format("logEvents[{}].message", index), *message, "String");
    return 0;
  }
  const std::string_view text(*message);
  if (text.empty()) {
    note(scan_.empty_message, index, 0);
    if (!violations_.full()) {
      violations_.add("", fmt::format("logEvents.{}.member.message", index + 1), aws::constraint::min_length(1));
    }
  } else if (text.front() == '{') {
    has_objects_ = true;
  } else if (text.size() > long_message && text.ends_with("[Truncated...]")) {
    note(scan_.cut_by_client, index, 0);
  }
  return text.size();
}

// The beginning of the list as AWS prints structures; the real service prints all of it.
std::string Put::few_events() const {
  std::string text = "[";
  for (const auto event : simdjson::dom::array(*members_.events)) {
    if (text.size() > 600 || !event.is_object()) break;
    const auto message = last_member(event, "message");
    const auto shown = message && message->is_string() ? cut(std::string_view(*message), 100) : "null";
    const auto timestamp = last_member(event, "timestamp");
    text += fmt::format("{}InputLogEvent(timestamp={}, message={})", text.size() > 1 ? ", " : "",
                        timestamp && timestamp->is_int64() ? std::int64_t(*timestamp) : 0, shown);
  }
  return text + ", ...]";
}

void Put::scan_events() {
  const bool was_clean = violations_.empty();
  if (!members_.events) {
    violations_.add_null("logEvents");
  } else if (!members_.events->is_array()) {
    type_fault("logEvents", *members_.events, "List");
  } else {
    for (const auto event : simdjson::dom::array(*members_.events)) scan_event(event);
    if (scan_.count == 0) violations_.add("[]", "logEvents", aws::constraint::min_length(1));
    if (scan_.count > most_events) violations_.add(few_events(), "logEvents", aws::constraint::max_length(most_events));
  }
  if (was_clean && !violations_.empty()) first_violated_ = "logEvents";
}

recording::Decision Put::refuse_event(const aws::Error& error, std::string_view what, std::uint32_t index,
                                      std::string detail) const {
  const std::array<JsonStep, 2> path{std::string_view("logEvents"), std::size_t{index}};
  const auto range = find_in_json(call_.body, path).value_or(JsonRange{});
  return refuse(call_, error,
                finding(what, fmt::format("logEvents[{}]", index), std::move(detail), range.offset, range.length));
}

recording::Decision Put::refuse_constraints() const {
  const auto message = violations_.message();
  const auto error = invalid_parameter(message);
  const auto detail = std::string(cut(message, 600));
  if (first_violated_ == "logEvents") {
    if (scan_.empty_message.index != none) {
      return refuse_event(error, "events.empty-message", scan_.empty_message.index, detail);
    }
    if (scan_.no_timestamp.index != none) {
      return refuse_event(error, "events.timestamp-missing", scan_.no_timestamp.index, detail);
    }
    if (scan_.count > most_events) {
      return refuse(call_, error, finding("events.too-many", "logEvents", fmt::format("{} events", scan_.count)));
    }
    if (scan_.count == 0) return refuse(call_, error, finding("events.none", "logEvents", detail));
  }
  const bool bad_stream = first_violated_ == "logStreamName" && !is_stream_name(stream_);
  return refuse(call_, error, finding(bad_stream ? "stream.name" : "input.constraint", first_violated_, detail));
}

std::optional<recording::Decision> Put::refuse_input() const {
  if (refused_) return refused_;
  if (!violations_.empty()) return refuse_constraints();
  return std::nullopt;
}

std::optional<recording::Decision> Put::refuse_events() const {
  if (scan_.too_large.index != none) {
    return refuse_event(invalid_parameter(fmt::format("Log event too large: {} bytes exceeds limit of {}",
                                                      scan_.too_large.value, largest_event)),
                        "events.too-large", scan_.too_large.index, fmt::format("{} bytes", scan_.too_large.value));
  }
  if (scan_.bytes > largest_batch) {
    return refuse(
        call_,
        invalid_parameter(fmt::format("Upload too large: {} bytes exceeds limit of {}", scan_.bytes, largest_batch)),
        finding("events.batch-too-large", "logEvents", fmt::format("{} bytes", scan_.bytes)));
  }
  if (scan_.unordered.index != none) {
    return refuse_event(
        invalid_parameter("Log events in a single PutLogEvents request must be in chronological order."),
        "events.unordered", scan_.unordered.index, fmt::format("the event before is of {}", scan_.unordered.value));
  }
  if (scan_.accepts_any() && scan_.last_valid_ms - scan_.first_valid_ms > longest_span_ms) {
    return refuse(
        call_,
        invalid_parameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours."),
        finding("events.span", "logEvents",
                fmt::format("{} to {}: {:.1f} hours", scan_.first_valid_ms, scan_.last_valid_ms,
                            static_cast<double>(scan_.last_valid_ms - scan_.first_valid_ms) / ms_per_hour)));
  }
  return std::nullopt;
}

// In which unit a timestamp would lie near the present; empty if in none.
std::string_view unit_of(std::int64_t timestamp, std::int64_t now_ms) {
  const auto near = [&](double milliseconds) {
    return std::abs(milliseconds - static_cast<double>(now_ms)) < 400.0 * 24 * ms_per_hour;
  };
  const auto number = static_cast<double>(timestamp);
  if (near(number * 1e3)) return "; as seconds it would be sensible: multiply by 1000";
  if (near(number / 1e3)) return "; as microseconds it would be sensible: divide by 1000";
  if (near(number / 1e6)) return "; as nanoseconds it would be sensible: divide by 1000000";
  return "";
}

// What an entity may be [docs: KeyAttributes of an entity].
constexpr std::string_view entity_types[] = {"Service", "RemoteService", "AWS::Service", "Resource", "AWS::Resource"};

// Whether a map's keys and values are texts of 1 to that many characters.
bool holds_texts(simdjson::dom::object map, std::size_t longest_key, std::size_t longest_value) {
  for (const auto member : map) {
    if (member.key.empty() || utf16_length(member.key) > longest_key || !member.value.is_string()) return false;
    const std::string_view value(member.value);
    if (value.empty() || utf16_length(value) > longest_value) return false;
  }
  return true;
}

// Why an entity is not taken, as far as the model says; empty if it is [guess].
std::string_view rejection_of(const std::optional<element>& entity, const Group& group) {
  if (!entity) return {};
  if (!entity->is_object()) return "InvalidEntity";
  const auto keys = last_member(*entity, "keyAttributes");
  if (!keys || !keys->is_object()) return "MissingRequiredFields";
  const simdjson::dom::object key_attributes(*keys);
  const auto type = last_member(key_attributes, "Type");
  if (!type || !type->is_string()) return "MissingRequiredFields";
  if (std::ranges::find(entity_types, std::string_view(*type)) == std::end(entity_types)) return "InvalidTypeValue";
  if (key_attributes.size() < 2 || key_attributes.size() > 4 || !holds_texts(key_attributes, 32, 512)) {
    return "InvalidKeyAttributes";
  }
  const auto attributes = last_member(*entity, "attributes");
  if (attributes && attributes->is_object()) {
    const simdjson::dom::object given(*attributes);
    if (given.size() > 10 || !holds_texts(given, 256, 512)) return "InvalidAttributes";
  }
  if (group.log_group_class != "STANDARD") return "UnsupportedLogGroupType";
  return {};
}

// rejectedLogEventsInfo is absent when nothing was rejected: shippers take its presence for a failure. The start of the
// too new is inclusive, the ends of the others are exclusive [docs].
std::string rejected_json(const Scan& scan) {
  std::string json;
  const auto add = [&](std::string_view name, std::uint32_t index) {
    json += fmt::format(R"({}"{}":{})", json.empty() ? "" : ",", name, index);
  };
  if (scan.first_too_new != none) add("tooNewLogEventStartIndex", scan.first_too_new);
  if (scan.too_old > 0) add("tooOldLogEventEndIndex", scan.too_old);
  if (scan.expired > 0) add("expiredLogEventEndIndex", scan.too_old + scan.expired);
  return json.empty() ? json : fmt::format(R"(,"rejectedLogEventsInfo":{{{}}})", json);
}

void Put::note_oddities(recording::Decision& decision, std::string_view rejected_entity) const {
  const auto add = [&](std::string_view what, std::uint32_t index, std::string detail) {
    decision.findings.push_back(finding(what, fmt::format("logEvents[{}]", index), std::move(detail)));
  };
  const auto now = call_.now_ms();
  const auto rejected = [&](std::string_view what, std::uint32_t first, std::uint32_t end, std::int64_t seen) {
    add(what, first, fmt::format("{} of {} events; {}{}", end - first, scan_.count, seen, unit_of(seen, now)));
  };
  if (scan_.too_old > 0) rejected("events.too-old", 0, scan_.too_old, scan_.oldest_seen_ms);
  if (scan_.expired > 0) {
    rejected("events.expired", scan_.too_old, scan_.first_accepted(),
             scan_.too_old > 0 ? window_.oldest : scan_.oldest_seen_ms);
  }
  if (scan_.first_too_new != none) rejected("events.too-new", scan_.first_too_new, scan_.count, scan_.newest_seen_ms);
  if (scan_.fraction.index != none) add("events.timestamp-fraction", scan_.fraction.index, "");
  if (scan_.cut_by_client.index != none) add("events.cut-by-client", scan_.cut_by_client.index, "");
  if (!rejected_entity.empty()) {
    decision.findings.push_back(finding("entity.rejected", "entity", std::string(rejected_entity)));
  }
  for (const auto& rewrite : rewrites_) {
    decision.findings.push_back(
        finding("body.rewritten", "body", std::string(name_of(rewrite.kind)), rewrite.offset, rewrite.length));
    break;
  }
}

std::vector<std::string_view> Put::accepted_messages() const {
  std::vector<std::string_view> messages;
  std::uint32_t index = 0;
  for (const auto event : simdjson::dom::array(*members_.events)) {
    if (index >= scan_.end_accepted()) break;
    if (index++ < scan_.first_accepted()) continue;
    const auto message = last_member(event, "message");
    messages.push_back(message ? std::string_view(*message) : std::string_view());
  }
  return messages;
}

// The real service stores such an event without a word, and no metric comes of it.
void Put::note_embedded_metrics(recording::Decision& decision) const {
  if (!has_objects_ || !mentions_embedded_metrics(call_.body)) return;
  const auto messages = accepted_messages();
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto metrics = read_embedded_metrics(messages[i]);
    if (!metrics || metrics->faults.empty()) continue;
    decision.findings.push_back(finding("embedded-metrics.fault",
                                        fmt::format("logEvents[{}].message", scan_.first_accepted() + i),
                                        std::string(cut(metrics->faults.front(), 300))));
    return;
  }
}

// Whether the last batch of a stream came in a body like this one.
bool Put::repeats(const Stream& stream) const {
  if (stream.batches.empty()) return false;
  const auto last = call_.context.entries.read(stream.batches.back().entry);
  if (!last) return false;
  const auto request = last->request();
  std::string storage;
  const auto body = aws::plain_body(request, storage, largest_body);
  return body && *body == call_.body;
}

// Before January 2023 a stream took its batches one after the other, each with the token of the one before; shippers
// read the token off the end of the message. What was sent again, token and all, was told apart from the rest.
std::optional<recording::Decision> Put::refuse_token(const Stream& stream, std::string_view token) const {
  const auto& expected = stream.upload_sequence_token;
  if (token == expected) return std::nullopt;
  const auto shown = expected.empty() ? std::string("null") : expected;
  const bool again = repeats(stream);
  const aws::Error error{
      again ? "DataAlreadyAcceptedException" : "InvalidSequenceTokenException",
      fmt::format("{}: {}",
                  again ? "The given batch of log events has already been accepted. The next batch can be sent with "
                          "sequenceToken"
                        : "The given sequenceToken is invalid. The next expected sequenceToken is",
                  shown),
      400,
      {{"expectedSequenceToken", expected.empty() ? "null" : fmt::format("\"{}\"", expected)}}};
  return refuse(call_, error,
                finding(again ? "events.sent-again" : "events.sequence-token", "sequenceToken",
                        token.empty() ? "none was sent" : std::string(cut(token, 60))));
}

recording::Decision Put::accept() const {
  // Like one of Kinesis: 56 digits from 49 on. A fresh one each time: the OpenTelemetry collector waits for it.
  const auto next_token = "49" + call_.context.entropy.text("sequence token", 54, "0123456789");
  const auto rejected_entity = rejection_of(members_.entity, *found_group_);

  auto effect = effect_on(call_, group_, stream_);
  auto& put = *effect.mutable_put_log_events();
  if (scan_.accepts_any()) {
    put.set_first(scan_.first_accepted());
    put.set_end(scan_.end_accepted());
    put.set_first_timestamp_ms(scan_.first_valid_ms);
    put.set_last_timestamp_ms(scan_.last_valid_ms);
    if (has_filters(*found_group_, call_.objects)) {
      add_filter_matches(put, group_, *found_group_, call_.objects, scan_.first_accepted(), accepted_messages());
    }
  }
  put.set_ingestion_time_ms(call_.now_ms());
  put.set_next_sequence_token(next_token);

  auto body = fmt::format(R"({{"nextSequenceToken":"{}")", next_token);
  if (!rejected_entity.empty()) body += fmt::format(R"(,"rejectedEntityInfo":{{"errorType":"{}"}})", rejected_entity);
  body += rejected_json(scan_);
  body += '}';

  recording::Decision decision;
  decision.reply = aws::json_reply(std::move(body), call_.context.entropy);
  decision.effect = effect.SerializeAsString();
  note_oddities(decision, rejected_entity);
  note_embedded_metrics(decision);
  return decision;
}

recording::Decision Put::decide() {
  thread_local JsonReader reader;
  const auto parsed = call_.body.empty() ? reader.read("{}") : reader.read_padded(call_.body);
  if (!parsed) return refuse_unreadable(call_, parsed.error().text(), parsed.error().offset);
  if (!parsed->is_object()) return refuse_unreadable(call_, "the JSON is no object", 0);
  rewrites_ = reader.rewrites();
  members_ = members_of(*parsed);

  bool readable = read_text("logGroupName", members_.group, group_name, true, group_);
  readable = read_text("logStreamName", members_.stream, stream_name, true, stream_) && readable;
  if (readable) found_group_ = find_group(call_.groups, group_);
  const auto now = call_.now_ms();
  window_ = {now - oldest_event_ms, now - oldest_event_ms, now + newest_event_ms};
  if (found_group_ != nullptr && found_group_->retention_days) {
    window_.expired = std::max(window_.oldest, now - *found_group_->retention_days * 24 * ms_per_hour);
  }
  scan_events();
  std::string_view token;
  read_text("sequenceToken", members_.token, sequence_token, false, token);

  if (const auto refused = refuse_input()) return *refused;
  if (const auto refused = refuse_events()) return *refused;
  if (found_group_ == nullptr) return refuse_missing_group(call_, group_);
  const auto* stream = find_stream(*found_group_, stream_);
  if (stream == nullptr) return refuse_missing_stream(call_, group_, stream_);
  if (call_.sequence_tokens_required) {
    if (auto refused = refuse_token(*stream, token)) return std::move(*refused);
  }
  return accept();
}

}  // namespace

recording::Decision put_log_events(const Call& call) { return Put(call).decide(); }

}  // namespace understudy::cloudwatch_logs
