#include "otlp/json.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "tests/otlp/oracle.h"
#include "tests/otlp/wire_inputs.h"

namespace understudy::otlp {
namespace {

using testing::HasSubstr;

using Span = opentelemetry::proto::trace::v1::Span;

constexpr std::string_view flask_span_in_json = R"({"resourceSpans": [{
  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "backend-flask"}}]},
  "scopeSpans": [{
    "scope": {"name": "opentelemetry.instrumentation.flask", "version": "0.36b0"},
    "spans": [{
      "traceId": "5b8aa5a2d2c872e8321cf37308d69df2", "spanId": "051581bf3cb55c13", "name": "/api/activities/home",
      "kind": 2, "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": "1544712660250500000",
      "attributes": [{"key": "http.status_code", "value": {"intValue": "200"}}], "status": {}}]}]}]})";

// As @opentelemetry/exporter-trace-otlp-http 0.35.1 writes it in a browser: times as numbers above 2^53.
constexpr std::string_view browser_span =
    R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":)"
    R"({"stringValue":"frontend-react-js"}},{"key":"telemetry.sdk.language","value":{"stringValue":"webjs"}}],)"
    R"("droppedAttributesCount":0},"scopeSpans":[{"scope":{"name":"@opentelemetry/instrumentation-document-load",)"
    R"("version":"0.31.0"},"spans":[{"traceId":"5B8AA5A2D2C872E8321CF37308D69DF2","spanId":"051581bf3cb55c13",)"
    R"("parentSpanId":"","name":"documentLoad","kind":1,"startTimeUnixNano":1544712660300000000,"endTimeUnixNano":)"
    R"(1544712660300134100,"attributes":[{"key":"http.response_content_length","value":{"intValue":1204}},)"
    R"({"key":"ratio","value":{"doubleValue":0.25}},{"key":"list","value":{"arrayValue":{"values":[{"boolValue":true},)"
    R"({"intValue":7}]}}}],"droppedAttributesCount":0,"events":[{"attributes":[],"name":"fetchStart","timeUnixNano":)"
    R"(1544712660300000000,"droppedAttributesCount":0}],"droppedEventsCount":0,"status":{"code":0},"links":[],)"
    R"("droppedLinksCount":0}]}]}]})";

Span span_of(std::string_view json) {
  const auto body = json_to_protobuf(Signal::traces, json);
  EXPECT_TRUE(body) << describe(body.error());
  oracle::TraceRequest request;
  if (!body || !request.ParseFromString(*body) || request.resource_spans_size() == 0) return {};
  return request.resource_spans(0).scope_spans(0).spans(0);
}

std::string with_span(std::string_view members) {
  return fmt::format(R"({{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{{}}}]}}]}}]}})", members);
}

std::string with_value(std::string_view value) {
  return with_span(fmt::format(R"("attributes":[{{"key":"k","value":{}}}])", value));
}

opentelemetry::proto::common::v1::AnyValue value_of(std::string_view value) {
  const Span span = span_of(with_value(value));
  return span.attributes_size() == 1 ? span.attributes(0).value() : opentelemetry::proto::common::v1::AnyValue();
}

TEST(Json, ReadsTheFlaskSpanAsItsBytes) {
  const auto body = json_to_protobuf(Signal::traces, flask_span_in_json);
  ASSERT_TRUE(body) << describe(body.error());
  EXPECT_EQ(to_hex(*body), to_hex(wire::flask_span()));
}

TEST(Json, ReadsWhatABrowserSends) {
  const Span span = span_of(browser_span);
  EXPECT_EQ(to_hex(span.trace_id()), "5b8aa5a2d2c872e8321cf37308d69df2");
  EXPECT_EQ(span.parent_span_id(), "");
  EXPECT_EQ(span.start_time_unix_nano(), 1544712660300000000u);
  EXPECT_EQ(span.end_time_unix_nano(), 1544712660300134100u);
  EXPECT_EQ(span.attributes(0).value().int_value(), 1204);
  EXPECT_EQ(span.attributes(2).value().array_value().values(1).int_value(), 7);
  EXPECT_EQ(span.events(0).name(), "fetchStart");
}

TEST(Json, ReadsAnEmptyRequest) {
  for (const Signal signal : {Signal::traces, Signal::logs, Signal::metrics}) {
    EXPECT_EQ(json_to_protobuf(signal, "{}"), "");
    EXPECT_EQ(json_to_protobuf(signal, " {\n} "), "");
  }
}

// An empty parent id would make a root look like a child.
TEST(Json, DoesNotSendAnEmptyParent) {
  EXPECT_EQ(json_to_protobuf(Signal::traces, with_span(R"("parentSpanId":"","kind":0,"traceState":"")")),
            json_to_protobuf(Signal::traces, with_span("")).value());
}

TEST(Json, ReadsEnumerationsAsNumberAndName) {
  EXPECT_EQ(span_of(with_span(R"("kind":2)")).kind(), Span::SPAN_KIND_SERVER);
  EXPECT_EQ(span_of(with_span(R"("kind":"SPAN_KIND_SERVER")")).kind(), Span::SPAN_KIND_SERVER);
  EXPECT_EQ(span_of(with_span(R"("kind":"SPAN_KIND_NEW")")).kind(), Span::SPAN_KIND_UNSPECIFIED);
  EXPECT_EQ(span_of(with_span(R"("kind":77)")).kind(), 77);
  EXPECT_EQ(span_of(with_span(R"("status":{"code":2})")).status().code(), 2);
  EXPECT_EQ(span_of(with_span(R"("status":{"code":"STATUS_CODE_ERROR"})")).status().code(), 2);
}

TEST(Json, ReadsIdsInAnyCaseAndAsBase64) {
  const auto id = [](std::string_view text) {
    return to_hex(span_of(with_span(fmt::format(R"("traceId":"{}")", text))).trace_id());
  };
  EXPECT_EQ(id("5b8Aa5A2D2c872e8321cf37308d69dF2"), "5b8aa5a2d2c872e8321cf37308d69df2");
  EXPECT_EQ(id("W4qlotLIcugyHPNzCNad8g=="), "5b8aa5a2d2c872e8321cf37308d69df2");
  EXPECT_EQ(id("1a2b"), "1a2b");
  EXPECT_EQ(id(""), "");
}

TEST(Json, ReadsIntegersAsNumbersAndStrings) {
  for (const std::string_view text : {"1000", "\"1000\"", "1e3", "1000.0", "\"1e3\"", "\"1000.0\""}) {
    EXPECT_EQ(value_of(fmt::format(R"({{"intValue":{}}})", text)).int_value(), 1000) << text;
  }
  EXPECT_EQ(value_of(R"({"intValue":"-9223372036854775808"})").int_value(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(value_of(R"({"intValue":9223372036854775807})").int_value(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(span_of(with_span(R"("endTimeUnixNano":"18446744073709551615")")).end_time_unix_nano(),
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(span_of(with_span(R"("flags":4294967295)")).flags(), 0xffffffffu);
}

TEST(Json, ReadsDoubles) {
  EXPECT_EQ(value_of(R"({"doubleValue":0.5})").double_value(), 0.5);
  EXPECT_EQ(value_of(R"({"doubleValue":3})").double_value(), 3);
  EXPECT_EQ(value_of(R"({"doubleValue":"-2.5e3"})").double_value(), -2500);
  EXPECT_EQ(value_of(R"({"doubleValue":100000000000000000000})").double_value(), 1e20);
  EXPECT_TRUE(std::isnan(value_of(R"({"doubleValue":"NaN"})").double_value()));
  EXPECT_EQ(value_of(R"({"doubleValue":"-Infinity"})").double_value(), -std::numeric_limits<double>::infinity());
}

TEST(Json, ReadsBytesInBothAlphabets) {
  EXPECT_EQ(to_hex(value_of(R"({"bytesValue":"-_8="})").bytes_value()), "fbff");
  EXPECT_EQ(to_hex(value_of(R"({"bytesValue":"+/8"})").bytes_value()), "fbff");
}

TEST(Json, KeepsEmptyMembersOfAValue) {
  EXPECT_TRUE(value_of(R"({"stringValue":""})").has_string_value());
  EXPECT_TRUE(value_of(R"({"boolValue":false})").has_bool_value());
  EXPECT_TRUE(value_of(R"({"kvlistValue":{}})").has_kvlist_value());
  EXPECT_EQ(value_of("{}").value_case(), 0);
}

TEST(Json, ReadsSnakeCaseAndIgnoresTheUnknown) {
  const Span span = span_of(R"({"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"ab","unknown":{"a":[1e3,null]},
      "name":"n","Name":"no","traceid":"cd","start_time_unix_nano":5}]}]}],"more":[[]]})");
  EXPECT_EQ(to_hex(span.trace_id()), "ab");
  EXPECT_EQ(span.name(), "n");
  EXPECT_EQ(span.start_time_unix_nano(), 5u);
}

TEST(Json, IgnoresSnakeCaseWhereToldTo) {
  CamelCaseAlone camel_case;
  EXPECT_EQ(
      json_to_protobuf(Signal::traces, with_span(R"("start_time_unix_nano":5,"trace_id":{},"name":"n")"), &camel_case),
      json_to_protobuf(Signal::traces, with_span(R"("name":"n")")).value());
  EXPECT_EQ(camel_case.ignored, "resourceSpans[0].scopeSpans[0].spans[0].start_time_unix_nano");
}

TEST(Json, TakesNullAsAbsent) {
  EXPECT_EQ(json_to_protobuf(Signal::traces, R"({"resourceSpans":null})"), "");
  const Span span = span_of(with_span(R"("name":null,"attributes":null,"status":null,"startTimeUnixNano":null)"));
  EXPECT_FALSE(span.has_status());
}

TEST(Json, ReadsLogsAndMetrics) {
  const auto logs = json_to_protobuf(Signal::logs, R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[
      {"timeUnixNano":"1","severityNumber":"SEVERITY_NUMBER_WARN","body":{"stringValue":"Cruddur!"}}]}]}]})");
  ASSERT_TRUE(logs) << describe(logs.error());
  EXPECT_EQ(validate(Signal::logs, *logs)->items, 1u);
  const auto metrics = json_to_protobuf(Signal::metrics, R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[
      {"name":"h","histogram":{"dataPoints":[{"count":"3","sum":0,"bucketCounts":["1",2],"explicitBounds":[0.5]}]}},
      {"name":"e","exponentialHistogram":{"dataPoints":[{"scale":-1,"positive":{"offset":-2,"bucketCounts":["300"]}}]}},
      {"name":"s","sum":{"dataPoints":[{"asInt":"-7"}],"isMonotonic":true}}]}]}]})");
  ASSERT_TRUE(metrics) << describe(metrics.error());
  oracle::MetricsRequest request;
  ASSERT_TRUE(request.ParseFromString(*metrics));
  const auto& read = request.resource_metrics(0).scope_metrics(0);
  const auto& histogram = read.metrics(0).histogram().data_points(0);
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_TRUE(histogram.has_sum());
  EXPECT_THAT(histogram.bucket_counts(), testing::ElementsAre(1, 2));
  EXPECT_THAT(histogram.explicit_bounds(), testing::ElementsAre(0.5));
  const auto& exponential = read.metrics(1).exponential_histogram().data_points(0);
  EXPECT_EQ(exponential.scale(), -1);
  EXPECT_EQ(exponential.positive().offset(), -2);
  EXPECT_THAT(exponential.positive().bucket_counts(), testing::ElementsAre(300));
  EXPECT_EQ(read.metrics(2).sum().data_points(0).as_int(), -7);
}

struct Refusal {
  std::string_view name;
  std::string body;
  std::string_view path;
  std::string_view reason;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

class JsonRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(JsonRefuses, WithPathAndReason) {
  const Refusal& expected = GetParam();
  const auto result = json_to_protobuf(Signal::traces, expected.body);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().path, expected.path);
  EXPECT_THAT(result.error().reason, HasSubstr(expected.reason));
  EXPECT_LE(result.error().offset, expected.body.size());
}

INSTANTIATE_TEST_SUITE_P(
    Json, JsonRefuses,
    testing::Values(
        Refusal{"nothing", "", "", ""}, Refusal{"text", "hello", "", ""},
        Refusal{"array", "[]", "", "an array is no object"}, Refusal{"string", "\"a\"", "", "no object"},
        Refusal{"null", "null", "", "null is no object"}, Refusal{"two_documents", "{}{}", "", ""},
        Refusal{"trailing_comma", "{\"a\":1,}", "", ""},
        Refusal{"byte_order_mark", "\xef\xbb\xbf{}", "", "byte order mark"},
        Refusal{"surrogate", with_span(R"("name":"\ud800")"), "", "half a surrogate pair"},
        Refusal{"not_utf8", with_span("\"name\":\"caf\xe9\""), "", "UTF-8"},
        Refusal{"huge_number", with_value(R"({"doubleValue":1e400})"), "", "number beyond a double"},
        Refusal{"no_list", R"({"resourceSpans":{}})", "resourceSpans", "an object is no array"},
        Refusal{"null_in_list", R"({"resourceSpans":[{},null]})", "resourceSpans[1]", "null is no object"},
        Refusal{"name", with_span(R"("name":5)"), "resourceSpans[0].scopeSpans[0].spans[0].name",
                "this number is no string"},
        Refusal{"id", with_span(R"("traceId":"not an id")"), "resourceSpans[0].scopeSpans[0].spans[0].traceId",
                "the id is not hex"},
        Refusal{"bytes", with_value(R"({"bytesValue":"*"})"),
                "resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.bytesValue", "not base64"},
        Refusal{"boolean", with_value(R"({"boolValue":"true"})"),
                "resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.boolValue",
                "this string is no true or false"},
        Refusal{"fraction", with_value(R"({"intValue":1.5})"),
                "resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.intValue", "no 64-bit integer"},
        Refusal{"beyond_int64", with_value(R"({"intValue":9223372036854775808})"),
                "resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.intValue", "no 64-bit integer"},
        Refusal{"beyond_uint64", with_span(R"("endTimeUnixNano":18446744073709551616)"),
                "resourceSpans[0].scopeSpans[0].spans[0].endTimeUnixNano", "no 64-bit unsigned integer"},
        Refusal{"negative_time", with_span(R"("endTimeUnixNano":"-1")"),
                "resourceSpans[0].scopeSpans[0].spans[0].endTimeUnixNano", "no 64-bit unsigned integer"},
        Refusal{"spaces", with_span(R"("endTimeUnixNano":" 1")"),
                "resourceSpans[0].scopeSpans[0].spans[0].endTimeUnixNano", "no 64-bit unsigned integer"},
        Refusal{"double", with_value(R"({"doubleValue":"inf"})"),
                "resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.doubleValue", "no number"},
        Refusal{"kind", with_span(R"("kind":true)"), "resourceSpans[0].scopeSpans[0].spans[0].kind", "number or name"}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Json, NamesTheByteOfABadValue) {
  const std::string body = with_span(R"("name":5)");
  EXPECT_EQ(json_to_protobuf(Signal::traces, body).error().offset, body.find('5'));
}

std::string repeated(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

std::string nested(int arrays, std::string_view inner = "{}") {
  return with_value(
      fmt::format("{}{}{}", repeated(R"({"arrayValue":{"values":[)", arrays), inner, repeated("]}}", arrays)));
}

// Whatever is read can be read again: the limit is protobuf's own, and hostile depth ends in an error.
TEST(Json, ReadsAHundredLevelsAndRefusesMore) {
  const auto deep = json_to_protobuf(Signal::traces, nested(47));  // 5 + 2 * 47 levels
  ASSERT_TRUE(deep) << describe(deep.error());
  EXPECT_TRUE(validate(Signal::traces, *deep));
  const auto deepest = json_to_protobuf(Signal::traces, nested(47, R"({"arrayValue":{}})"));
  ASSERT_TRUE(deepest) << describe(deepest.error());
  EXPECT_TRUE(oracle::read(Signal::traces, *deepest));
  const auto refused = json_to_protobuf(Signal::traces, nested(48));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "messages are nested deeper than 100");
  EXPECT_FALSE(json_to_protobuf(Signal::traces, nested(100'000)));
  EXPECT_FALSE(json_to_protobuf(Signal::traces, repeated("[", 1'000'000)));
  EXPECT_FALSE(json_to_protobuf(Signal::traces, fmt::format(R"({{"unknown":{})", repeated("[", 1'000'000))));
}

TEST(Json, RefusesEveryCut) {
  for (std::size_t size = 0; size < browser_span.size(); ++size) {
    EXPECT_FALSE(json_to_protobuf(Signal::traces, browser_span.substr(0, size))) << size;
  }
}

TEST(Json, WritesTheFlaskSpan) {
  EXPECT_EQ(protobuf_to_json(Signal::traces, wire::flask_span()),
            R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":)"
            R"("backend-flask"}}]},"scopeSpans":[{"scope":{"name":"opentelemetry.instrumentation.flask","version":)"
            R"("0.36b0"},"spans":[{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2","spanId":"051581bf3cb55c13","name":)"
            R"("/api/activities/home","kind":2,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":)"
            R"("1544712660250500000","attributes":[{"key":"http.status_code","value":{"intValue":"200"}}],)"
            R"("status":{}}]}]}]})");
  EXPECT_FALSE(protobuf_to_json(Signal::traces, "\x0a"));
}

// Every field of every message: written as JSON and read again, a request is the same request.
TEST(Json, ReadsWhatItWrites) {
  for (const Signal signal : {Signal::traces, Signal::logs, Signal::metrics}) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const std::string body = oracle::Generator(seed).message(signal)->SerializeAsString();
      const auto json = protobuf_to_json(signal, body);
      ASSERT_TRUE(json) << describe(json.error());
      const auto read = json_to_protobuf(signal, *json);
      ASSERT_TRUE(read) << describe(read.error()) << *json;
      const auto again = oracle::parse(signal, *read);
      ASSERT_TRUE(again != nullptr);
      ASSERT_EQ(to_hex(again->SerializeAsString()), to_hex(body)) << *json;
    }
  }
}

}  // namespace
}  // namespace understudy::otlp
