#include "honeycomb/rules.h"

#include <utility>

namespace understudy::honeycomb {
namespace {

using enum recording::Severity;
using enum recording::Disposition;
using enum recording::Evidence;

constexpr std::string_view husky_errors = "honeycombio/husky otlp/errors.go";
constexpr std::string_view husky_common = "honeycombio/husky otlp/common.go";
constexpr std::string_view husky_logs = "honeycombio/husky otlp/logs.go";
constexpr std::string_view husky_traces = "honeycombio/husky otlp/traces.go";
constexpr std::string_view husky_direct = "honeycombio/husky otlp/traces_direct.go";
constexpr std::string_view key_pages = "Honeycomb docs, API keys";
constexpr std::string_view api_pages = "Honeycomb API";
constexpr std::string_view metrics_page = "Honeycomb docs, sending metrics";
constexpr std::string_view exporter_spec = "opentelemetry-specification protocol/exporter.md";
constexpr std::string_view refinery_routes = "honeycombio/refinery route/route.go";
constexpr std::string_view unknown_key_seen = "honeycombio/example-greeting-service PR 872";
constexpr std::string_view events_page = "Honeycomb API, events";
constexpr std::string_view names_seen = "names that were seen, by edit distance";
constexpr std::string_view ours = "no primary source";

constexpr recording::FindingRule table[] = {
    // ---- the key
    {rule::key_missing, error, refuses,
     "The request has no x-honeycomb-team header, so Honeycomb does not know whose "
     "data it is.",
     "Set OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=KEY in the environment of the process that sends: the name ends "
     "in HEADERS, '=' stands between name and key, and nothing is quoted (Python drops such a value with a warning); a "
     "signal's own _TRACES_HEADERS replaces the general list in Python.",
     code, husky_errors},
    {rule::key_empty, error, refuses, "The header x-honeycomb-team is there, but empty.",
     "The variable that should hold the key was empty where the header was put together: export it to that process "
     "(compose file, CI secret), and start it again.",
     code, husky_errors},
    {rule::key_wrong_header, error, refuses,
     "There is no x-honeycomb-team header; another header looks like it holds "
     "the key.",
     "Send the key itself, without \"Bearer\", in the header x-honeycomb-team.", code, husky_common},
    {rule::key_headers_as_string, error, refuses,
     "The headers are numbered 0, 1, 2: a string was given where the "
     "exporter takes an object.",
     "Give the exporter headers: {\"x-honeycomb-team\": key}.", run, "OTel JS exporter with a string as headers"},
    {rule::key_browser_without_headers, error, refuses,
     "A browser sent this without any key: an exporter that falls "
     "back to sendBeacon cannot set headers.",
     "Set headers in the exporter's configuration (even an empty object forces XHR), or send through a Collector that "
     "holds the key.",
     code, "opentelemetry-js exporter-trace-otlp-http 0.35.1"},
    {rule::key_placeholder, error, refuses, "The key is a placeholder that nothing filled in.",
     "Write ${NAME} with one dollar sign in a compose file, and see that the variable is set where it is expanded.",
     snapshot, unknown_key_seen},
    {rule::key_odd_byte, error, refuses, "The key holds a character that stands in no Honeycomb key.",
     "Remove quotes, blanks and the end of line from where the key is stored; the list of headers takes name=value "
     "pairs with commas between, unquoted.",
     snapshot, unknown_key_seen},
    {rule::key_id_instead, error, refuses, "This is the id of a key (or of an environment, team or user), not the key.",
     "Send the key itself: for an ingest key the id with the secret behind it, 64 characters in all.", docs, key_pages},
    {rule::key_management, error, refuses, "This is a management key, and those cannot send data.",
     "Use an ingest key in x-honeycomb-team; management keys go to /2/* as Authorization: Bearer id:secret.", docs,
     key_pages},
    {rule::key_wrong_shape, error, refuses, "No Honeycomb key has this shape.",
     "Compare the key with the one in Honeycomb's settings: 64 characters from hc?ik_ on, 20 to 23 letters and digits, "
     "or 32 hex digits.",
     snapshot, unknown_key_seen},
    {rule::key_unknown, error, refuses, "The key has the right shape, but no key of this session's accounts is it.",
     "Look for a typing error, a rotated key, or a key of the other region (api.eu1.honeycomb.io); or add the key to "
     "the accounts.",
     snapshot, unknown_key_seen},
    {rule::key_may_not_send, error, refuses, "The key lacks the permission to send events.",
     "Give the key \"Send Events\", or use an ingest key.", guess, ours},
    {rule::key_may_not_create, error, refuses,
     "The key lacks the permission to create datasets, and this dataset does "
     "not exist.",
     "Give the key \"Create Datasets\", or create the dataset first; look for a typing error in the service name.",
     guess, ours},
    {rule::key_in_browser, warning, accepts,
     "A web page sent this with a configuration key, which everyone who opens "
     "the page can read and use.",
     "Use an ingest key in the browser, or send through a Collector; rotate this key.", docs, key_pages},
    {rule::key_alias_header, info, accepts,
     "The key came in x-hny-team, which refinery takes; whether Honeycomb itself "
     "does is not known.",
     "Use x-honeycomb-team.", guess, refinery_routes},

    // ---- form of the request
    {rule::content_type_missing, error, refuses, "The request has no Content-Type.",
     "Send Content-Type: application/x-protobuf or application/json.", code, husky_common},
    {rule::content_type_parameters, error, refuses,
     "Honeycomb compares the content type as a whole, so one with "
     "parameters is refused; a Collector would take it.",
     "Send the bare type: application/json, without \"; charset=...\".", code, husky_common},
    {rule::content_type_case, error, refuses, "Honeycomb compares the content type letter by letter.",
     "Write it in lower case.", code, husky_common},
    {rule::content_type_unsupported, error, refuses, "Honeycomb takes OTLP as protobuf or JSON only.",
     "Send application/x-protobuf, application/protobuf or application/json.", code, husky_common},
    {rule::encoding_deflate, error, refuses, "The body is compressed with deflate, which Honeycomb does not read.",
     "Set OTEL_EXPORTER_OTLP_COMPRESSION=gzip.", code, husky_direct},
    {rule::encoding_unsupported, error, refuses, "Honeycomb reads bodies as they are, with gzip or with zstd only.",
     "Use gzip, or no compression.", code, husky_direct},
    {rule::body_damaged, error, refuses, "The compressed body cannot be decompressed.",
     "See whether the body really is what its encoding says, and whether it was cut on the way.", code, husky_errors},
    {rule::body_unparsable, error, refuses, "The body is not what the content type and the path promise.",
     "See that each signal goes to its own path, and that the body is an OTLP export request.", code, husky_errors},
    {rule::json_snake_case, warning, drops_silently,
     "A name in the JSON is in snake_case; OTLP's are in lowerCamelCase, and Honeycomb's reader of traces ignores "
     "others "
     "with all that they hold.",
     "Write resourceSpans, not resource_spans: a protobuf library has a setting for it (Python: MessageToJson without "
     "preserving_proto_field_name).",
     code, "honeycombio/husky otlp/traces_direct_json.go"},
    {rule::body_too_large, error, refuses, "The body is larger than Honeycomb reads.",
     "Send smaller batches (OTEL_BSP_MAX_EXPORT_BATCH_SIZE), or compress them.", code, husky_common},
    {rule::body_bomb, error, refuses, "Decompressed, the body is larger than an OTLP server should take.",
     "Send smaller batches.", docs, "opentelemetry-proto docs/specification.md"},

    // ---- where the data goes
    {rule::dataset_header_missing, error, refuses,
     "The key is a classic one, and for those Honeycomb wants the dataset "
     "in a header.",
     "Add x-honeycomb-dataset to the headers, or use a key of an environment.", code, husky_errors},
    {rule::dataset_header_ignored, warning, misfiles,
     "The header x-honeycomb-dataset is ignored: with a key of an "
     "environment the service name is the dataset.",
     "Remove the header, or set OTEL_SERVICE_NAME to the name that you want.", code, husky_common},
    {rule::dataset_unknown_service, warning, misfiles,
     "The resource has no service name of its own, so its spans go to "
     "the dataset unknown_service.",
     "Set OTEL_SERVICE_NAME.", code, husky_common},
    {rule::dataset_unknown_log_source, warning, misfiles,
     "The resource has no service name of its own and there is no "
     "dataset header, so its logs go to the dataset unknown_log_source.",
     "Set OTEL_SERVICE_NAME.", code, husky_logs},
    {rule::dataset_unknown_metrics, info, accepts,
     "Metrics without an x-honeycomb-dataset header go to the dataset "
     "unknown_metrics.",
     "Set OTEL_EXPORTER_OTLP_METRICS_HEADERS with key and x-honeycomb-dataset if they should go elsewhere.", docs,
     metrics_page},
    {rule::profiles_no_events, info, accepts,
     "The profiles are accepted, and the journal has every byte; how Honeycomb stores them is not public, so no events "
     "are made of them here.",
     "Nothing is wrong with the request; profiles are still in development.", code,
     "honeycombio/husky otlp/profiles.go"},
    {rule::dataset_trimmed, warning, misfiles,
     "The service name has blanks at its ends; the dataset's name has not, "
     "the attribute service.name still has.",
     "Remove the blanks and quotes around OTEL_SERVICE_NAME.", code, husky_common},
    {rule::dataset_two_spellings, warning, misfiles,
     "The same dataset came under another spelling before; names are "
     "compared without case, and the first spelling is kept.",
     "Use one spelling of the service name everywhere.", docs, "Honeycomb API, datasets"},
    {rule::sample_rate_header, info, accepts, "The header x-honeycomb-samplerate is ignored on OTLP.",
     "Put an attribute SampleRate on the spans.", code, husky_common},

    // ---- the events API
    {rule::events_empty, error, refuses, "There is nothing in the body, or an event without fields.",
     "Add fields before the event is sent.", docs, events_page},
    {rule::events_malformed, error, refuses, "The body, or an event of the batch, is not what the events API reads.",
     "Send a JSON object to /1/events, a list of {\"data\": {...}, \"time\": ..., \"samplerate\": ...} to /1/batch.",
     docs, events_page},
    {rule::events_too_large, error, refuses,
     "The body has more than 5 MB, or an event more than 1 MB; decompressed, both.", "Send smaller batches.", docs,
     events_page},
    {rule::events_too_many_columns, error, refuses, "An event has more than 2000 fields.",
     "Look for a value that became part of a field's name.", docs, events_page},
    {rule::events_time_unreadable, warning, misfiles,
     "The time of an event is neither RFC 3339 nor seconds since 1970, so the event has the time of its arrival.",
     "Send \"2026-11-21T00:38:03.5Z\", or the number of seconds.", code, refinery_routes},
    {rule::events_rate_unreadable, warning, misfiles,
     "The header x-honeycomb-samplerate is no number, so the rate is 1.", "Send a whole number above 0.", guess,
     refinery_routes},
    {rule::api_body_unreadable, error, refuses, "The body is not what this operation of the API reads.",
     "Send a JSON object with the members that the API describes.", docs, "Honeycomb API"},
    {rule::api_object_unknown, error, refuses, "There is nothing of that name or id.",
     "Create it first; a dataset exists from its first event on.", docs, "Honeycomb API"},
    {rule::key_lacks_permission, error, refuses,
     "The key is known, and lacks the permission that this operation needs.",
     "Give the key that permission; ingest keys can only send.", guess, ours},
    {rule::management_key_wrong, error, refuses, "/2/* wants a management key, and this is none that is known.",
     "Send Authorization: Bearer id:secret, the id from hc?mk_ on.", snapshot, "terraform-provider-honeycombio client"},

    {rule::key_other_region, error, refuses,
     "The key belongs to another region than the host that it was sent to, and is unknown there.",
     "Send to api.honeycomb.io with a key of the US region, to api.eu1.honeycomb.io with one of the EU's.", docs,
     key_pages},
    {rule::ingest_refused, error, refuses,
     "The session's setting refuse_ingest has every request that sends refused, as the service does when it is over "
     "its limits.",
     "See what the client does with its data now; the setting \"no\" ends it.", docs, events_page},
    {rule::partly_refused, warning, drops_silently,
     "The session's settings partial_success_* have exports answered as accepted in part; here all of it is kept.",
     "See whether the client tells anybody; it must not send the data again.", docs,
     "opentelemetry-proto docs/specification.md"},
    {rule::call_refused, error, refuses, "The session's setting refuse_management has this call refused.",
     "See what the client does; the setting \"no\" ends it.", docs, api_pages},

    // ---- path, method, port
    {rule::path_doubled, error, refuses,
     "The signal's path is there twice: the endpoint already ended in it, and the "
     "exporter added its own.",
     "Set OTEL_EXPORTER_OTLP_ENDPOINT to the address alone, or use OTEL_EXPORTER_OTLP_TRACES_ENDPOINT for the full "
     "URL.",
     docs, exporter_spec},
    {rule::path_missing, error, refuses,
     "The request went to /: an endpoint for one signal is used as it is, nothing "
     "is added.",
     "Add /v1/traces (or /v1/logs, /v1/metrics) to that endpoint, or set OTEL_EXPORTER_OTLP_ENDPOINT instead.", docs,
     exporter_spec},
    {rule::path_version_doubled, error, refuses, "/v1 is there twice: the endpoint already ended in it.",
     "Set OTEL_EXPORTER_OTLP_ENDPOINT to the address alone.", docs, exporter_spec},
    {rule::path_double_slash, error, refuses, "The path starts with two slashes.",
     "Remove the slashes at the end of the endpoint.", docs, exporter_spec},
    {rule::path_undefined, error, refuses,
     "The path holds \"undefined\" or \"null\": a variable that makes up the URL "
     "has no value.",
     "Set it where the bundle is built (REACT_APP_..., VITE_...).", run, "OTel JS exporter with an unset url"},
    {rule::path_prefixed, error, refuses,
     "The signal's path stands behind another one, and Honeycomb serves it at the "
     "root only.",
     "Set the endpoint to the address alone.", docs, exporter_spec},
    {rule::path_unknown, error, refuses, "Honeycomb serves no such path.",
     "OTLP goes to /v1/traces, /v1/logs and /v1/metrics.", guess, ours},
    {rule::path_unknown_rpc, error, refuses, "Honeycomb serves no such gRPC method.",
     "Export traces, logs and metrics with the services of opentelemetry.proto.collector, version v1.", code,
     refinery_routes},
    {rule::method_wrong, error, refuses, "The path is served, but not by this method.",
     "See the Allow header of the reply.", guess, ours},
    {rule::api_not_built, error, refuses,
     "Honeycomb has this operation; this stand-in has not built it yet, and "
     "answers as for an unknown one.",
     "Nothing is wrong with the request.", docs, "Honeycomb API"},
    {rule::port_grpc_on_http, info, accepts,
     "This is gRPC on the port for HTTP; it is served, as Honeycomb's one port "
     "does, but a Collector would refuse it.",
     "Use port 4317, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.", docs, exporter_spec},
    {rule::port_http_on_grpc, info, accepts,
     "This is HTTP on the port for gRPC; it is served, as Honeycomb's one port "
     "does, but a Collector would refuse it.",
     "Use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.", docs, exporter_spec},

    // ---- datasets, columns, queries
    {rule::api_not_found, error, refuses, "There is nothing of that id or name.",
     "Take the id from the reply that made it; ids belong to one dataset and one environment.", docs, api_pages},
    {rule::api_body_invalid, error, refuses, "The body is not what this call takes.",
     "Send a JSON object with the members that the API's documentation names.", docs, api_pages},
    {rule::key_may_not_call, error, refuses, "The key lacks a permission that this call needs.",
     "Use a configuration key with these permissions; an ingest key can only send.", guess, key_pages},
    {rule::dataset_not_found, error, refuses, "The environment has no such dataset.",
     "Name a dataset by its slug; data make it when they first come.", snapshot,
     "honeycombio/terraform-provider-honeycombio client tests"},
    {rule::dataset_protected, error, refuses, "The dataset is protected against being deleted, as new ones are.",
     "Send PUT with {\"settings\": {\"delete_protected\": false}} first.", docs, api_pages},
    {rule::query_invalid, error, refuses, "The query is not one that Honeycomb runs.",
     "Mend the member that is named; Honeycomb itself says only \"invalid Query data\".", docs, api_pages},
    {rule::query_unknown_member, warning, accepts, "The query has a member that Honeycomb does not know, and ignores.",
     "Look for a typing error in its name.", guess, ours},
    {rule::query_unknown_column, warning, accepts,
     "The query names a column that the dataset does not have: it is absent in every row.",
     "Look for a typing error, here or where the attribute is set.", guess, ours},
    {rule::query_outside_range, info, accepts, "The dataset has events, but none within the time of the query.",
     "Ask for another time; without one a query is about the last two hours. Events count by their own time, and one "
     "without a time lies in 1970.",
     docs, api_pages},
    {rule::query_too_many, warning, refuses, "More than 10 query results were asked for in a minute.",
     "Ask less often; a result can be read again without making it again.", docs, api_pages},

    // ---- what no single request shows
    {rule::trace_parent_missing, warning, accepts, "A span names a parent that never arrived.",
     "Look for a span that is never ended, a process that ends before its last flush, or a sampler that drops parents "
     "but not their children.",
     docs, "Honeycomb docs, missing root spans"},
    {rule::trace_remote_parent_missing, info, accepts,
     "A server or consumer span has a remote parent that never "
     "arrived: the caller passed a trace on, but sends its own spans elsewhere or not at all.",
     "See whether the caller exports to Honeycomb too.", docs, "Honeycomb docs, missing root spans"},
    {rule::span_duplicated, warning, accepts, "A span arrived more than once; Honeycomb stores and counts each.",
     "Look for a second span processor or exporter to the same endpoint, or a client that posts again after a lost "
     "reply.",
     code, husky_traces},
    {rule::attribute_two_types, warning, misfiles,
     "An attribute comes with two types in one dataset; a column has one, "
     "and values of the other are converted or lost.",
     "Always set it with one type.", guess, ours},
    {rule::dataset_near_miss, info, misfiles,
     "Two datasets have nearly the same name: one of the two may be a typing error, and its data stands apart.",
     "Compare OTEL_SERVICE_NAME (or the dataset of the header or path) of both senders.", run, names_seen},
    {rule::attribute_near_miss, info, misfiles,
     "Two attributes of one dataset have nearly the same name; each becomes a column of its own.",
     "If one is a typing error, mend it where the attribute is set.", run, names_seen},
    {rule::span_near_miss, info, misfiles,
     "Spans of one dataset have nearly the same name; a query by name finds one of them.",
     "If one is a typing error, mend it where the span is started.", run, names_seen},
    {rule::span_backwards, warning, misfiles,
     "A span ends before it starts; Honeycomb stores a duration of 0 and meta.invalid_duration.",
     "Look for clocks that were set back, or for times in two units.", code, husky_direct},
    {rule::sample_rate_unreadable, warning, misfiles,
     "The attribute sampleRate or SampleRate is no number above 0, so each event counts once; the attribute is not "
     "stored.",
     "Set it to the number of events that one stands for.", code, husky_common},
    {rule::event_too_many_fields, warning, drops_silently,
     "With what it inherits of scope and resource, the event has more than 2000 fields.",
     "Look for a value that became part of an attribute's name.", docs, events_page},
    {rule::field_too_long, warning, misfiles, "A text has more than 65535 bytes, and Honeycomb keeps no more of one.",
     "Shorten it where it is set.", docs, events_page},
    {rule::trace_no_server_span, info, accepts,
     "A service's traces begin with spans of its own code, and none of its spans is a server's or consumer's: the "
     "framework may not be instrumented.",
     "Instrument the application object after it is made (Flask: FlaskInstrumentor().instrument_app(app)).", run,
     "Flask without instrument_app"},
    {rule::trace_browser_apart, info, accepts,
     "Browser and backend both send spans, and no trace holds spans of both: the trace context is not passed on.",
     "Set propagateTraceHeaderCorsUrls to an array of regular expressions that match the backend, and let its CORS "
     "answer allow the header traceparent.",
     run, "opentelemetry-js instrumentation-fetch"},
    {rule::sampling_not_told, info, misfiles,
     "The traces that arrive are a sampled part of all, and nothing tells Honeycomb so: it counts each as one, and its "
     "counts are too low.",
     "Set the attribute SampleRate (10 where one of ten is kept) on the resource or the spans, or use a sampler that "
     "writes ot=th into the trace state.",
     docs, "Honeycomb docs, sampling"},
    {rule::dataset_silent, info, accepts, "A dataset got no more data, while others did.",
     "See whether the service still runs, and whether its key and its service name are still its own: a variable that "
     "was set for another service replaces them.",
     run, "two services that share an environment"},
    {rule::dataset_two_sdks, info, misfiles,
     "Programs of several languages send under one service name; their spans lie in one dataset and are hard to tell "
     "apart.",
     "Give each service a name of its own in OTEL_SERVICE_NAME.", run, "two services that share an environment"},
    {rule::dataset_two_environments, info, misfiles,
     "A dataset of this name exists in another environment already: the key may be that of the wrong environment.",
     "Compare the keys of those who send to the two; an environment's key is in its settings.", docs, key_pages},
    {rule::dataset_too_many_columns, warning, drops_silently,
     "A dataset has more than 10000 columns; further ones are refused or dropped, as the plan says.",
     "Look for a value that became part of an attribute's name.", guess, ours},
    {rule::attribute_duplicated, warning, misfiles,
     "One list of attributes holds a key twice; Honeycomb keeps one of the values.",
     "SDKs send no key twice: look at what puts the request together.", code, husky_direct},
    {rule::semconv_mixed, info, misfiles,
     "A span has names of the old and of the new HTTP conventions, so that no query by either finds all of it.",
     "Set OTEL_SEMCONV_STABILITY_OPT_IN alike for all instrumentation: http for the new names, http/dup for both.",
     docs, "opentelemetry semantic-conventions, HTTP migration"},
    {rule::scope_unnamed, info, accepts, "Spans come from a tracer without a name.",
     "Give get_tracer() the name of the module.", docs, "opentelemetry-specification trace/api.md"},
};

}  // namespace

std::span<const recording::FindingRule> rules() { return table; }

recording::Finding finding(std::string_view rule_id, std::string place, std::string detail, std::uint64_t offset,
                           std::uint64_t length) {
  return {std::string(rule_id), std::move(place), std::move(detail), offset, length};
}

}  // namespace understudy::honeycomb
