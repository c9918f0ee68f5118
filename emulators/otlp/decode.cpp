#include "otlp/decode.h"

#include "otlp/decode_items.h"
#include "otlp/wire.h"

namespace understudy::otlp {
namespace {

namespace proto = opentelemetry::proto;

// The numbers that all three signals share, both for resource groups and for scope groups.
constexpr std::uint32_t described_by = 1;
constexpr std::uint32_t schema_url = 3;

template <typename Message>
void parse(std::string_view bytes, Message& message) {
  message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// A group's Resource or InstrumentationScope. Sent more than once, the parts are one message in pieces.
template <typename Message>
struct Description {
  Message message;
  std::string_view url;

  explicit Description(std::string_view group) {
    std::string whole;
    WireReader reader(group);
    for (WireField field; reader.next(field);) {
      if (field.is(described_by, WireType::length)) whole += field.bytes;
      if (field.is(schema_url, WireType::length)) url = field.bytes;
    }
    parse(whole, message);
  }
};

class Decoder {
 public:
  Decoder(Signal signal, const TakeFields& take) : signal_(signal), take_(take) {}

  void item(const ItemView& view) {
    describe_group(view);
    switch (signal_) {
      case Signal::traces:
        parse(view.item, span_);
        return emit(span_to_json(span_));
      case Signal::logs:
        parse(view.item, record_);
        return emit(log_record_to_json(record_));
      case Signal::metrics:
        parse(view.item, metric_);
        return metric_to_json(metric_, [this](Json fields) { emit(std::move(fields)); });
    }
  }

 private:
  // Resource and scope are decoded once for all items that share them.
  void describe_group(const ItemView& view) {
    if (view.group.data() != group_) {
      group_ = view.group.data();
      const Description<proto::resource::v1::Resource> found(view.group);
      resource_ = resource_to_json(found.message, found.url);
    }
    if (view.scope_group.data() != scope_group_) {
      scope_group_ = view.scope_group.data();
      const Description<proto::common::v1::InstrumentationScope> found(view.scope_group);
      scope_ = scope_to_json(found.message, found.url);
    }
  }

  void emit(Json fields) {
    fields["resource"] = resource_;
    fields["scope"] = scope_;
    take_(index_++, std::move(fields));
  }

  const Signal signal_;
  const TakeFields& take_;
  std::size_t index_ = 0;
  const char* group_ = nullptr;
  const char* scope_group_ = nullptr;
  Json resource_;
  Json scope_;
  // Kept, so that their memory is used again.
  proto::trace::v1::Span span_;
  proto::logs::v1::LogRecord record_;
  proto::metrics::v1::Metric metric_;
};

}  // namespace

std::expected<Summary, WireError> decode(Signal signal, std::string_view body, const TakeFields& take) {
  auto summary = validate(signal, body);
  if (!summary) return summary;
  Decoder decoder(signal, take);
  for_each_item(body, [&](const ItemView& view) { decoder.item(view); });
  return summary;
}

}  // namespace understudy::otlp
