// Writing OTLP/JSON: the second half of json.h.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "base/base64.h"
#include "base/bytes.h"
#include "otlp/json.h"
#include "otlp/logs_service.pb.h"
#include "otlp/metrics_service.pb.h"
#include "otlp/trace_service.pb.h"
#include "otlp/values.h"

namespace understudy::otlp {
namespace {

namespace collector = opentelemetry::proto::collector;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

Json message_to_json(const Message& message);

Json bytes_to_json(const FieldDescriptor& field, const std::string& bytes) {
  if (field.type() == FieldDescriptor::TYPE_STRING) return bytes;
  return field.name().ends_with("_id") ? to_hex(bytes) : to_base64(bytes);
}

// One value, or the one at an index of a repeated field.
Json value_at(const Message& message, const FieldDescriptor* field, int index) {
  const auto* reflection = message.GetReflection();
  const auto get = [&](auto single, auto repeated) {
    return field->is_repeated() ? (reflection->*repeated)(message, field, index)
                                : (reflection->*single)(message, field);
  };
  using R = google::protobuf::Reflection;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return get(&R::GetBool, &R::GetRepeatedBool);
    case FieldDescriptor::CPPTYPE_INT32:
      return get(&R::GetInt32, &R::GetRepeatedInt32);
    case FieldDescriptor::CPPTYPE_UINT32:
      return get(&R::GetUInt32, &R::GetRepeatedUInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(get(&R::GetInt64, &R::GetRepeatedInt64));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(get(&R::GetUInt64, &R::GetRepeatedUInt64));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return number_to_json(get(&R::GetDouble, &R::GetRepeatedDouble));
    case FieldDescriptor::CPPTYPE_ENUM:
      return get(&R::GetEnumValue, &R::GetRepeatedEnumValue);
    case FieldDescriptor::CPPTYPE_STRING:
      return bytes_to_json(*field, get(&R::GetString, &R::GetRepeatedString));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return message_to_json(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, index)
                                                  : reflection->GetMessage(message, field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      break;  // OTLP has none
  }
  return nullptr;
}

Json message_to_json(const Message& message) {
  std::vector<const FieldDescriptor*> present;
  message.GetReflection()->ListFields(message, &present);
  Json json = Json::object();
  for (const FieldDescriptor* field : present) {
    if (!field->is_repeated()) {
      json[field->json_name()] = value_at(message, field, 0);
      continue;
    }
    Json& list = json[field->json_name()] = Json::array();
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) list.push_back(value_at(message, field, i));
  }
  return json;
}

template <typename Request>
std::string text_of(std::string_view body) {
  Request request;
  request.ParseFromArray(body.data(), static_cast<int>(body.size()));
  return message_to_json(request).dump();
}

}  // namespace

std::expected<std::string, WireError> protobuf_to_json(Signal signal, std::string_view body) {
  if (auto summary = validate(signal, body); !summary) return std::unexpected(std::move(summary).error());
  switch (signal) {
    case Signal::traces:
      return text_of<collector::trace::v1::ExportTraceServiceRequest>(body);
    case Signal::logs:
      return text_of<collector::logs::v1::ExportLogsServiceRequest>(body);
    case Signal::metrics:
      return text_of<collector::metrics::v1::ExportMetricsServiceRequest>(body);
  }
  std::unreachable();
}

}  // namespace understudy::otlp
