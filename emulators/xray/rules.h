// The table of what X-Ray's rooms may find: every id stands here once, with its words and its evidence.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "recording/finding.h"

namespace understudy::xray {

std::span<const recording::FindingRule> rules();

// Ids of the rows, for those who find.
namespace id {
inline constexpr std::string_view datagram_empty = "xray.datagram.empty";
inline constexpr std::string_view datagram_missing_header = "xray.datagram.missing-header";
inline constexpr std::string_view datagram_missing_segment = "xray.datagram.missing-segment";
inline constexpr std::string_view datagram_invalid_header = "xray.datagram.invalid-header";
inline constexpr std::string_view datagram_http = "xray.datagram.http";
inline constexpr std::string_view datagram_several_documents = "xray.datagram.several-documents";
inline constexpr std::string_view datagram_otlp_unreadable = "xray.datagram.otlp-unreadable";
inline constexpr std::string_view datagram_otlp = "xray.datagram.otlp";

inline constexpr std::string_view segment_unreadable = "xray.segment.unreadable";
inline constexpr std::string_view segment_too_large = "xray.segment.too-large";
inline constexpr std::string_view segment_missing_id = "xray.segment.missing-id";
inline constexpr std::string_view segment_invalid_id = "xray.segment.invalid-id";
inline constexpr std::string_view segment_invalid_trace_id = "xray.segment.invalid-trace-id";
inline constexpr std::string_view segment_missing_name = "xray.segment.missing-name";
inline constexpr std::string_view segment_invalid_name = "xray.segment.invalid-name";
inline constexpr std::string_view segment_missing_start_time = "xray.segment.missing-start-time";
inline constexpr std::string_view segment_missing_end_time = "xray.segment.missing-end-time";
inline constexpr std::string_view segment_trace_id_too_old = "xray.segment.trace-id-too-old";
inline constexpr std::string_view segment_trace_id_in_future = "xray.segment.trace-id-in-future";
inline constexpr std::string_view segment_milliseconds = "xray.segment.time-in-milliseconds";
inline constexpr std::string_view segment_in_future = "xray.segment.time-in-future";
inline constexpr std::string_view segment_ends_before_start = "xray.segment.ends-before-start";
inline constexpr std::string_view segment_no_parent_id = "xray.subsegment.missing-parent-id";
inline constexpr std::string_view segment_unknown_member = "xray.segment.unknown-member";
inline constexpr std::string_view segment_value_too_long = "xray.segment.value-too-long";
inline constexpr std::string_view segment_wrong_type = "xray.segment.wrong-type";
inline constexpr std::string_view segment_wrong_shape = "xray.segment.wrong-value";
inline constexpr std::string_view segment_too_many_links = "xray.segment.too-many-links";
inline constexpr std::string_view subsegment_outlives = "xray.subsegment.outlives-parent";
inline constexpr std::string_view segment_more_findings = "xray.segment.more-findings";
inline constexpr std::string_view annotation_key = "xray.annotation.key";
inline constexpr std::string_view annotation_value = "xray.annotation.value";
inline constexpr std::string_view annotation_too_long = "xray.annotation.value-too-long";
inline constexpr std::string_view annotation_too_many = "xray.annotation.too-many";
inline constexpr std::string_view metadata_reserved = "xray.metadata.reserved-namespace";

inline constexpr std::string_view operation_unknown = "xray.operation.unknown";
inline constexpr std::string_view request_unreadable = "xray.request.unreadable";
inline constexpr std::string_view request_constraint = "xray.request.constraint";
inline constexpr std::string_view request_too_many_documents = "xray.request.too-many-documents";
inline constexpr std::string_view otlp_unreadable = "xray.otlp.unreadable";
inline constexpr std::string_view otlp_too_large = "xray.otlp.too-large";
inline constexpr std::string_view otlp_span_rejected = "xray.otlp.span-rejected";
inline constexpr std::string_view otlp_destination = "xray.otlp.destination";
inline constexpr std::string_view region_differs = "xray.region.differs-from-daemon";

inline constexpr std::string_view trace_unknown = "xray.trace.unknown";
inline constexpr std::string_view retrieval_unknown = "xray.retrieval.unknown-token";
inline constexpr std::string_view retrieval_destination = "xray.retrieval.destination";
inline constexpr std::string_view forecast_without_selector = "xray.forecast.without-selector";
inline constexpr std::string_view window_refused = "xray.window.refused";
inline constexpr std::string_view token_unknown = "xray.request.unknown-token";
inline constexpr std::string_view filter_unreadable = "xray.filter.unreadable";

inline constexpr std::string_view rule_exists = "xray.rule.exists";
inline constexpr std::string_view rule_unknown = "xray.rule.unknown";
inline constexpr std::string_view rule_default_fixed = "xray.rule.default-is-fixed";
inline constexpr std::string_view rule_limit = "xray.rule.limit";
inline constexpr std::string_view rule_skipped_by_sdks = "xray.rule.skipped-by-sdks";
inline constexpr std::string_view rule_rate_boost = "xray.rule.rate-boost";
inline constexpr std::string_view rule_never_matched = "xray.rule.never-matched";
inline constexpr std::string_view statistics_unprocessed = "xray.statistics.unprocessed";
inline constexpr std::string_view statistics_without_sampled = "xray.statistics.without-sampled-count";
inline constexpr std::string_view statistics_too_old = "xray.statistics.too-old";
inline constexpr std::string_view statistics_none = "xray.statistics.none";

inline constexpr std::string_view resource_unknown = "xray.resource.unknown";
inline constexpr std::string_view tag_reserved = "xray.tag.reserved-key";
inline constexpr std::string_view tag_limit = "xray.tag.limit";
inline constexpr std::string_view policy_refused = "xray.policy.refused";
inline constexpr std::string_view policy_unknown = "xray.policy.unknown";
inline constexpr std::string_view insight_unknown = "xray.insight.unknown";
inline constexpr std::string_view insights_are_empty = "xray.insight.none-are-made";

inline constexpr std::string_view group_exists = "xray.group.exists";
inline constexpr std::string_view group_unknown = "xray.group.unknown";
inline constexpr std::string_view group_reserved = "xray.group.reserved-name";
inline constexpr std::string_view group_limit = "xray.group.limit";
inline constexpr std::string_view group_after_traces = "xray.group.after-traces";
inline constexpr std::string_view group_filter_shell = "xray.group.filter-shell-expansion";
inline constexpr std::string_view group_matches_nothing = "xray.group.matches-nothing";

inline constexpr std::string_view subsegment_without_segment = "xray.subsegment.without-segment";
inline constexpr std::string_view segment_never_closed = "xray.segment.never-closed";
inline constexpr std::string_view segment_without_http = "xray.segment.without-http";
inline constexpr std::string_view rules_never_fetched = "xray.sampling.rules-never-fetched";
inline constexpr std::string_view rule_case_differs = "xray.rule.case-differs";
inline constexpr std::string_view sampling_rate = "xray.sampling.rate";
inline constexpr std::string_view sampling_rate_odd = "xray.sampling.rate-does-not-fit";
inline constexpr std::string_view sampled_segments_missing = "xray.sampling.segments-missing";
inline constexpr std::string_view sampled_by_local_rules = "xray.sampling.before-rules";
inline constexpr std::string_view first_poll_failed = "xray.sampling.first-poll-failed";
inline constexpr std::string_view local_fallback = "xray.sampling.local-fallback";
inline constexpr std::string_view not_sampled_upstream = "xray.sampling.decided-upstream";
inline constexpr std::string_view health_checks = "xray.sampling.health-checks";
inline constexpr std::string_view sdk_node = "xray.sdk.node-always-borrows";
inline constexpr std::string_view sdk_java = "xray.sdk.java-new-rules-last";
inline constexpr std::string_view sdk_ruby = "xray.sdk.ruby-service-type";
inline constexpr std::string_view sdk_milliseconds = "xray.sdk.timestamp-in-milliseconds";
inline constexpr std::string_view sdk_adot_boost = "xray.sdk.adot-client-in-boost";
inline constexpr std::string_view header_not_read_everywhere = "xray.trace-header.not-read-everywhere";
inline constexpr std::string_view header_asks = "xray.trace-header.sampled-asked";
inline constexpr std::string_view header_without_parent = "xray.trace-header.root-alone";
inline constexpr std::string_view trace_promised = "xray.trace.promised-never-came";
inline constexpr std::string_view trace_too_large = "xray.trace.too-large";
inline constexpr std::string_view segment_sent_twice = "xray.segment.sent-twice";
inline constexpr std::string_view segment_circle = "xray.segment.parent-circle";
inline constexpr std::string_view datagram_kernel_dropped = "xray.datagram.kernel-dropped";
inline constexpr std::string_view sampled_but_no_segments = "xray.sampling.sampled-but-no-segments";
}  // namespace id

// A finding; `detail` is cut to a length that people read.
recording::Finding found(std::string_view id, std::string place, std::string_view detail, std::uint64_t offset = 0,
                         std::uint64_t length = 0);

}  // namespace understudy::xray
