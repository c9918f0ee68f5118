// OTLP's attribute values where they stand on the wire, and what Honeycomb stores of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "honeycomb/event_fields.h"
#include "honeycomb/events.h"
#include "otlp/wire.h"

namespace understudy::honeycomb {

struct AnyValue {
  enum class Kind : std::uint8_t { none, string, boolean, integer, real, array, kvlist, bytes };
  Kind kind = Kind::none;
  std::string_view bytes;  // string, array, kvlist, bytes
  std::uint64_t bits = 0;  // boolean, integer, real

  bool boolean() const { return bits != 0; }
  std::int64_t integer() const { return static_cast<std::int64_t>(bits); }
  double real() const;
};

// Of a validated message; of a value that was set several times the last counts.
AnyValue read_any_value(std::string_view any_value);

struct KeyValue {
  std::string_view key;
  std::optional<std::string_view> value;  // the AnyValue; nothing if it is absent
};
KeyValue read_key_value(std::string_view key_value);

// The JSON text that Honeycomb makes of a compound value, with the line feed that Go's encoder ends it with, cut at
// 65535 bytes. Nothing if it holds NaN or an infinity, which JSON has not. [code: husky otlp/common.go]
std::optional<std::string> json_of(const AnyValue& value);

// What becomes of an attribute's value: scalars as they are, maps flattened with '.' down to five levels, all else as
// JSON text. Calls `emit(name, value)` for each field; names and texts that are made live in the arena.
class Flattener {
 public:
  Flattener(TextArena& arena, Translator translator) : arena_(arena), translator_(translator) {}

  template <typename Emit>
  void flatten(std::string_view name, const AnyValue& value, Emit&& emit, int depth = 0) {
    if (const auto scalar = scalar_of(value)) {
      emit(name, *scalar);
    } else if (value.kind == AnyValue::Kind::kvlist && depth < max_depth) {
      otlp::WireReader reader(value.bytes);
      for (otlp::WireField field; reader.next(field);) {
        if (!field.is(1, otlp::WireType::length)) continue;
        const KeyValue member = read_key_value(field.bytes);
        if (member.key.empty() || !member.value) continue;
        flatten(joined(name, member.key), read_any_value(*member.value), emit, depth + 1);
      }
    } else if (const auto text = text_of(value)) {
      emit(name, FieldValue(*text));
    }
  }

 private:
  static constexpr int max_depth = 5;

  static std::optional<FieldValue> scalar_of(const AnyValue& value);
  std::string_view joined(std::string_view name, std::string_view key);
  // As JSON; nothing where the attribute is dropped.
  std::optional<std::string_view> text_of(const AnyValue& value);

  TextArena& arena_;
  Translator translator_;
};

}  // namespace understudy::honeycomb
