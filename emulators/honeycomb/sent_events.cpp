#include "honeycomb/sent_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/bytes.h"
#include "base/content_coding.h"
#include "base/json.h"
#include "honeycomb/msgpack.h"
#include "recording/moment.h"

namespace understudy::honeycomb {
namespace {

using Failure = std::unexpected<EventsBodyError>;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

constexpr std::string_view messages[] = {
    // [docs: API, POST /1/events and /1/batch; the last: API, errors]
    "",
    "Request body should not be empty.",
    "Request body is malformed and cannot be read.",
    "Request body is too large.",
    "Event has too many columns.",
    "invalid gzip data",
};

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// Exactly, where a double would not do.
std::optional<std::int64_t> decimal_seconds_to_ns(std::string_view whole, std::string_view fraction) {
  std::string digits(whole);
  digits += fraction.substr(0, 9);
  digits.append(9 - std::min<std::size_t>(fraction.size(), 9), '0');
  std::int64_t ns = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ns);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return ns;
}

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

// Anything that is not MessagePack by name is read as JSON. [code: refinery route.go]
bool is_msgpack(std::string_view content_type) {
  const std::string_view bare = trim(content_type.substr(0, content_type.find(';')));
  return bare == "application/msgpack" || bare == "application/x-msgpack";
}

// A value as the field that it becomes; nothing for null. What has parts of its own becomes JSON text.
std::optional<FieldValue> field_value(element value, TextArena& arena) {
  switch (value.type()) {
    case element_type::STRING:
      return std::string_view(value.get_string().value_unsafe());
    case element_type::INT64:
      return value.get_int64().value_unsafe();
    case element_type::UINT64:  // beyond int64
      return static_cast<double>(value.get_uint64().value_unsafe());
    case element_type::DOUBLE:
      return value.get_double().value_unsafe();
    case element_type::BOOL:
      return value.get_bool().value_unsafe();
    case element_type::NULL_VALUE:
      return std::nullopt;
    default:
      return arena.keep(simdjson::minify(value));
  }
}

// Reads one event after the other into one SentEvent.
class Reader {
 public:
  using See = std::function<void(std::size_t, const SentEvent&)>;
  Reader(bool may_be_too_large, std::uint32_t expand_json_depth, const See& see)
      : may_be_too_large_(may_be_too_large), expand_json_depth_(expand_json_depth), see_(see) {}

  void single(element data, const recording::Request& request) {
    begin();
    if (const auto time = request.header("x-honeycomb-event-time")) read_time(*time);
    if (const auto rate = request.header("x-honeycomb-samplerate")) read_rate(*rate);
    read_data(data);
    pass_on();
  }

  void batched(element item) {
    begin();
    object members;
    if (item.get(members) != simdjson::SUCCESS) {
      refuse(EventsError::malformed, "no object");
      return pass_on();
    }
    if (const auto time = last_member(members, "time")) read_time(*time);
    if (const auto rate = last_member(members, "samplerate")) read_rate(*rate);
    if (const auto data = last_member(members, "data")) {
      read_data(*data);
    } else {
      refuse(EventsError::empty, "without data");
    }
    pass_on();
  }

  void kinesis(element record) {
    begin();
    object members;
    const bool is_object = record.get(members) == simdjson::SUCCESS;
    const auto data = is_object ? last_member(members, "data") : std::nullopt;
    std::string_view base64;
    if (!data || data->get(base64) != simdjson::SUCCESS) {
      refuse(EventsError::malformed, "without data");
      return pass_on();
    }
    auto bytes = from_base64(base64);
    if (!bytes) {
      refuse(EventsError::malformed, "data is no base64");
      return pass_on();
    }
    read_delivered(std::move(*bytes));
    pass_on();
  }

 private:
  void begin() {
    SentEvent next;
    next.fields = std::move(event_.fields);
    event_ = std::move(next);
    arena_.clear();
    set_.begin(event_.fields);
  }
  void refuse(EventsError error, std::string_view detail) {
    if (event_.error != EventsError::none) return;
    event_.error = error;
    event_.detail = detail;
  }
  void pass_on() { see_(index_++, event_); }

  void read_time(element value) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) return read_time(text);
    if (value.is_null()) return;
    // Numbers as in the header. [guess]
    if (!value.is_number()) return refuse(EventsError::malformed, "time is neither text nor number");
    read_time(arena_.keep(simdjson::minify(value)));
  }
  void read_time(std::string_view text) {
    event_.time_ns = parse_event_time(text);
    if (!event_.time_ns && !text.empty()) event_.unreadable_time = text;
  }

  void read_rate(element value) {
    std::int64_t rate = 0;
    if (value.is_null()) return;
    if (value.get(rate) != simdjson::SUCCESS) return refuse(EventsError::malformed, "samplerate is no integer");
    event_.sample_rate = std::max<std::int64_t>(rate, 1);
  }
  void read_rate(std::string_view text) {
    std::int64_t rate = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || rate < 0) event_.unreadable_rate = text;
    event_.sample_rate = whole ? std::max<std::int64_t>(rate, 1) : 1;
  }

  void read_data(element data) {
    object members;
    if (data.get(members) != simdjson::SUCCESS) return refuse(EventsError::malformed, "data is no object");
    if (may_be_too_large_ && simdjson::minify(data).size() > max_event_bytes) {
      return refuse(EventsError::too_large, "an event of more than 1000000 bytes");
    }
    set_members(members, {}, expand_json_depth_);
    if (members.size() == 0) refuse(EventsError::empty, "without fields");
    if (event_.fields.size() > max_event_fields) refuse(EventsError::too_many_columns, "more than 2000 fields");
  }

  void set_members(object members, std::string_view prefix, std::uint32_t levels) {
    for (const auto& [name, value] : members) {
      if (name.empty()) continue;
      const std::string_view path = prefix.empty() ? name : arena_.keep(fmt::format("{}.{}", prefix, name));
      object inner;
      if (levels > 0 && value.get(inner) == simdjson::SUCCESS && inner.size() > 0) {
        set_members(inner, path, levels - 1);
      } else if (const auto field = field_value(value, arena_)) {
        set_.set(path, *field);
      }
    }
  }

  // Lambda and CloudWatch deliver compressed. What is no JSON object is a line of text. [guess]
  void read_delivered(std::string bytes) {
    delivered_ = std::move(bytes);
    if (delivered_.starts_with("\x1f\x8b")) {
      auto plain = decode_content("gzip", delivered_, max_events_body_bytes);
      if (!plain) return refuse(EventsError::bad_gzip, "data is damaged gzip");
      delivered_ = std::move(*plain);
    }
    const auto parsed = delivered_json_.read(delivered_);
    if (parsed && parsed->is_object()) return read_data(*parsed);
    set_.set("message", std::string_view(delivered_));
  }

  bool may_be_too_large_;
  std::uint32_t expand_json_depth_;
  const See& see_;
  std::size_t index_ = 0;
  SentEvent event_;
  FieldSet set_;
  TextArena arena_;
  std::string delivered_;
  JsonReader delivered_json_;
};

struct Plain {
  std::string owned;
  std::string_view text;  // JSON
  bool padded = true;
};

// Undoes coding and MessagePack. A coding that is not known is read as if there were none. [code: refinery route.go]
std::expected<Plain, EventsBodyError> plain_body(const recording::Request& request) {
  Plain plain;
  plain.text = request.body;
  const auto too_large = [](std::size_t size) {
    return Failure({EventsError::too_large, fmt::format("{} bytes; the limit is {}", size, max_events_body_bytes)});
  };
  if (plain.text.size() > max_events_body_bytes) return too_large(plain.text.size());
  const std::string_view coding = request.header("content-encoding").value_or("");
  if (coding == "gzip" || coding == "zstd") {
    auto decoded = decode_content(coding, plain.text, max_events_body_bytes);
    if (!decoded && decoded.error() == CodingError::too_large) return too_large(max_events_body_bytes + 1);
    if (!decoded) {
      return Failure({coding == "gzip" ? EventsError::bad_gzip : EventsError::malformed,
                      fmt::format("cannot be decompressed as {}", coding)});
    }
    plain.owned = std::move(*decoded);
    plain.text = plain.owned;
    plain.padded = false;
  }
  if (plain.text.empty()) return Failure({EventsError::empty, "0 bytes"});
  if (is_msgpack(request.header("content-type").value_or(""))) {
    auto json = msgpack_to_json(plain.text);
    if (!json) return Failure({EventsError::malformed, std::move(json.error())});
    plain.owned = std::move(*json);
    plain.text = plain.owned;
    plain.padded = false;
  }
  return plain;
}

}  // namespace

std::string_view message_of(EventsError error) { return messages[static_cast<std::size_t>(error)]; }

std::expected<SentBody, EventsBodyError> read_sent_events(
    const recording::Request& request, EventsForm form, std::uint32_t expand_json_depth,
    const std::function<void(std::size_t, const SentEvent&)>& see) {
  auto plain = plain_body(request);
  if (!plain) return Failure(std::move(plain.error()));
  if (plain->text.data() != request.body.data()) plain->text = plain->owned;  // it may have moved with its owner
  thread_local JsonReader json;
  const auto root = plain->padded ? json.read_padded(plain->text) : json.read(plain->text);
  if (!root) return Failure({EventsError::malformed, root.error().text()});
  Reader reader(plain->text.size() > max_event_bytes, expand_json_depth, see);
  SentBody body;
  if (form == EventsForm::single) {
    if (!root->is_object()) return Failure({EventsError::malformed, "the body is no object"});
    reader.single(*root, request);
    return body;
  }
  element items = *root;
  if (form == EventsForm::kinesis) {
    object delivery;
    if (root->get(delivery) != simdjson::SUCCESS) return Failure({EventsError::malformed, "the body is no object"});
    const auto records = last_member(delivery, "records");
    if (!records) return Failure({EventsError::malformed, "without records"});
    items = *records;
    std::string_view id;
    if (const auto sent = last_member(delivery, "requestId"); sent && sent->get(id) == simdjson::SUCCESS) {
      body.request_id = id;
    }
  }
  array list;
  if (items.get(list) != simdjson::SUCCESS) return Failure({EventsError::malformed, "no array of events"});
  for (const element item : list) {
    if (form == EventsForm::batch) {
      reader.batched(item);
    } else {
      reader.kinesis(item);
    }
  }
  return body;
}

std::optional<std::int64_t> parse_event_time(std::string_view text) {
  constexpr std::size_t second_digits = 10;
  std::int64_t ns = 0;
  if (recording::parse_rfc3339(text, ns)) return ns;
  if (all_digits(text)) {
    if (text.size() < second_digits) return std::nullopt;
    return decimal_seconds_to_ns(text.substr(0, second_digits), text.substr(second_digits));
  }
  const std::size_t dot = text.find('.');
  if (dot != std::string_view::npos && all_digits(text.substr(0, dot)) && all_digits(text.substr(dot + 1))) {
    return decimal_seconds_to_ns(text.substr(0, dot), text.substr(dot + 1));
  }
  const auto number = parse_number(text);
  if (!number || std::fabs(*number) > 9e9) return std::nullopt;
  return static_cast<std::int64_t>(*number * 1e9);
}

}  // namespace understudy::honeycomb
