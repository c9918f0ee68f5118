// The schema's rows say what the .proto files say.
#include "otlp/schema.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "otlp/logs_service.pb.h"
#include "otlp/metrics_service.pb.h"
#include "otlp/trace_service.pb.h"

namespace understudy::otlp {
namespace {

using Descriptor = google::protobuf::Descriptor;
using Kind = google::protobuf::FieldDescriptor;

const google::protobuf::DescriptorPool& pool() {
  opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest::descriptor();
  opentelemetry::proto::collector::logs::v1::ExportLogsServiceRequest::descriptor();
  opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest::descriptor();
  return *google::protobuf::DescriptorPool::generated_pool();
}

Kind::Type protobuf_type(Type type) {
  switch (type) {
    case Type::boolean:
      return Kind::TYPE_BOOL;
    case Type::int32:
      return Kind::TYPE_INT32;
    case Type::sint32:
      return Kind::TYPE_SINT32;
    case Type::uint32:
      return Kind::TYPE_UINT32;
    case Type::int64:
      return Kind::TYPE_INT64;
    case Type::uint64:
      return Kind::TYPE_UINT64;
    case Type::fixed32:
      return Kind::TYPE_FIXED32;
    case Type::fixed64:
      return Kind::TYPE_FIXED64;
    case Type::sfixed64:
      return Kind::TYPE_SFIXED64;
    case Type::number:
      return Kind::TYPE_DOUBLE;
    case Type::string:
      return Kind::TYPE_STRING;
    case Type::bytes:
    case Type::id:
      return Kind::TYPE_BYTES;
    case Type::enumeration:
      return Kind::TYPE_ENUM;
    case Type::message:
      return Kind::TYPE_MESSAGE;
  }
  return Kind::MAX_TYPE;
}

Presence protobuf_presence(const Kind& field) {
  if (field.is_repeated()) return Presence::repeated;
  return field.containing_oneof() != nullptr ? Presence::tracked : Presence::implicit;
}

void expect_same(const Field& row, const Kind& field) {
  SCOPED_TRACE(field.full_name());
  EXPECT_EQ(row.name, field.name());
  EXPECT_EQ(protobuf_type(row.type), field.type());
  EXPECT_EQ(row.presence, protobuf_presence(field));
  EXPECT_EQ(row.type == Type::id, field.type() == Kind::TYPE_BYTES && field.name().ends_with("_id"));
  if (row.type == Type::message) {
    EXPECT_EQ(name_of(row.message()), field.message_type()->full_name());
  }
  if (row.type == Type::enumeration) {
    for (const EnumValue& value : values_of(row.enumeration())) {
      const auto* known = field.enum_type()->FindValueByNumber(value.number);
      ASSERT_NE(known, nullptr) << value.name;
      EXPECT_EQ(known->name(), value.name);
    }
    EXPECT_EQ(static_cast<int>(values_of(row.enumeration()).size()), field.enum_type()->value_count());
  }
}

TEST(Schema, IsTheProtoFiles) {
  for (std::size_t id = 0; id < message_count; ++id) {
    const auto message = static_cast<MessageId>(id);
    SCOPED_TRACE(name_of(message));
    const Descriptor* descriptor = pool().FindMessageTypeByName(std::string(name_of(message)));
    ASSERT_NE(descriptor, nullptr);
    EXPECT_EQ(static_cast<int>(fields_of(message).size()), descriptor->field_count());
    for (const Field& row : fields_of(message)) {
      const Kind* field = descriptor->FindFieldByNumber(static_cast<int>(row.number));
      ASSERT_NE(field, nullptr) << row.name;
      expect_same(row, *field);
    }
  }
}

// The walker acts on higher numbers by their wire type alone.
TEST(Schema, FieldsAbove15NeedNoLookInside) {
  for (std::size_t id = 0; id < message_count; ++id) {
    for (const Field& field : fields_of(static_cast<MessageId>(id))) {
      if (field.number <= 15) continue;
      EXPECT_NE(field.type, Type::string) << field.name;
      EXPECT_NE(field.type, Type::message) << field.name;
      EXPECT_NE(field.presence, Presence::repeated) << field.name;
    }
  }
}

}  // namespace
}  // namespace understudy::otlp
