#include "backend/variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backend/text.h"

namespace cruddur {
namespace {

constexpr std::array table{
    VariantRow{Variant::seeds_2023, "seeds-2023",
               "no mistake: Flask 2.2 and flask-cors 3 instead of 3.1 and 6: a wrong content type is a 400, and "
               "without FRONTEND_URL "
               "every request to /api with an Origin is a 500"},
    VariantRow{Variant::unclosed_subsegment, "unclosed-subsegment",
               "notifications: the response promises a trace that no datagram carries; other routes are sound"},
    VariantRow{Variant::segment_in_handler, "segment-in-handler",
               "@handle: a lone segment without http block; with AWS_XRAY_CONTEXT_MISSING=RUNTIME_ERROR also a 500, "
               "SegmentNotFoundException at Rollbar, and two access lines, 200 and 500"},
    VariantRow{Variant::subsegment_ended_twice, "subsegment-ended-twice",
               "@handle: activities_users ends before the route's function did"},
    VariantRow{Variant::capture_outside_route, "capture-outside-route",
               "home: a segment without subsegment activities_home"},
    VariantRow{Variant::xray_half_disabled, "xray-half-disabled",
               "no segment and no X-Amzn-Trace-Id; with AWS_XRAY_CONTEXT_MISSING=RUNTIME_ERROR a 500 and "
               "SegmentNotFoundException at Rollbar on home, notifications, @handle and show"},
    VariantRow{Variant::dotted_annotation, "dotted-annotation", "notifications: annotation app.now is absent"},
    VariantRow{Variant::no_exporter, "no-exporter", "no OTLP request at all"},
    VariantRow{Variant::no_server_spans, "no-server-spans", "only custom spans, and they are roots"},
    VariantRow{Variant::exporter_twice, "exporter-twice", "each span twice, with equal ids"},
    VariantRow{Variant::attribute_after_end, "attribute-after-end", "home: app.result_length is absent"},
    VariantRow{Variant::attribute_typo, "attribute-typo", "home: app.result_lenght instead of app.result_length"},
    VariantRow{Variant::span_name_typo, "span-name-typo",
               "home: home-activites-mock-data instead of home-activities-mock-data"},
    VariantRow{Variant::unnamed_scope, "unnamed-scope", "home: the custom span's scope has no name"},
    VariantRow{Variant::service_logger_without_handler, "service-logger-without-handler",
               "home: HomeActivities never arrives at CloudWatch Logs, the application's own lines do"},
    VariantRow{Variant::debug_mode, "debug-mode",
               "a request that fails: no access line, no traceback, no CORS, no X-Amzn-Trace-Id, a server span without "
               "http.status_code, a segment without content_length"},
    VariantRow{Variant::credential_in_message, "credential-in-message",
               "/rollbar/test: the request's Authorization header stands in the item's message"},
    VariantRow{Variant::user_attributes, "user-attributes",
               "server spans: app.user_id, and app.user_handle where the path names one"},
    VariantRow{Variant::feed_attributes, "feed-attributes", "home: app.result_lenght_byte and app.max.likes.id"},
    VariantRow{Variant::nested_spans, "nested-spans",
               "home: spans Result and Result_content, with events and a recorded exception"},
    VariantRow{Variant::span_per_endpoint, "span-per-endpoint", "a custom span in every endpoint"},
    VariantRow{Variant::span_links, "span-links", "home: a span linked to that of the feed before"},
    VariantRow{Variant::console_spans, "console-spans",
               "spans on stdout beside the export, as OTEL_TRACES_EXPORTER=otlp,console"},
    VariantRow{Variant::subsegment_annotations, "subsegment-annotations",
               "notifications: a subsegment with annotations"},
    VariantRow{Variant::segment_user, "segment-user", "home: the segment's user, and a subsegment start_time"},
    VariantRow{Variant::added_latency, "added-latency", "home: ten subsegments one after the other"},
    VariantRow{Variant::rollbar_errtest, "rollbar-errtest", "a route /rollbar/errtest: a critical message and a 500"},
    VariantRow{Variant::rollbar_person, "rollbar-person", "person 1 on exceptions, as ROLLBAR_PERSON_ID=1"},
    VariantRow{Variant::rollbar_payload, "rollbar-payload", "user.id, user.type and user.team on every item"},
    VariantRow{Variant::log_only_failures, "log-only-failures", "no access line for a 200"},
    VariantRow{Variant::cors_traceparent, "cors-traceparent",
               "preflights of GET routes allow content-type and traceparent"},
    VariantRow{Variant::switches, "switches",
               "DISABLE_HONEYCOMB and DISABLE_ROLLBAR count, and CloudWatch Logs needs ENABLE_CLOUD_WATCH_LOG"},
};

}  // namespace

std::span<const VariantRow> variant_table() { return table; }

std::expected<Variants, std::string> Variants::parse(std::string_view text) {
  Variants variants;
  for (const auto part : split(text, ',')) {
    const auto name = trim(part);
    if (name.empty()) {
      continue;
    }
    const auto* row = std::ranges::find(table, name, &VariantRow::name);
    if (row == table.end()) {
      auto message = fmt::format("CRUDDUR_VARIANT names '{}', which does not exist. There are:", name);
      for (const auto& known : table) {
        message += fmt::format("\n  {}: {}", known.name, known.effect);
      }
      return std::unexpected(message);
    }
    variants.chosen_.push_back(row->variant);
  }
  return variants;
}

bool Variants::has(Variant variant) const { return std::ranges::find(chosen_, variant) != chosen_.end(); }

}  // namespace cruddur
