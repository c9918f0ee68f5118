#include "honeycomb/datasets.h"

#include <algorithm>

#include "otlp/wire.h"

namespace understudy::honeycomb {
namespace {

using otlp::Signal;
using otlp::WireField;
using otlp::WireReader;
using otlp::WireType;

constexpr std::string_view unknown_service = "unknown_service";

// White space beyond ASCII as Go's unicode.IsSpace has it, in UTF-8.
constexpr std::string_view wide_spaces[] = {
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
    "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A",
    "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};

bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::size_t space_at_front(std::string_view text) {
  if (text.empty()) return 0;
  if (is_ascii_space(text.front())) return 1;
  if (static_cast<unsigned char>(text.front()) < 0x80) return 0;
  const auto* const found = std::ranges::find_if(wide_spaces, [&](auto space) { return text.starts_with(space); });
  return found == std::end(wide_spaces) ? 0 : found->size();
}

std::size_t space_at_back(std::string_view text) {
  if (text.empty()) return 0;
  if (is_ascii_space(text.back())) return 1;
  if (static_cast<unsigned char>(text.back()) < 0x80) return 0;
  const auto* const found = std::ranges::find_if(wide_spaces, [&](auto space) { return text.ends_with(space); });
  return found == std::end(wide_spaces) ? 0 : found->size();
}

// The service's own dataset, or nothing if it has no name of its own. The SDKs' default name is one of
// "unknown_service" and "unknown_service:process".
// The classic translator looks for the default before it trims. [code: husky otlp/common.go]
std::optional<std::string_view> dataset_of_service(std::optional<std::string_view> service_name,
                                                   Translator translator) {
  if (!service_name) return std::nullopt;
  const std::string_view name = trim_space(*service_name);
  const std::string_view compared = translator == Translator::direct ? name : *service_name;
  if (name.empty() || compared.starts_with(unknown_service)) return std::nullopt;
  return name;
}

Chosen choose_for_logs(const Address& address, std::optional<std::string_view> own) {
  if (own) return {*own, Choice::by_service_name};
  if (!trim_space(address.header).empty()) return {address.header, Choice::by_header};
  return {"unknown_log_source", Choice::unknown_log_source};
}

// Of AnyValue's alternatives the one with the highest number.
constexpr std::uint32_t last_value_field = 8;

// The bytes of a validated string attribute; of a value that was set several times the last counts.
std::optional<std::string_view> string_value(std::string_view any_value) {
  std::optional<std::string_view> text;
  WireReader reader(any_value);
  for (WireField field; reader.next(field);) {
    if (field.is(1, WireType::length)) text = field.bytes;
    if (field.number > 1 && field.number <= last_value_field) text = std::nullopt;
  }
  return text;
}

struct Attribute {
  std::string_view key;
  std::string_view value;
};

Attribute read_attribute(std::string_view key_value) {
  Attribute attribute;
  WireReader reader(key_value);
  for (WireField field; reader.next(field);) {
    if (field.is(1, WireType::length)) attribute.key = field.bytes;
    if (field.is(2, WireType::length)) attribute.value = field.bytes;
  }
  return attribute;
}

}  // namespace

std::optional<std::string_view> service_name_of(std::string_view group) {
  WireReader reader(group);
  for (WireField field; reader.next(field);) {
    if (!field.is(1, WireType::length)) continue;
    WireReader resource(field.bytes);
    for (WireField member; resource.next(member);) {
      if (!member.is(1, WireType::length)) continue;
      const Attribute attribute = read_attribute(member.bytes);
      if (attribute.key == "service.name") return string_value(attribute.value);
    }
  }
  return std::nullopt;
}

std::string_view trim_space(std::string_view text) {
  while (const std::size_t space = space_at_front(text)) text.remove_prefix(space);
  while (const std::size_t space = space_at_back(text)) text.remove_suffix(space);
  return text;
}

Chosen choose_dataset(Signal signal, const Address& address, std::optional<std::string_view> service_name) {
  switch (signal) {
    case Signal::traces:
      if (address.classic) return {address.header, Choice::by_header};
      if (const auto own = dataset_of_service(service_name, address.translator)) return {*own, Choice::by_service_name};
      return {unknown_service, Choice::unknown_service};
    case Signal::logs:
      return choose_for_logs(address, dataset_of_service(service_name, Translator::classic));
    case Signal::metrics:
      if (!address.header.empty()) return {address.header, Choice::by_header};
      return {"unknown_metrics", Choice::unknown_metrics};
  }
  return {};
}

std::expected<void, otlp::WireError> for_each_group(Signal signal, std::string_view body,
                                                    const std::function<void(const Group&)>& visit) {
  // A request may be cut between the elements of a repeated field: each piece is a request of its own.
  const char* from = body.data();
  Group group;
  std::size_t count = 0;
  const auto close_group = [&](const char* to) -> std::expected<void, otlp::WireError> {
    auto summary = otlp::validate(signal, {from, static_cast<std::size_t>(to - from)});
    if (!summary) {
      // Again as a whole, so that offset and path are those of the request.
      auto whole = otlp::validate(signal, body);
      return std::unexpected(whole ? std::move(summary.error()) : std::move(whole.error()));
    }
    group.summary = *summary;
    if (count > 0) visit(group);
    from = to;
    return {};
  };
  WireReader reader(body);
  for (WireField field; reader.next(field);) {
    if (!field.is(1, WireType::length)) continue;
    const auto service_name = service_name_of(field.bytes);
    if (count > 0 && service_name != group.service_name) {
      if (auto closed = close_group(field.whole.data()); !closed) return closed;
      group.index = count;
    }
    group.service_name = service_name;
    ++count;
  }
  return close_group(body.data() + body.size());
}

}  // namespace understudy::honeycomb
