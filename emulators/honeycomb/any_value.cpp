#include "honeycomb/any_value.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <utility>

#include "base/base64.h"
#include "honeycomb/go_json.h"

namespace understudy::honeycomb {
namespace {

using otlp::WireField;
using otlp::WireReader;
using otlp::WireType;
using Kind = AnyValue::Kind;

// The longest text that Honeycomb keeps in a field. [code: husky otlp/common.go] [docs]
constexpr std::size_t max_text_bytes = 65535;

constexpr std::uint32_t tag(std::uint32_t number, WireType type) {
  return number << 3 | static_cast<std::uint32_t>(type);
}

bool append_value(std::string& json, const AnyValue& value);

bool append_array(std::string& json, std::string_view array) {
  json += '[';
  bool first = true;
  WireReader reader(array);
  for (WireField field; reader.next(field);) {
    if (!field.is(1, WireType::length)) continue;
    if (!std::exchange(first, false)) json += ',';
    if (!append_value(json, read_any_value(field.bytes))) return false;
  }
  json += ']';
  return true;
}

// A Go map: keys in order, of several with one name the last.
bool append_kvlist(std::string& json, std::string_view kvlist) {
  std::map<std::string_view, AnyValue> members;
  WireReader reader(kvlist);
  for (WireField field; reader.next(field);) {
    if (!field.is(1, WireType::length)) continue;
    const KeyValue member = read_key_value(field.bytes);
    members[member.key] = member.value ? read_any_value(*member.value) : AnyValue{};
  }
  json += '{';
  bool first = true;
  for (const auto& [key, value] : members) {
    if (!std::exchange(first, false)) json += ',';
    append_go_string(json, key);
    json += ':';
    if (!append_value(json, value)) return false;
  }
  json += '}';
  return true;
}

bool append_value(std::string& json, const AnyValue& value) {
  switch (value.kind) {
    case Kind::string:
      append_go_string(json, value.bytes);
      return true;
    case Kind::boolean:
      json += value.boolean() ? "true" : "false";
      return true;
    case Kind::integer:
      fmt::format_to(std::back_inserter(json), "{}", value.integer());
      return true;
    case Kind::real:
      return append_go_number(json, value.real());
    case Kind::array:
      return append_array(json, value.bytes);
    case Kind::kvlist:
      return append_kvlist(json, value.bytes);
    case Kind::bytes:
      json += '"';
      json += to_base64(value.bytes);
      json += '"';
      return true;
    case Kind::none:
      break;
  }
  json += "null";
  return true;
}

}  // namespace

double AnyValue::real() const { return std::bit_cast<double>(bits); }

AnyValue read_any_value(std::string_view any_value) {
  AnyValue value;
  WireReader reader(any_value);
  for (WireField field; reader.next(field);) {
    switch (tag(field.number, field.type)) {
      case tag(1, WireType::length):
        value = {Kind::string, field.bytes, 0};
        break;
      case tag(2, WireType::varint):
        value = {Kind::boolean, {}, field.value};
        break;
      case tag(3, WireType::varint):
        value = {Kind::integer, {}, field.value};
        break;
      case tag(4, WireType::fixed64):
        value = {Kind::real, {}, field.value};
        break;
      case tag(5, WireType::length):
        value = {Kind::array, field.bytes, 0};
        break;
      case tag(6, WireType::length):
        value = {Kind::kvlist, field.bytes, 0};
        break;
      case tag(7, WireType::length):
        value = {Kind::bytes, field.bytes, 0};
        break;
      case tag(8, WireType::varint):  // an index into a table that only profiles have
        value = {};
        break;
      default:
        break;
    }
  }
  return value;
}

KeyValue read_key_value(std::string_view key_value) {
  KeyValue read;
  WireReader reader(key_value);
  for (WireField field; reader.next(field);) {
    if (field.is(1, WireType::length)) read.key = field.bytes;
    if (field.is(2, WireType::length)) read.value = field.bytes;
  }
  return read;
}

std::optional<std::string> json_of(const AnyValue& value) {
  std::string json;
  if (!append_value(json, value)) return std::nullopt;
  json += '\n';
  if (json.size() > max_text_bytes) json.resize(max_text_bytes);
  return json;
}

std::optional<FieldValue> Flattener::scalar_of(const AnyValue& value) {
  switch (value.kind) {
    case Kind::string:
      return value.bytes;
    case Kind::boolean:
      return value.boolean();
    case Kind::integer:
      return value.integer();
    case Kind::real:
      return value.real();
    default:
      return std::nullopt;
  }
}

std::string_view Flattener::joined(std::string_view name, std::string_view key) {
  const std::size_t size = name.size() + 1 + key.size();
  char* const place = arena_.allocate(size);
  std::memcpy(place, name.data(), name.size());
  place[name.size()] = '.';
  std::memcpy(place + name.size() + 1, key.data(), key.size());
  return {place, size};
}

std::optional<std::string_view> Flattener::text_of(const AnyValue& value) {
  if (value.kind == Kind::none) return std::nullopt;
  if (const auto json = json_of(value)) return arena_.keep(*json);
  // JSON has no NaN: the classic translator drops the attribute, the direct one stores an empty text.
  if (translator_ == Translator::classic) return std::nullopt;
  return std::string_view();
}

}  // namespace understudy::honeycomb
