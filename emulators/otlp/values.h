// OTLP's values, attributes, resources and scopes as JSON. For the .cpp files of decoding only: brings heavy headers.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "otlp/common.pb.h"
#include "otlp/resource.pb.h"

namespace understudy::otlp {

using Json = nlohmann::ordered_json;
using Attributes = google::protobuf::RepeatedPtrField<opentelemetry::proto::common::v1::KeyValue>;

Json number_to_json(double number);
Json value_to_json(const opentelemetry::proto::common::v1::AnyValue& value);
Json attributes_to_json(const Attributes& attributes);
Json resource_to_json(const opentelemetry::proto::resource::v1::Resource& resource, std::string_view schema_url);
Json scope_to_json(const opentelemetry::proto::common::v1::InstrumentationScope& scope, std::string_view schema_url);

// Without the default: what is empty or 0 is left out.
void set_if_any(Json& object, const char* name, std::string_view text);
void set_if_any(Json& object, const char* name, std::uint64_t number);
// Bytes as lower hex.
void set_id_if_any(Json& object, const char* name, std::string_view id);

// "SPAN_KIND_SERVER" without its prefix; the number where there is no name.
Json enum_to_json(const google::protobuf::EnumDescriptor* type, int number, std::string_view prefix);

}  // namespace understudy::otlp
