// What many events have in common: the fields of a resource and of a scope, read once for all that stands below them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "honeycomb/any_value.h"
#include "honeycomb/event_fields.h"
#include "honeycomb/sample_rate.h"
#include "otlp/walker.h"

namespace understudy::honeycomb {

// The sample rate among the attributes of one list, as the direct translator takes it: of the two spellings the one
// that counts beats the other if it stands in the same list, and neither is stored, but for an other spelling that
// stands behind. [code: husky otlp/traces_direct.go]
class ListedRate {
 public:
  // Whether the attribute is a sample rate and no field.
  bool take(std::string_view key, const AnyValue& value);
  const std::optional<std::int64_t>& rate() const { return rate_; }

 private:
  std::optional<std::int64_t> rate_;
  bool preferred_ = false;
};

// Visits a message's attributes: every field `number`, a KeyValue that has key and value.
template <typename Visit>
void for_each_attribute(std::string_view message, std::uint32_t number, Visit&& visit) {
  otlp::WireReader reader(message);
  for (otlp::WireField field; reader.next(field);) {
    if (!field.is(number, otlp::WireType::length)) continue;
    const KeyValue attribute = read_key_value(field.bytes);
    if (!attribute.key.empty() && attribute.value) visit(attribute.key, read_any_value(*attribute.value));
  }
}

// The resource and the scope that a span or log record stands under.
class Levels {
 public:
  explicit Levels(Translator translator) : translator_(translator) {}

  // Reads what differs from the item before.
  void enter(const otlp::ItemView& item);

  // Below everything that the event has itself. For the direct translator.
  void put_into(FieldSet& fields) const;
  std::optional<std::int64_t> rate() const { return scope_.rate ? scope_.rate : resource_.rate; }
  // Over what the event has, in the order resource, scope; attributes of the item come after. For the classic one.
  void set_into(FieldSet& fields) const;

 private:
  struct Level {
    std::vector<HashedField> fields;
    std::optional<std::int64_t> rate;
    TextArena arena;
    std::string_view described;  // the group that it was read from
  };
  void read_resource(const otlp::ItemView& item);
  void read_scope(const otlp::ItemView& item);
  void read_attributes(std::string_view message, std::uint32_t number, Level& level);
  // Makes of `collected_` the fields of a level.
  void keep(Level& level);

  Translator translator_;
  Level resource_;
  Level scope_;
  FieldSet set_;
  std::vector<EventField> collected_;
};

}  // namespace understudy::honeycomb
