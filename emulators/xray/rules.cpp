#include "xray/rules.h"

#include <algorithm>
#include <vector>

#include "aws/authentication.h"

namespace understudy::xray {
namespace {

using recording::FindingRule;
using enum recording::Severity;
using enum recording::Disposition;
using enum recording::Evidence;

constexpr std::string_view daemon_intake = "aws/aws-xray-daemon cmd/tracing/daemon.go, pkg/tracesegment";
constexpr std::string_view segment_schema = "xray-segmentdocument-schema-v1.0.0.json (copy in cookpad/aws-xray)";
constexpr std::string_view segment_guide = "AWS X-Ray developer guide, segment documents";
constexpr std::string_view sampling_model = "boto/botocore data/xray/2016-04-12/service-2.json";
constexpr std::string_view sdk_samplers = "aws/aws-xray-sdk-* sampling: how each SDK reads GetSamplingRules";
constexpr std::string_view by_analogy = "by analogy with the recorded codes; no recording of this one";

constexpr FindingRule datagram_rows[] = {
    {id::datagram_empty, info, drops_silently, "the datagram is empty; the daemon neither counts nor logs it",
     "look for a probe or a sender that sends without content", code, daemon_intake},
    {id::datagram_missing_header, error, drops_silently,
     "the datagram has no line feed, so no header line; the daemon drops it",
     "send the line {\"format\":\"json\",\"version\":1}, a line feed, then the document", code, daemon_intake},
    {id::datagram_missing_segment, error, drops_silently,
     "nothing follows the header line; the daemon drops the datagram",
     "send header line and document in one datagram; the daemon splits at the first line feed only", code,
     daemon_intake},
    {id::datagram_invalid_header, error, drops_silently,
     "the first line is not a header with format json and version 1; the daemon drops the datagram",
     "send {\"format\":\"json\",\"version\":1} as the first line: version is the integer 1, and nothing follows the "
     "object",
     code, daemon_intake},
    {id::datagram_http, error, drops_silently, "the datagram is an HTTP request; the UDP port takes segments only",
     "send sampling requests to the TCP port of the same number", code, daemon_intake},
    {id::datagram_several_documents, error, refuses,
     "several documents follow one header; the daemon forwards them as one broken document",
     "send one document a datagram", code, daemon_intake},
    {id::datagram_otlp, info, accepts, "the body is OTLP in the X-Ray UDP dialect of the Lambda exporters",
     "nothing to mend on Lambda; elsewhere use an OTLP exporter", code,
     "aws-observability/aws-otel-python-instrumentation otlp_udp_exporter.py"},
};

constexpr FindingRule otlp_rows[] = {
    {id::datagram_otlp_unreadable, error, drops_silently,
     "the body starts as OTLP in the X-Ray UDP dialect, but is no base64 of an export request",
     "send the prefix, then base64 of an ExportTraceServiceRequest or ExportMetricsServiceRequest", code,
     "aws-observability/aws-otel-python-instrumentation otlp_udp_exporter.py"},
    {id::otlp_unreadable, error, refuses, "the body is no OTLP export request",
     "send protobuf with content-type application/x-protobuf, or JSON with application/json", docs,
     "CloudWatch, OTLP endpoints"},
    {id::otlp_too_large, error, refuses, "the request has over 5 MB without compression, or over 10,000 spans",
     "send smaller batches", docs, "CloudWatch, OTLP endpoints"},
    {id::otlp_span_rejected, error, refuses,
     "a span has over 200 KB, or a time more than 2 hours ahead or 14 days ago, or the request spans over 24 hours",
     "send spans soon, with the clock's time and less data in attributes", docs, "CloudWatch, OTLP endpoints"},
    {id::otlp_destination, warning, accepts,
     "X-Ray takes OTLP only where Transaction Search is on; in this region nobody switched it on",
     "aws xray update-trace-segment-destination --destination CloudWatchLogs", docs, "CloudWatch, OTLP endpoints"},
};

constexpr FindingRule segment_rows[] = {
    {id::segment_unreadable, error, refuses, "the document is not a JSON object", "send one JSON object a document",
     guess, by_analogy},
    {id::segment_too_large, error, refuses, "the document is larger than 64 kB",
     "send finished subsegments on their own (streaming threshold), or store less metadata", docs, segment_guide},
    {id::segment_missing_id, error, refuses, "a segment or subsegment has no id", "give it 16 hexadecimal digits",
     snapshot, "humanmade/aws-xray issue 29"},
    {id::segment_invalid_id, error, refuses, "an id is not 16 hexadecimal digits", "give it 16 hexadecimal digits",
     guess, by_analogy},
    {id::segment_invalid_trace_id, error, refuses,
     "the trace id is missing or not of the form 1-<8 hexadecimal digits>-<24 hexadecimal digits>",
     "write a W3C trace id as 1-, its first 8 digits, -, its last 24", docs,
     "AWS X-Ray API reference, PutTraceSegments"},
    {id::segment_missing_name, error, refuses, "a segment or subsegment has no name, or one that is not a string",
     "name it", snapshot, "aws-xray-sdk-python issue 168"},
    {id::segment_invalid_name, error, refuses, "a name has a character that X-Ray does not take, or over 200 of them",
     "use letters, digits, blanks and _ . : / % & # = + - @ only", snapshot,
     "aws-xray-daemon issue 184, Napp/xray-laravel issue 29, aws-xray-sdk-dotnet issue 85"},
    {id::segment_missing_start_time, error, refuses, "a segment or subsegment has no start_time, or not a number",
     "send epoch seconds as a number", guess, by_analogy},
    {id::segment_missing_end_time, error, refuses, "a segment or subsegment has neither end_time nor in_progress true",
     "close it before it is sent", snapshot, "Napp/xray-laravel issue 16"},
    {id::trace_too_large, error, refuses,
     "the trace has 500 KB already: X-Ray refuses its further segments with InvalidSegment (Trace Size Exceeded)",
     "send fewer or smaller segments a trace; a trace that lasts long may have less", snapshot,
     "aws-xray-sdk-python issue 309; the number: AWS General Reference, X-Ray quotas"},
    {id::segment_trace_id_too_old, warning, misfiles,
     "the time within the trace id is more than 28 days ago, so a search by time does not find the trace",
     "start trace ids with the current epoch seconds; random W3C ids are not found by time", docs,
     "AWS X-Ray API reference, GetTraceSummaries; collector-contrib awsxrayexporter drops such ids"},
    {id::segment_trace_id_in_future, warning, misfiles,
     "the time within the trace id is more than 5 minutes ahead, so a search by time does not find the trace",
     "start trace ids with the current epoch seconds; random W3C ids are not found by time", docs,
     "AWS X-Ray API reference, GetTraceSummaries; collector-contrib awsxrayexporter drops such ids"},
    {id::segment_milliseconds, warning, misfiles, "a time looks like milliseconds; X-Ray reads seconds",
     "divide by 1000: times are epoch seconds with a fraction", docs, segment_guide},
    {id::segment_in_future, warning, accepts, "start_time is more than 5 minutes ahead of the service's clock",
     "take times from a clock that is set; reads by time do not find the trace until then", guess,
     "no source says what X-Ray makes of it; the collector drops trace ids that far ahead"},
    {id::segment_ends_before_start, warning, accepts, "end_time is before start_time", "take both from one clock",
     guess, "no source says what X-Ray makes of it"},
    {id::segment_no_parent_id, warning, misfiles, "a subsegment that is sent on its own has no parent_id",
     "send the id of the segment that it belongs to as parent_id", docs, segment_guide},
    {id::segment_unknown_member, info, drops_silently, "X-Ray does not know this member and leaves it out",
     "put own values into annotations or metadata", docs, "AWS X-Ray developer guide, getting data from X-Ray"},
    {id::segment_value_too_long, warning, drops_silently, "the value is longer than X-Ray keeps",
     "send 250 characters at most, or put it into metadata", code, segment_schema},
    {id::segment_wrong_type, warning, drops_silently, "a member has another type than X-Ray knows, and is left out",
     "send the type that the schema names", code, segment_schema},
    {id::segment_wrong_shape, warning, drops_silently, "a member has a value that X-Ray does not know",
     "send a value that the schema names", code, segment_schema},
    {id::segment_too_many_links, warning, drops_silently, "a segment has more than 20 links", "link to fewer traces",
     docs, segment_guide},
    {id::subsegment_outlives, info, accepts,
     "a subsegment ends after the one that it lies in: the outer one was closed too early, or the inner one too late",
     "close subsegments in the order in which they were opened, each once; nothing to mend where work goes on in the "
     "background",
     run, "aws-xray-sdk 2.11.0 with Flask"},
    {id::segment_more_findings, info, accepts, "the document has more findings than are listed",
     "mend those that are listed first", run, "a limit of this program"},
    {id::annotation_key, warning, drops_silently,
     "an annotation key has other characters than letters, digits, underscore and dot; X-Ray leaves it out",
     "rename the key, or use metadata", code, segment_schema},
    {id::annotation_value, warning, drops_silently,
     "an annotation is neither string, number nor boolean; X-Ray leaves it out",
     "write it as a string, or use metadata", code, segment_schema},
    {id::annotation_too_long, warning, drops_silently, "an annotation is longer than 1000 characters",
     "shorten it, or use metadata", code, segment_schema},
    {id::annotation_too_many, warning, drops_silently,
     "the document has more than 50 annotations; X-Ray indexes 50 a trace", "use metadata for what nobody searches",
     docs, segment_guide},
    {id::metadata_reserved, warning, drops_silently, "metadata namespaces that start with AWS. are reserved",
     "use a namespace of your own", docs, segment_guide},
};

constexpr FindingRule api_rows[] = {
    {id::operation_unknown, error, refuses, "X-Ray has no operation at this method and path",
     "compare the path with the API reference: some differ from the operation's name, such as POST /SamplingTargets",
     code, sampling_model},
    {id::request_unreadable, error, refuses, "the body of the request cannot be read",
     "send a JSON object with the members that the API reference names", guess, by_analogy},
    {id::request_constraint, error, refuses, "a member of the request breaks a constraint of X-Ray's API model",
     "change the member that the reply names", code, sampling_model},
    {id::request_too_many_documents, error, refuses, "more than 50 documents came in one PutTraceSegments call",
     "send 50 documents a call at most", snapshot, "collector-contrib pull request 203"},
    {id::region_differs, warning, misfiles,
     "the call goes to another region or account than the daemon's, so SDKs behind the daemon never see its effect",
     "use the daemon's region for the AWS CLI, or set xray.daemon_region to the region of the call", docs,
     "aws/aws-xray-daemon README: the daemon forwards to its own region"},
    {id::rule_exists, error, refuses, "a sampling rule of this name exists",
     "use update-sampling-rule, or delete the rule first", snapshot, "public bootcamp journals"},
    {id::rule_unknown, error, refuses, "there is no sampling rule of this name in the region",
     "create it first, and check the region", code, "hashicorp/terraform-provider-aws internal/service/xray"},
    {id::rule_default_fixed, error, refuses,
     "of the rule Default only FixedRate and ReservoirSize can change, and it cannot be deleted",
     "create a rule of your own with a lower Priority number", snapshot, "AWS X-Ray, UpdateSamplingRule"},
    {id::rule_limit, error, refuses, "the region has 25 sampling rules of its own already", "delete some", guess,
     "AWS General Reference, X-Ray quotas"},
    {id::rule_skipped_by_sdks, warning, drops_silently,
     "all X-Ray SDKs skip a rule with Attributes, with a ResourceARN other than * or a Version other than 1; only "
     "OpenTelemetry's samplers apply it",
     "leave Attributes empty, ResourceARN * and Version 1 for X-Ray SDKs", code, sdk_samplers},
    {id::rule_rate_boost, warning, drops_silently,
     "the OpenTelemetry contrib sampler for Python loses a rule with SamplingRateBoost and all rules after it",
     "leave SamplingRateBoost out unless the clients know it", code, "open-telemetry/opentelemetry-python-contrib"},
    {id::statistics_unprocessed, warning, refuses,
     "statistics name a sampling rule that is not there; they come back as unprocessed",
     "nothing to mend if the rule was deleted: clients fetch the rules again", docs,
     "AWS X-Ray API reference, GetSamplingTargets"},
    {id::statistics_without_sampled, info, accepts,
     "statistics without SampledCount, as the OpenTelemetry samplers for Python send them (SampleCount)",
     "nothing to mend; the count is taken as 0", guess, "open-telemetry/opentelemetry-python-contrib"},
    {id::statistics_too_old, warning, refuses,
     "statistics have a Timestamp of more than an hour ago; they come back as unprocessed",
     "set the client's clock: Timestamp is the time of the report in epoch seconds", docs,
     "AWS X-Ray API reference, GetSamplingTargets; the number of seconds is a guess"},
    {id::statistics_none, info, refuses,
     "targets were asked for without statistics, as the OpenTelemetry sampler for Java does right after each report",
     "nothing to mend; it asks again 10 s later", run, "io.opentelemetry.contrib:opentelemetry-aws-xray 1.43.0"},
    {id::resource_unknown, error, refuses, "there is no such group, sampling rule or indexing rule in the region",
     "use the ARN that creating it answered with, and check the region", code, sampling_model},
    {id::tag_reserved, error, refuses, "tag keys that start with aws: are reserved", "choose another key", docs,
     "AWS X-Ray developer guide, tagging"},
    {id::tag_limit, error, refuses, "a resource has more than 50 tags", "remove some", docs,
     "AWS X-Ray developer guide, tagging"},
    {id::policy_refused, error, refuses, "the resource policy is not one that X-Ray takes",
     "mend what the reply names: a JSON object of 5 KB at most, five policies an account, the latest revision", code,
     sampling_model},
    {id::policy_unknown, error, refuses, "there is no resource policy of this name in the region",
     "put it first, and check the region", code, "a third party's emulator; weak"},
    {id::insight_unknown, error, refuses, "there is no insight of this id: nothing here makes insights",
     "test insights on a real account", guess, by_analogy},
    {id::insights_are_empty, info, accepts, "insights were asked for; nothing here makes any, so the list is empty",
     "test insights on a real account", run, "a limit of this program"},
    {id::group_exists, error, refuses, "a group of this name exists", "use update-group, or delete the group first",
     code, "aws-cloudformation-resource-providers-xray"},
    {id::group_unknown, error, refuses, "there is no group of this name in the region",
     "create it first, and check the region", code, "hashicorp/terraform-provider-aws internal/service/xray/group.go"},
    {id::group_reserved, error, refuses, "the group name Default is reserved", "choose another name", snapshot,
     "terraform-provider-aws issue 24155"},
    {id::group_limit, warning, accepts, "the region has more than 25 groups; X-Ray's quota is 25", "delete some", guess,
     "AWS General Reference, X-Ray quotas"},
    {id::group_filter_shell, warning, accepts,
     "the filter names a service that looks like what is left after a shell expanded a variable or took the quotes",
     "quote the expression with single quotes: 'service(\"backend-flask\")'", run, "public bootcamp journals"},
};

constexpr FindingRule trace_rows[] = {
    {id::trace_unknown, info, accepts, "no trace of this id is known in the account and region of the call",
     "check the id, and that daemon and call have one region", guess, "the reply lists it nowhere"},
    {id::retrieval_unknown, error, refuses, "RetrievalToken is none that StartTraceRetrieval gave in this region",
     "send the token as it came, to the same account and region", code, sampling_model},
    {id::retrieval_destination, warning, accepts,
     "X-Ray retrieves traces from the log group of Transaction Search; in this region nobody switched it on",
     "aws xray update-trace-segment-destination --destination CloudWatchLogs", docs,
     "AWS X-Ray API reference, StartTraceRetrieval"},
    {id::forecast_without_selector, error, refuses, "a forecast was asked for without EntitySelectorExpression",
     "name the service: EntitySelectorExpression with service(\"...\")", docs,
     "AWS X-Ray API reference, GetTimeSeriesServiceStatistics"},
    {id::window_refused, error, refuses, "StartTime and EndTime make no window that X-Ray takes",
     "send epoch seconds, the end after the start, and not too far apart", guess,
     "the limits are commonly stated; no recording of a refusal"},
    {id::token_unknown, error, refuses, "NextToken is none that a page of this operation gave",
     "send the NextToken of the page before as it is, with the same other members", guess, "no recording of a refusal"},
    {id::group_after_traces, info, drops_silently,
     "traces that the group's expression matches came before the group had it, so its graph leaves them out",
     "create the group before the backend runs", docs, "AWS X-Ray developer guide, groups"},
    {id::filter_unreadable, error, refuses, "the filter expression cannot be read",
     "mend it at the place that the reply names", guess,
     "AWS X-Ray developer guide, filter expressions; the real words of a refusal are not known"},
};

constexpr FindingRule derived_rows[] = {
    {id::rule_never_matched, warning, accepts,
     "no segment has the service name that a sampling rule asks for, so the rule never applies",
     "make the rule's ServiceName the name of the segments; dynamic naming turns host names into segment names", code,
     sdk_samplers},
    {id::group_matches_nothing, warning, accepts, "no segment has the service name that a group's filter asks for",
     "make the filter's service() the name of the segments; dynamic naming turns host names into segment names", docs,
     "AWS X-Ray developer guide, groups"},
    {id::subsegment_without_segment, warning, misfiles, "the parent of a subsegment never came",
     "close the segment, so that it is sent; a subsegment outside of a segment shows up nowhere", docs, segment_guide},
    {id::segment_never_closed, warning, misfiles, "a segment was sent in progress and never finished",
     "close it: the finished document has the same id", docs, segment_guide},
    {id::segment_without_http, info, accepts,
     "a segment has no http block while others have one: it was likely opened by hand beside the middleware",
     "use a subsegment within a request; the middleware owns the segment", run, "aws-xray-sdk 2.11.0 with Flask"},
    {id::rules_never_fetched, info, accepts,
     "an X-Ray SDK sent segments, but nobody asked for sampling rules over TCP: local rules decide, or every request "
     "came with a trace header that had decided already (Sampled=1)",
     "make the TCP port reachable too (daemon flag -t 0.0.0.0:2000, publish 2000/tcp), or send requests without "
     "Sampled",
     code, sdk_samplers},
    {id::rule_case_differs, info, accepts,
     "a sampling rule's ServiceName differs from the segments' name in case: X-Ray SDKs match it, OpenTelemetry's "
     "samplers do not",
     "write the name as the segments have it", code, sdk_samplers},
    {id::sampling_rate, info, accepts, "clients reported how they sampled for a rule, and it is what the rule asks for",
     "nothing to mend", code, sdk_samplers},
    {id::sampling_rate_odd, warning, accepts,
     "clients reported how they sampled for a rule, and it is not what its rate and reservoir let expect",
     "look for a client with rules of its own, or for trace headers that decide upstream", code, sdk_samplers},
    {id::sampled_segments_missing, warning, accepts, "fewer segments came than clients reported as sampled for a rule",
     "close every segment and subsegment; look for datagrams that were lost", code, sdk_samplers},
    {id::sampled_by_local_rules, info, accepts,
     "segments without the name of a rule: before the first rules were fetched the SDK decided by local ones, or a "
     "trace "
     "header had decided",
     "send a request first, and judge those that follow", code, sdk_samplers},
    {id::first_poll_failed, warning, accepts,
     "an X-Ray SDK worked for more than a minute before it came for rules: its first poll failed, most likely because "
     "the daemon's proxy was not up yet, and the next one comes 300 s later",
     "start the backend when the daemon's TCP port answers; -o spares the daemon 9 s", code, sdk_samplers},
    {id::local_fallback, info, accepts,
     "most requests were not sampled, and no rules were fetched: the SDK's local rule is one a second and 5 %",
     "make the TCP port reachable (daemon flag -t 0.0.0.0:2000, publish 2000/tcp) and create a rule", code,
     sdk_samplers},
    {id::not_sampled_upstream, info, accepts,
     "requests came with Sampled=0 in their trace header: the SDK records nothing of them, and counts them nowhere",
     "leave Sampled out of the header, or send Sampled=1", code, sdk_samplers},
    {id::health_checks, info, accepts, "half of the segments or more are of health checks",
     "give the health check's path a sampling rule with rate and reservoir 0", run, "public bootcamp journals"},
    {id::sdk_node, info, accepts,
     "the X-Ray SDK for Node.js reads times of sampling targets as milliseconds: it always borrows, never takes a "
     "quota, "
     "and takes rules over every 300 s only",
     "expect BorrowCount where others have SampledCount", code, "aws/aws-xray-sdk-node"},
    {id::sdk_java, info, accepts,
     "the X-Ray SDK for Java takes a new rule over only if it is the last one of the answer, and ignores "
     "LastRuleModification",
     "restart the client after a change of rules", code, "aws/aws-xray-sdk-java"},
    {id::sdk_ruby, info, accepts,
     "the X-Ray SDK for Ruby matches only rules whose ServiceType is * where it has no service type of its own, and "
     "reports every 10 s whatever the target says",
     "leave ServiceType at *", code, "aws/aws-xray-sdk-ruby"},
    {id::sdk_adot_boost, info, accepts,
     "statistics for a rate boost name a ClientID, which the API model does not have: ADOT sends it", "nothing to mend",
     code, "aws-observability/aws-otel-python-instrumentation"},
    {id::header_not_read_everywhere, warning, accepts,
     "a request has a trace header that not every SDK reads: Python keeps blanks behind a semicolon, so that Parent "
     "and "
     "Sampled are lost, and throws the header away where a part has no =; Python, Go and Java want the keys as Root, "
     "Parent and Sampled",
     "write Root=...;Parent=...;Sampled=1, without blanks and with nothing behind the last part", code,
     "aws/aws-xray-sdk-* trace header"},
    {id::header_asks, info, accepts,
     "a request asks for a decision (Sampled=?): the X-Ray SDK for Ruby reads that as 0, OpenTelemetry's propagator "
     "for Python rejects the header, and Go, Node, .NET and Java answer in the response",
     "send Sampled=1 or leave Sampled out", code, "aws/aws-xray-sdk-ruby; open-telemetry/opentelemetry-python-contrib"},
    {id::header_without_parent, info, accepts,
     "a request has a trace header without Parent: OpenTelemetry's X-Ray propagators ignore it, and start a trace",
     "send Parent too; a load balancer in front sends Root alone", code, "open-telemetry AWS X-Ray propagators"},
    {id::sdk_milliseconds, info, accepts, "statistics have a Timestamp in milliseconds, as the Java SDK sends it",
     "nothing to mend", code, "aws/aws-xray-sdk-java"},
    {id::trace_promised, warning, accepts,
     "a response of the backend named a trace of which nothing came: a segment or subsegment was never closed, or the "
     "datagrams go elsewhere",
     "close what was opened, also on errors (end_subsegment needs its parentheses); check AWS_XRAY_DAEMON_ADDRESS", run,
     "aws-xray-sdk 2.11.0 with Flask"},
    {id::segment_sent_twice, info, accepts, "a finished document with this id came before; X-Ray keeps one of them",
     "send each segment once when it is finished; look for a sender that is set up twice", docs, segment_guide},
    {id::segment_circle, warning, misfiles, "the parents of a document lead back to it",
     "send the id of the caller as parent_id", guess, "no source says what X-Ray makes of it"},
    {id::datagram_kernel_dropped, warning, drops_silently,
     "this host's kernel dropped datagrams before they could be read: the backend sent them, nothing is wrong with it",
     "raise net.core.rmem_max, send slower, or give the machine more time", code, "Linux socket(7), SO_RXQ_OVFL"},
    {id::sampled_but_no_segments, warning, accepts,
     "the statistics say that requests were sampled, but no segment came: UDP does not arrive",
     "make the UDP port reachable (publish 2000/udp) and close every segment; where OpenTelemetry's sampler asks, its "
     "spans go elsewhere, and nothing is to mend",
     code, sdk_samplers},
};

constexpr std::size_t longest_detail = 300;

}  // namespace

std::span<const FindingRule> rules() {
  static const std::vector<FindingRule> all = [] {
    std::vector<FindingRule> rows = aws::authentication_rules("xray");
    rows.insert(rows.end(), std::begin(datagram_rows), std::end(datagram_rows));
    rows.insert(rows.end(), std::begin(otlp_rows), std::end(otlp_rows));
    rows.insert(rows.end(), std::begin(segment_rows), std::end(segment_rows));
    rows.insert(rows.end(), std::begin(api_rows), std::end(api_rows));
    rows.insert(rows.end(), std::begin(trace_rows), std::end(trace_rows));
    rows.insert(rows.end(), std::begin(derived_rows), std::end(derived_rows));
    return rows;
  }();
  return all;
}

recording::Finding found(std::string_view id, std::string place, std::string_view detail, std::uint64_t offset,
                         std::uint64_t length) {
  std::string text(detail.substr(0, longest_detail));
  if (detail.size() > longest_detail) text += "...";
  return {std::string(id), std::move(place), std::move(text), offset, length};
}

}  // namespace understudy::xray
