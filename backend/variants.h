#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cruddur {

/// What CRUDDUR_VARIANT can switch on: mistakes that people made with this application, what they added to it, each
/// with what it shows on the wire, and the answers of an older framework.
enum class Variant {
  seeds_2023,
  unclosed_subsegment,
  segment_in_handler,
  subsegment_ended_twice,
  capture_outside_route,
  xray_half_disabled,
  dotted_annotation,
  no_exporter,
  no_server_spans,
  exporter_twice,
  attribute_after_end,
  attribute_typo,
  span_name_typo,
  unnamed_scope,
  service_logger_without_handler,
  debug_mode,
  credential_in_message,
  user_attributes,
  feed_attributes,
  nested_spans,
  span_per_endpoint,
  span_links,
  console_spans,
  subsegment_annotations,
  segment_user,
  added_latency,
  rollbar_errtest,
  rollbar_person,
  rollbar_payload,
  log_only_failures,
  cors_traceparent,
  switches,
};

struct VariantRow {
  Variant variant;
  std::string_view name;
  std::string_view effect;
};
std::span<const VariantRow> variant_table();

class Variants {
 public:
  /// A comma list of names; the error lists those that exist.
  static std::expected<Variants, std::string> parse(std::string_view text);
  bool has(Variant variant) const;

 private:
  std::vector<Variant> chosen_;
};

}  // namespace cruddur
