// Everything that Honeycomb's doors can find: one row an id.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "recording/finding.h"

namespace understudy::honeycomb {

std::span<const recording::FindingRule> rules();

namespace rule {
inline constexpr std::string_view key_missing = "honeycomb.key.missing";
inline constexpr std::string_view key_empty = "honeycomb.key.empty";
inline constexpr std::string_view key_wrong_header = "honeycomb.key.wrong-header";
inline constexpr std::string_view key_headers_as_string = "honeycomb.key.headers-as-string";
inline constexpr std::string_view key_browser_without_headers = "honeycomb.key.browser-without-headers";
inline constexpr std::string_view key_placeholder = "honeycomb.key.placeholder";
inline constexpr std::string_view key_odd_byte = "honeycomb.key.odd-byte";
inline constexpr std::string_view key_id_instead = "honeycomb.key.id-instead-of-key";
inline constexpr std::string_view key_management = "honeycomb.key.management";
inline constexpr std::string_view key_wrong_shape = "honeycomb.key.wrong-shape";
inline constexpr std::string_view key_unknown = "honeycomb.key.unknown";
inline constexpr std::string_view key_may_not_send = "honeycomb.key.may-not-send";
inline constexpr std::string_view key_may_not_create = "honeycomb.key.may-not-create-datasets";
inline constexpr std::string_view key_in_browser = "honeycomb.key.in-browser";
inline constexpr std::string_view key_alias_header = "honeycomb.key.alias-header";
inline constexpr std::string_view content_type_missing = "honeycomb.content-type.missing";
inline constexpr std::string_view content_type_parameters = "honeycomb.content-type.parameters";
inline constexpr std::string_view content_type_case = "honeycomb.content-type.case";
inline constexpr std::string_view content_type_unsupported = "honeycomb.content-type.unsupported";
inline constexpr std::string_view encoding_deflate = "honeycomb.content-encoding.deflate";
inline constexpr std::string_view encoding_unsupported = "honeycomb.content-encoding.unsupported";
inline constexpr std::string_view body_damaged = "honeycomb.body.damaged";
inline constexpr std::string_view json_snake_case = "honeycomb.json.snake-case";
inline constexpr std::string_view body_unparsable = "honeycomb.body.unparsable";
inline constexpr std::string_view body_too_large = "honeycomb.body.too-large";
inline constexpr std::string_view body_bomb = "honeycomb.body.too-large-decompressed";
inline constexpr std::string_view dataset_header_missing = "honeycomb.dataset.header-missing";
inline constexpr std::string_view dataset_header_ignored = "honeycomb.dataset.header-ignored";
inline constexpr std::string_view dataset_unknown_service = "honeycomb.dataset.unknown-service";
inline constexpr std::string_view dataset_unknown_log_source = "honeycomb.dataset.unknown-log-source";
inline constexpr std::string_view dataset_unknown_metrics = "honeycomb.dataset.unknown-metrics";
inline constexpr std::string_view profiles_no_events = "honeycomb.profiles.no-events";
inline constexpr std::string_view dataset_trimmed = "honeycomb.dataset.trimmed";
inline constexpr std::string_view dataset_two_spellings = "honeycomb.dataset.two-spellings";
inline constexpr std::string_view sample_rate_header = "honeycomb.sample-rate.header-ignored";
inline constexpr std::string_view events_empty = "honeycomb.events.empty";
inline constexpr std::string_view events_malformed = "honeycomb.events.malformed";
inline constexpr std::string_view events_too_large = "honeycomb.events.too-large";
inline constexpr std::string_view events_too_many_columns = "honeycomb.events.too-many-columns";
inline constexpr std::string_view events_time_unreadable = "honeycomb.events.time-unreadable";
inline constexpr std::string_view events_rate_unreadable = "honeycomb.events.samplerate-unreadable";
inline constexpr std::string_view api_body_unreadable = "honeycomb.api.body-unreadable";
inline constexpr std::string_view api_object_unknown = "honeycomb.api.object-unknown";
inline constexpr std::string_view key_lacks_permission = "honeycomb.key.lacks-permission";
inline constexpr std::string_view management_key_wrong = "honeycomb.key.management-wrong";
inline constexpr std::string_view path_doubled = "honeycomb.path.doubled";
inline constexpr std::string_view path_missing = "honeycomb.path.missing";
inline constexpr std::string_view path_version_doubled = "honeycomb.path.version-doubled";
inline constexpr std::string_view path_double_slash = "honeycomb.path.double-slash";
inline constexpr std::string_view path_undefined = "honeycomb.path.undefined";
inline constexpr std::string_view path_prefixed = "honeycomb.path.prefixed";
inline constexpr std::string_view path_unknown = "honeycomb.path.unknown";
inline constexpr std::string_view path_unknown_rpc = "honeycomb.path.unknown-rpc";
inline constexpr std::string_view method_wrong = "honeycomb.method.wrong";
inline constexpr std::string_view api_not_built = "honeycomb.api.not-built";
inline constexpr std::string_view api_not_found = "honeycomb.api.not-found";
inline constexpr std::string_view api_body_invalid = "honeycomb.api.body-invalid";
inline constexpr std::string_view key_may_not_call = "honeycomb.key.may-not-call";
inline constexpr std::string_view dataset_not_found = "honeycomb.dataset.not-found";
inline constexpr std::string_view dataset_protected = "honeycomb.dataset.protected";
inline constexpr std::string_view query_invalid = "honeycomb.query.invalid";
inline constexpr std::string_view query_unknown_member = "honeycomb.query.unknown-member";
inline constexpr std::string_view query_unknown_column = "honeycomb.query.unknown-column";
inline constexpr std::string_view query_outside_range = "honeycomb.query.outside-range";
inline constexpr std::string_view query_too_many = "honeycomb.query.too-many-results";
inline constexpr std::string_view ingest_refused = "honeycomb.ingest.refused";
inline constexpr std::string_view partly_refused = "honeycomb.ingest.partly-refused";
inline constexpr std::string_view call_refused = "honeycomb.api.refused";
inline constexpr std::string_view key_other_region = "honeycomb.key.other-region";
inline constexpr std::string_view port_grpc_on_http = "honeycomb.port.grpc-on-http";
inline constexpr std::string_view port_http_on_grpc = "honeycomb.port.http-on-grpc";
inline constexpr std::string_view trace_parent_missing = "honeycomb.trace.parent-missing";
inline constexpr std::string_view trace_remote_parent_missing = "honeycomb.trace.remote-parent-missing";
inline constexpr std::string_view span_duplicated = "honeycomb.span.duplicated";
inline constexpr std::string_view attribute_two_types = "honeycomb.attribute.two-types";
inline constexpr std::string_view dataset_near_miss = "honeycomb.dataset.near-miss";
inline constexpr std::string_view attribute_near_miss = "honeycomb.attribute.near-miss";
inline constexpr std::string_view span_near_miss = "honeycomb.span.near-miss";
inline constexpr std::string_view span_backwards = "honeycomb.span.ends-before-start";
inline constexpr std::string_view sample_rate_unreadable = "honeycomb.sample-rate.unreadable";
inline constexpr std::string_view event_too_many_fields = "honeycomb.event.too-many-fields";
inline constexpr std::string_view field_too_long = "honeycomb.field.too-long";
inline constexpr std::string_view trace_no_server_span = "honeycomb.trace.no-server-span";
inline constexpr std::string_view trace_browser_apart = "honeycomb.trace.browser-apart";
inline constexpr std::string_view sampling_not_told = "honeycomb.sampling.not-told";
inline constexpr std::string_view dataset_silent = "honeycomb.dataset.silent";
inline constexpr std::string_view dataset_two_sdks = "honeycomb.dataset.two-languages";
inline constexpr std::string_view dataset_two_environments = "honeycomb.dataset.two-environments";
inline constexpr std::string_view dataset_too_many_columns = "honeycomb.dataset.too-many-columns";
inline constexpr std::string_view attribute_duplicated = "honeycomb.attribute.duplicated";
inline constexpr std::string_view semconv_mixed = "honeycomb.attribute.mixed-conventions";
inline constexpr std::string_view scope_unnamed = "honeycomb.scope.unnamed";
}  // namespace rule

recording::Finding finding(std::string_view rule_id, std::string place, std::string detail, std::uint64_t offset = 0,
                           std::uint64_t length = 0);

}  // namespace understudy::honeycomb
