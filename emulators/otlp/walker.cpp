#include "otlp/walker.h"

#include <fmt/format.h>

#include <array>

#include "otlp/schema.h"
#include "otlp/utf8.h"
#include "otlp/wire.h"

namespace understudy::otlp {
namespace {

// What to do with a field. A known field with another wire type than its own is an unknown field, as in libprotobuf.
enum class Act : std::uint8_t {
  refuse,
  varint,
  fixed64,
  fixed32,
  bytes,
  text,
  packed_fixed64,
  packed_varint,
  group,
  message,  // this and all that follow hold messages
  key_value,
  metric,
  metric_data,  // a member of Metric's oneof: gauge, sum, histogram, ...
};

struct Action {
  Act act = Act::refuse;
  std::uint8_t child = 0;
};

// Indexed by the tag's byte: fields 1 to 15 with each wire type. All higher numbers act by their wire type alone.
constexpr std::size_t one_byte_tags = 128;
using Actions = std::array<Action, one_byte_tags>;

constexpr Act act_of(WireType type) {
  switch (type) {
    case WireType::varint:
      return Act::varint;
    case WireType::fixed64:
      return Act::fixed64;
    case WireType::length:
      return Act::bytes;
    case WireType::group:
      return Act::group;
    case WireType::fixed32:
      return Act::fixed32;
    default:
      return Act::refuse;
  }
}

bool is_oneof_of_metric(MessageId parent, const Field& field) {
  return parent == MessageId::metric && field.type == Type::message && field.presence == Presence::tracked;
}

// The act for a field that comes length-delimited.
Action length_action(MessageId parent, const Field& field) {
  switch (field.type) {
    case Type::string:
      return {Act::text};
    case Type::message:
      if (field.message() == MessageId::key_value) return {Act::key_value, field.child};
      if (field.message() == MessageId::metric) return {Act::metric, field.child};
      return {is_oneof_of_metric(parent, field) ? Act::metric_data : Act::message, field.child};
    case Type::fixed64:
    case Type::sfixed64:
    case Type::number:
      return {field.presence == Presence::repeated ? Act::packed_fixed64 : Act::bytes};
    case Type::uint64:
      return {field.presence == Presence::repeated ? Act::packed_varint : Act::bytes};
    default:
      return {Act::bytes};
  }
}

std::array<Actions, message_count> make_actions() {
  std::array<Actions, message_count> actions{};
  for (std::size_t id = 0; id < message_count; ++id) {
    for (std::size_t tag = 8; tag < one_byte_tags; ++tag) actions[id][tag].act = act_of(static_cast<WireType>(tag & 7));
    const auto message = static_cast<MessageId>(id);
    for (const Field& field : fields_of(message)) {
      const std::size_t tag = field.number << 3 | static_cast<std::size_t>(WireType::length);
      if (tag < one_byte_tags) actions[id][tag] = length_action(message, field);
    }
  }
  return actions;
}

const std::array<Actions, message_count>& all_actions() {
  static const std::array<Actions, message_count> actions = make_actions();
  return actions;
}

constexpr std::array data_points = {MessageId::number_data_point, MessageId::histogram_data_point,
                                    MessageId::exponential_histogram_data_point, MessageId::summary_data_point};

constexpr std::string_view nested_too_deep = "messages are nested deeper than 100";

// Whether an attribute has the shape in which every SDK writes it: a short ASCII key, then a value that is short ASCII
// text, a bool, an int or a double, and nothing else. Only a short cut for the message that requests hold most of:
// what is not plain is walked field by field.
inline bool is_plain_key_value(const char* p, std::size_t size) {
  constexpr auto byte = [](const char* at) { return static_cast<std::uint8_t>(*at); };
  if (size < 6 || size > 127 || byte(p) != 0x0a) return false;  // key
  const char* const end = p + size;
  const std::size_t key = byte(p + 1);
  if (key + 6 > size) return false;
  const char* const value = p + 2 + key;
  if (byte(value) != 0x12 || value + 2 + byte(value + 1) != end) return false;
  switch (byte(value + 2)) {
    case 0x0a:  // string_value
      return value + 4 + byte(value + 3) == end && is_ascii(p + 2, key) && is_ascii(value + 4, byte(value + 3));
    case 0x10:  // bool_value
      return value + 4 == end && byte(value + 3) < 0x80 && is_ascii(p + 2, key);
    case 0x18: {  // int_value
      const char* last = value + 3;
      while (last != end && byte(last) >= 0x80) ++last;
      return last + 1 == end && last - value < 13 && is_ascii(p + 2, key);
    }
    case 0x21:  // double_value
      return value + 3 + 8 == end && is_ascii(p + 2, key);
    default:
      return false;
  }
}

class Walk {
 public:
  explicit Walk(std::string_view body) : body_(body) {}

  bool run(MessageId root);
  Summary summary() const;
  std::size_t fault_offset() const { return static_cast<std::size_t>(fault_at_ - body_.data()); }
  std::string_view fault_reason() const { return fault_reason_; }

 private:
  struct Frame {
    const char* end;
    const Action* actions;
  };
  struct Length {
    const char* content;  // null: refused
    std::size_t size;
  };

  // All that read take the position and the end of the message, and return the position after what they read, or null
  // once something was refused. The hot ones are inlined, so that position and end stay in registers.
  const char* refuse(const char* at, std::string_view reason);
  const char* refuse_tag(const char* at, const char* end);
  const char* any_tag(const char* p, const char* end, std::uint32_t& tag);
  const char* varint(const char* p, const char* end);
  const char* long_varint(const char* p, const char* end);
  const char* fixed(const char* field, const char* p, const char* end, std::ptrdiff_t size);
  Length length(const char* field, const char* p, const char* end);
  Length long_length(const char* field, const char* p, const char* end);
  const char* text(Length text);
  const char* packed_fixed64(const char* field, Length content);
  const char* packed_varints(Length content);
  const char* group(const char* field, const char* end, int depth);
  const char* leaf(const char* field, const char* p, const char* end, Act act, int depth);
  const char* long_tag(const char* field, const char* end, const Action* actions, Action& action);
  void begin_metric();
  void choose_metric_data(std::uint8_t member);

  const std::string_view body_;
  std::array<std::size_t, message_count> counts_{};
  std::array<Frame, max_nesting> frames_;
  // Another member of Metric's oneof clears the one before it, and its data points with it.
  std::uint8_t metric_data_ = 0;
  std::array<std::size_t, data_points.size()> points_before_metric_{};
  const char* fault_at_ = nullptr;
  std::string_view fault_reason_;
};

bool Walk::run(MessageId root) {
  const Action* const tables = all_actions().front().data();
  const Action* actions = tables + static_cast<std::size_t>(root) * one_byte_tags;
  const char* p = body_.data();
  const char* end = p + body_.size();
  int depth = 0;
  while (true) {
    while (p == end) {
      if (depth == 0) return true;
      const Frame& outer = frames_[static_cast<std::size_t>(--depth)];
      end = outer.end;
      actions = outer.actions;
    }
    const char* const field = p;
    const auto tag = static_cast<std::uint8_t>(*p++);
    Action action;
    if (tag < one_byte_tags) [[likely]] {
      action = actions[tag];
    } else {
      p = long_tag(field, end, actions, action);
      if (p == nullptr) return false;
    }
    if (action.act < Act::message) {
      p = leaf(field, p, end, action.act, depth);
      if (p == nullptr) return false;
      continue;
    }
    const Length content = length(field, p, end);
    if (content.content == nullptr) return false;
    p = content.content;
    if (action.act == Act::key_value && depth <= max_nesting - 2 && is_plain_key_value(p, content.size)) {
      p += content.size;
      continue;
    }
    if (action.act == Act::metric) begin_metric();
    if (action.act == Act::metric_data) choose_metric_data(action.child);
    if (depth == max_nesting) return refuse(field, nested_too_deep) != nullptr;
    ++counts_[action.child];
    frames_[static_cast<std::size_t>(depth++)] = {end, actions};
    end = p + content.size;
    actions = tables + action.child * one_byte_tags;
  }
}

// A field without messages inside it.
[[gnu::always_inline]] inline const char* Walk::leaf(const char* field, const char* p, const char* end, Act act,
                                                     int depth) {
  switch (act) {
    case Act::varint:
      return varint(p, end);
    case Act::fixed64:
      return fixed(field, p, end, 8);
    case Act::fixed32:
      return fixed(field, p, end, 4);
    case Act::bytes: {
      const Length content = length(field, p, end);
      return content.content == nullptr ? nullptr : content.content + content.size;
    }
    case Act::text:
      return text(length(field, p, end));
    case Act::packed_fixed64:
      return packed_fixed64(field, length(field, p, end));
    case Act::packed_varint:
      return packed_varints(length(field, p, end));
    case Act::group:
      return group(field, end, depth);
    default:
      return refuse_tag(field, end);
  }
}

[[gnu::cold]] const char* Walk::refuse(const char* at, std::string_view reason) {
  fault_at_ = at;
  fault_reason_ = reason;
  return nullptr;
}

inline const char* Walk::varint(const char* p, const char* end) {
  if (p != end && static_cast<std::uint8_t>(*p) < 0x80) [[likely]]
    return p + 1;
  return long_varint(p, end);
}

[[gnu::noinline]] const char* Walk::long_varint(const char* p, const char* end) {
  std::uint64_t value = 0;
  const char* const after = read_varint(p, end, value);
  if (after != nullptr) return after;
  return refuse(p, end - p < 10 ? "the message ends within a number" : "a number is longer than ten bytes");
}

inline const char* Walk::fixed(const char* field, const char* p, const char* end, std::ptrdiff_t size) {
  if (end - p < size) return refuse(field, "the message ends within a number");
  return p + size;
}

inline Walk::Length Walk::length(const char* field, const char* p, const char* end) {
  if (end - p > static_cast<std::ptrdiff_t>(0)) {
    const auto size = static_cast<std::uint8_t>(*p++);
    if (size < 0x80 && size <= end - p) [[likely]]
      return {p, size};
    --p;
  }
  return long_length(field, p, end);
}

[[gnu::noinline]] Walk::Length Walk::long_length(const char* field, const char* p, const char* end) {
  std::uint64_t size = 0;
  const char* const content = read_length(p, end, size);
  if (content == nullptr) {
    return {refuse(field, end - p < 5 ? "the message ends within a length" : "a length is too large"), 0};
  }
  if (size > static_cast<std::uint64_t>(end - content)) {
    return {refuse(field, "a length runs past the end of its message"), 0};
  }
  return {content, static_cast<std::size_t>(size)};
}

inline const char* Walk::text(Length text) {
  if (text.content == nullptr) return nullptr;
  if (is_utf8({text.content, text.size})) [[likely]]
    return text.content + text.size;
  return refuse(text.content + first_bad_byte({text.content, text.size}), "the text is not UTF-8");
}

const char* Walk::packed_fixed64(const char* field, Length content) {
  if (content.content == nullptr) return nullptr;
  if (content.size % 8 != 0) return refuse(field, "the length of a packed field is no multiple of eight");
  return content.content + content.size;
}

const char* Walk::packed_varints(Length content) {
  if (content.content == nullptr) return nullptr;
  const char* const end = content.content + content.size;
  const char* p = content.content;
  while (p != end) {
    p = long_varint(p, end);
    if (p == nullptr) return nullptr;
  }
  return p;
}

[[gnu::noinline]] const char* Walk::long_tag(const char* field, const char* end, const Action* actions,
                                             Action& action) {
  std::uint32_t tag = 0;
  const char* const p = any_tag(field, end, tag);
  if (p == nullptr) return nullptr;
  action = tag < one_byte_tags ? actions[tag] : Action{act_of(static_cast<WireType>(tag & 7))};
  return p;
}

const char* Walk::any_tag(const char* p, const char* end, std::uint32_t& tag) {
  const char* const after = read_tag(p, end, tag);
  if (after != nullptr) return after;
  return refuse(p, end - p < 5 ? "the message ends within a tag" : "a tag is longer than five bytes");
}

[[gnu::cold]] const char* Walk::refuse_tag(const char* at, const char* end) {
  std::uint32_t tag = 0;
  read_tag(at, end, tag);
  if ((tag >> 3) == 0) return refuse(at, "the field number is 0");
  if (static_cast<WireType>(tag & 7) == WireType::end_group) return refuse(at, "a group ends that was not begun");
  return refuse(at, "the wire type is none of protocol buffers'");
}

// Skips a group, which proto3 knows only as an unknown field, with all that is nested in it.
const char* Walk::group(const char* field, const char* end, int depth) {
  std::array<std::uint32_t, max_nesting> open;
  std::size_t opened = 0;
  const char* p = field;
  do {
    if (p == end) return refuse(field, "the message ends within a group");
    const char* const inner = p;
    std::uint32_t tag = 0;
    p = any_tag(p, end, tag);
    if (p == nullptr) return nullptr;
    const auto type = static_cast<WireType>(tag & 7);
    const std::uint32_t number = tag >> 3;
    if (number == 0) return refuse_tag(inner, end);
    if (type == WireType::group) {
      if (opened + static_cast<std::size_t>(depth) == max_nesting) return refuse(inner, nested_too_deep);
      open[opened++] = number;
    } else if (type == WireType::end_group) {
      if (number != open[opened - 1]) return refuse_tag(inner, end);
      --opened;
    } else {
      p = leaf(inner, p, end, act_of(type), depth);
      if (p == nullptr) return nullptr;
    }
  } while (opened > 0);
  return p;
}

void Walk::begin_metric() {
  metric_data_ = 0;
  for (std::size_t i = 0; i < data_points.size(); ++i) {
    points_before_metric_[i] = counts_[static_cast<std::size_t>(data_points[i])];
  }
}

void Walk::choose_metric_data(std::uint8_t member) {
  if (metric_data_ != 0 && metric_data_ != member) {
    for (std::size_t i = 0; i < data_points.size(); ++i) {
      counts_[static_cast<std::size_t>(data_points[i])] = points_before_metric_[i];
    }
  }
  metric_data_ = member;
}

Summary Walk::summary() const {
  const auto total = [&](auto... messages) { return (counts_[static_cast<std::size_t>(messages)] + ...); };
  using enum MessageId;
  return {
      .resource_groups = total(resource_spans, resource_logs, resource_metrics),
      .scopes = total(scope_spans, scope_logs, scope_metrics),
      .items = total(MessageId::span, log_record, number_data_point, histogram_data_point,
                     exponential_histogram_data_point, summary_data_point),
      .span_events = total(span_event),
      .span_links = total(span_link),
  };
}

// The path to a byte, found only once something is wrong.
class PathFinder {
 public:
  PathFinder(std::string_view body, std::size_t offset) : at_(body.data() + offset) {}

  std::string find(MessageId message, std::string_view body) {
    for (int depth = 0; depth < segments_shown; ++depth) {
      const Field* inside = step(message, body);
      if (inside == nullptr) return path_;
      message = inside->message();
      body = inside_;
    }
    return path_ + "...";
  }

 private:
  static constexpr int segments_shown = 24;

  // Appends the field of the message that holds the byte. Returns it when the byte stands inside a message.
  const Field* step(MessageId message, std::string_view body) {
    std::array<std::size_t, 16> seen{};
    WireReader reader(body);
    WireField field;
    while (reader.next(field)) {
      const Field* const known = find_field(message, field.number);
      const bool repeated = known != nullptr && known->presence == Presence::repeated;
      const std::size_t index = repeated ? seen[field.number & 15]++ : 0;
      if (field.whole.data() + field.whole.size() <= at_) continue;
      append(known, field.number, index);
      const bool descend = known != nullptr && known->type == Type::message && field.type == WireType::length &&
                           field.bytes.data() <= at_;
      inside_ = field.bytes;
      return descend ? known : nullptr;
    }
    append_unreadable(message, reader.position(), body.data() + body.size(), seen);
    return nullptr;
  }

  void append_unreadable(MessageId message, const char* p, const char* end, const std::array<std::size_t, 16>& seen) {
    std::uint32_t tag = 0;
    if (read_tag(p, end, tag) == nullptr || (tag >> 3) == 0 || static_cast<WireType>(tag & 7) == WireType::end_group) {
      return;
    }
    append(find_field(message, tag >> 3), tag >> 3, seen[(tag >> 3) & 15]);
  }

  void append(const Field* known, std::uint32_t number, std::size_t index) {
    if (!path_.empty()) path_ += '.';
    if (known == nullptr) {
      path_ += fmt::format("field_{}", number);
    } else if (known->presence == Presence::repeated) {
      path_ += fmt::format("{}[{}]", known->name, index);
    } else {
      path_ += known->name;
    }
  }

  const char* const at_;
  std::string path_;
  std::string_view inside_;
};

}  // namespace

std::string describe(const WireError& error) {
  if (error.path.empty()) return fmt::format("byte {}: {}", error.offset, error.reason);
  return fmt::format("byte {}, {}: {}", error.offset, error.path, error.reason);
}

std::expected<Summary, WireError> validate(Signal signal, std::string_view body) {
  Walk walk(body);
  if (walk.run(request_of(signal))) return walk.summary();
  return std::unexpected(WireError{walk.fault_offset(),
                                   PathFinder(body, walk.fault_offset()).find(request_of(signal), body),
                                   std::string(walk.fault_reason())});
}

}  // namespace understudy::otlp
