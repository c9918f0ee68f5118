// Visiting the items of a body: the second half of walker.h.
#include "otlp/schema.h"
#include "otlp/walker.h"
#include "otlp/wire.h"

namespace understudy::otlp::detail {
namespace {

// The numbers that all three signals share, both for resource groups and for scope groups.
constexpr std::uint32_t described_by = 1;  // resource; scope
constexpr std::uint32_t members = 2;       // scope_spans, ...; spans, ...

std::string_view last_message(std::string_view group, std::uint32_t number) {
  std::string_view found;
  WireReader reader(group);
  for (WireField field; reader.next(field);) {
    if (field.is(number, WireType::length)) found = field.bytes;
  }
  return found;
}

template <typename Visit>
void for_each_member(std::string_view group, std::uint32_t number, Visit visit) {
  WireReader reader(group);
  for (WireField field; reader.next(field);) {
    if (field.is(number, WireType::length)) visit(field.bytes);
  }
}

std::int32_t status_code_of(std::string_view status, std::int32_t before) {
  WireReader reader(status);
  for (WireField field; reader.next(field);) {
    if (field.is(3, WireType::varint)) before = static_cast<std::int32_t>(field.value);
  }
  return before;
}

void read_span_field(const WireField& field, SpanView& span) {
  const auto tag = static_cast<std::uint32_t>(field.number << 3) | static_cast<std::uint32_t>(field.type);
  switch (tag) {
    case 1 << 3 | 2:
      span.trace_id = field.bytes;
      break;
    case 2 << 3 | 2:
      span.span_id = field.bytes;
      break;
    case 4 << 3 | 2:
      span.parent_span_id = field.bytes;
      break;
    case 5 << 3 | 2:
      span.name = field.bytes;
      break;
    case 6 << 3 | 0:
      span.kind = static_cast<std::int32_t>(field.value);
      break;
    case 7 << 3 | 1:
      span.start_time_unix_nano = field.value;
      break;
    case 8 << 3 | 1:
      span.end_time_unix_nano = field.value;
      break;
    case 15 << 3 | 2:
      span.status_code = status_code_of(field.bytes, span.status_code);
      break;
    default:
      break;
  }
}

}  // namespace

void for_each_item(std::string_view body, void* context, VisitItem visit) {
  constexpr std::uint32_t groups = 1;
  ItemView view;
  for_each_member(body, groups, [&](std::string_view group) {
    view.group = group;
    view.resource = last_message(group, described_by);
    for_each_member(group, members, [&](std::string_view scope_group) {
      view.scope_group = scope_group;
      view.scope = last_message(scope_group, described_by);
      for_each_member(scope_group, members, [&](std::string_view item) {
        view.item = item;
        visit(context, view);
      });
    });
  });
}

void for_each_span(std::string_view body, void* context, VisitSpan visit) {
  otlp::for_each_item(body, [&](const ItemView& item) {
    SpanView span;
    static_cast<ItemView&>(span) = item;
    WireReader reader(item.item);
    for (WireField field; reader.next(field);) read_span_field(field, span);
    visit(context, span);
  });
}

}  // namespace understudy::otlp::detail
