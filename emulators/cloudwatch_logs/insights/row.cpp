#include "cloudwatch_logs/insights/row.h"

#include <fmt/format.h>

#include <charconv>

#include "base/base64.h"
#include "cloudwatch_logs/insights/json.h"

namespace understudy::cloudwatch_logs::insights {
namespace {

struct SystemField {
  std::string_view name;
  SlotSources::Source source;
};
constexpr SystemField system_fields[] = {
    {"@timestamp", SlotSources::Source::timestamp},
    {"@message", SlotSources::Source::message},
    {"@ingestionTime", SlotSources::Source::ingestion_time},
    {"@logStream", SlotSources::Source::stream},
    {"@log", SlotSources::Source::log},
    {"@ptr", SlotSources::Source::pointer},
};

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

SlotSources::SlotSources(const std::vector<std::string>& names) {
  for (std::size_t slot = 0; slot < names.size(); ++slot) {
    auto source = Source::discovered;
    for (const auto& field : system_fields) {
      if (field.name == names[slot]) source = field.source;
    }
    sources_.push_back(source);
    if (source != Source::discovered) continue;
    discovered_.push_back(names[slot]);
    discovered_slots_.push_back(slot);
  }
}

Value Row::get(std::size_t slot) {
  if (!values_.empty() && values_[slot].kind() != Value::Kind::unset) return values_[slot];
  if (block_ == nullptr) return Value::missing();
  switch (sources_->of(slot)) {
    case SlotSources::Source::timestamp:
      return Value::time(timestamp_ms());
    case SlotSources::Source::message:
      return Value::view(block_->events->message(event_));
    case SlotSources::Source::ingestion_time:
      return Value::time(block_->batch.ingestion_time_ms);
    case SlotSources::Source::stream:
      return Value::view(block_->stream);
    case SlotSources::Source::log:
      return Value::view(block_->group);
    case SlotSources::Source::pointer:
      return Value::text(pointer());
    case SlotSources::Source::discovered:
      break;
  }
  // All at once: the message is read once.
  auto found = discover(block_->events->message(event_), sources_->discovered());
  const auto& slots = sources_->discovered_slots();
  if (values_.empty()) values_.resize(sources_->slots());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (values_[slots[i]].kind() == Value::Kind::unset) values_[slots[i]] = std::move(found[i]);
  }
  return values_[slot];
}

void Row::set(std::size_t slot, Value value) {
  if (values_.empty()) values_.resize(sources_->slots());
  values_[slot] = value.kind() == Value::Kind::unset ? Value::missing() : std::move(value);
}

std::string Row::pointer() const {
  if (block_ == nullptr) return {};
  return EventPointer{block_->group, block_->stream, block_->batch.entry, block_->batch.first + event_}.text();
}

std::string EventPointer::text() const { return to_base64(fmt::format("{}\n{}\n{}\n{}", log, stream, entry, index)); }

std::optional<EventPointer> EventPointer::parse(std::string_view text) {
  const auto plain = from_base64(text);
  if (!plain) return std::nullopt;
  std::string_view rest = *plain;
  const auto next = [&] {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    return line;
  };
  EventPointer pointer;
  pointer.log = next();
  // A stream's name may have lines of its own: the numbers stand behind the last ones.
  const auto index_at = rest.rfind('\n');
  const auto entry_at = index_at == std::string_view::npos || index_at == 0 ? index_at : rest.rfind('\n', index_at - 1);
  if (index_at == std::string_view::npos || entry_at == std::string_view::npos || entry_at == index_at)
    return std::nullopt;
  pointer.stream = rest.substr(0, entry_at);
  if (!read_number(rest.substr(entry_at + 1, index_at - entry_at - 1), pointer.entry) ||
      !read_number(rest.substr(index_at + 1), pointer.index)) {
    return std::nullopt;
  }
  return pointer;
}

}  // namespace understudy::cloudwatch_logs::insights
