#include "otlp/values.h"

#include <google/protobuf/descriptor.h>

#include <cmath>
#include <unordered_set>

#include "base/base64.h"
#include "base/bytes.h"

namespace understudy::otlp {

using opentelemetry::proto::common::v1::AnyValue;

namespace {

// Adds members to an object without comparing each key with all before it: a stranger chooses how many there are.
class UniqueMembers {
 public:
  explicit UniqueMembers(Json& object) : members_(object.get_ref<Json::object_t&>()) {}

  void add(const std::string& key, Json value) {
    if (keys_.insert(key).second) members_.push_back({key, std::move(value)});
  }

 private:
  Json::object_t& members_;
  std::unordered_set<std::string_view> keys_;  // views of the keys in the message, which outlives this
};

Json array_to_json(const opentelemetry::proto::common::v1::ArrayValue& array) {
  Json json = Json::array();
  for (const AnyValue& value : array.values()) json.push_back(value_to_json(value));
  return json;
}

}  // namespace

Json number_to_json(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
  return number;
}

Json value_to_json(const AnyValue& value) {
  switch (value.value_case()) {
    case AnyValue::kStringValue:
      return value.string_value();
    case AnyValue::kBoolValue:
      return value.bool_value();
    case AnyValue::kIntValue:
      return value.int_value();
    case AnyValue::kDoubleValue:
      return number_to_json(value.double_value());
    case AnyValue::kArrayValue:
      return array_to_json(value.array_value());
    case AnyValue::kKvlistValue:
      return attributes_to_json(value.kvlist_value().values());
    case AnyValue::kBytesValue:
      return to_base64(value.bytes_value());
    case AnyValue::kStringValueStrindex:  // an index into a table that only profiles have
    case AnyValue::VALUE_NOT_SET:
      break;
  }
  return nullptr;
}

Json attributes_to_json(const Attributes& attributes) {
  Json json = Json::object();
  UniqueMembers members(json);
  for (const auto& attribute : attributes) members.add(attribute.key(), value_to_json(attribute.value()));
  return json;
}

Json resource_to_json(const opentelemetry::proto::resource::v1::Resource& resource, std::string_view schema_url) {
  Json json = {{"attributes", attributes_to_json(resource.attributes())}};
  set_if_any(json, "dropped_attributes_count", resource.dropped_attributes_count());
  set_if_any(json, "schema_url", schema_url);
  return json;
}

Json scope_to_json(const opentelemetry::proto::common::v1::InstrumentationScope& scope, std::string_view schema_url) {
  Json json = {{"name", scope.name()}, {"version", scope.version()}};
  if (!scope.attributes().empty()) json["attributes"] = attributes_to_json(scope.attributes());
  set_if_any(json, "dropped_attributes_count", scope.dropped_attributes_count());
  set_if_any(json, "schema_url", schema_url);
  return json;
}

void set_if_any(Json& object, const char* name, std::string_view text) {
  if (!text.empty()) object[name] = text;
}

void set_if_any(Json& object, const char* name, std::uint64_t number) {
  if (number != 0) object[name] = number;
}

void set_id_if_any(Json& object, const char* name, std::string_view id) {
  if (!id.empty()) object[name] = to_hex(id);
}

Json enum_to_json(const google::protobuf::EnumDescriptor* type, int number, std::string_view prefix) {
  const auto* value = type->FindValueByNumber(number);
  if (value == nullptr) return number;
  return value->name().substr(prefix.size());
}

}  // namespace understudy::otlp
