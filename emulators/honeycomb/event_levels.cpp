#include "honeycomb/event_levels.h"

#include <algorithm>

namespace understudy::honeycomb {
namespace {

using otlp::ItemView;
using otlp::WireField;
using otlp::WireReader;
using otlp::WireType;

// Scopes whose name starts so are instrumentation libraries. [code: husky otlp/common.go]
constexpr std::string_view library_prefixes[] = {
    "io.opentelemetry",
    "opentelemetry.instrumentation",
    "OpenTelemetry.Instrumentation",
    "OpenTelemetry::Instrumentation",
    "go.opentelemetry.io/contrib/instrumentation",
    "@opentelemetry/instrumentation",
    "io.opentelemetry.contrib.php",
    "github.com/open-telemetry/opentelemetry-collector",
    "@honeycombio/",
};

bool is_instrumentation_library(std::string_view scope_name) {
  return std::ranges::any_of(library_prefixes, [&](auto prefix) { return scope_name.starts_with(prefix); });
}

std::string_view text_field(std::string_view message, std::uint32_t number) {
  std::string_view text;
  WireReader reader(message);
  for (WireField field; reader.next(field);) {
    if (field.is(number, WireType::length)) text = field.bytes;
  }
  return text;
}

// The same number in ResourceSpans, ScopeSpans and their like for logs.
constexpr std::uint32_t schema_url = 3;

}  // namespace

bool ListedRate::take(std::string_view key, const AnyValue& value) {
  const bool preferred = key == sample_rate_key;
  if (!preferred && (key != other_sample_rate_key || preferred_)) return false;
  FieldValue number = false;  // of any other type: a rate of 1
  if (value.kind == AnyValue::Kind::string) number = value.bytes;
  if (value.kind == AnyValue::Kind::integer) number = value.integer();
  if (value.kind == AnyValue::Kind::real) number = value.real();
  if (preferred != preferred_ || !rate_) rate_ = sample_rate_of(number);
  preferred_ = preferred;
  return true;
}

void Levels::enter(const ItemView& item) {
  if (resource_.described.data() != item.group.data()) {
    resource_.described = item.group;
    read_resource(item);
  }
  if (scope_.described.data() != item.scope_group.data()) {
    scope_.described = item.scope_group;
    read_scope(item);
  }
}

void Levels::read_resource(const ItemView& item) {
  resource_.arena.clear();
  set_.begin(collected_);
  if (const auto url = text_field(item.group, schema_url); !url.empty()) set_.put("resource.schema_url", url);
  read_attributes(item.resource, 1, resource_);
  keep(resource_);
}

void Levels::read_scope(const ItemView& item) {
  scope_.arena.clear();
  set_.begin(collected_);
  if (const auto name = text_field(item.scope, 1); !name.empty()) {
    set_.put("library.name", name);
    if (is_instrumentation_library(name)) set_.put("telemetry.instrumentation_library", true);
  }
  if (const auto version = text_field(item.scope, 2); !version.empty()) set_.put("library.version", version);
  if (const auto url = text_field(item.scope_group, schema_url); !url.empty()) set_.put("scope.schema_url", url);
  read_attributes(item.scope, 3, scope_);
  keep(scope_);
}

void Levels::read_attributes(std::string_view message, std::uint32_t number, Level& level) {
  ListedRate rate;
  Flattener flattener(level.arena, translator_);
  const bool direct = translator_ == Translator::direct;
  for_each_attribute(message, number, [&](std::string_view key, const AnyValue& value) {
    if (direct && rate.take(key, value)) return;
    flattener.flatten(key, value, [&](std::string_view name, FieldValue field) {
      if (direct) {
        set_.put(name, field);
      } else {
        set_.set(name, field);
      }
    });
  });
  level.rate = rate.rate();
}

void Levels::keep(Level& level) {
  level.fields.clear();
  for (const EventField& field : collected_) level.fields.push_back({field, hash_of(field.name)});
}

void Levels::put_into(FieldSet& fields) const {
  for (const HashedField& field : scope_.fields) fields.put(field);
  for (const HashedField& field : resource_.fields) fields.put(field);
}

void Levels::set_into(FieldSet& fields) const {
  for (const HashedField& field : resource_.fields) fields.set(field.field.name, field.field.value);
  for (const HashedField& field : scope_.fields) fields.set(field.field.name, field.field.value);
}

}  // namespace understudy::honeycomb
