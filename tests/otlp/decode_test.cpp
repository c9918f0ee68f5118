#include "otlp/decode.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/otlp/oracle.h"
#include "tests/otlp/wire_inputs.h"

namespace understudy::otlp {
namespace {

using Json = nlohmann::ordered_json;
using testing::IsEmpty;

std::vector<Json> decoded(Signal signal, std::string_view body) {
  std::vector<Json> all;
  const auto summary = decode(signal, body, [&](std::size_t index, Json fields) {
    EXPECT_EQ(index, all.size());
    all.push_back(std::move(fields));
  });
  EXPECT_TRUE(summary) << describe(summary.error());
  if (summary) {
    EXPECT_EQ(summary->items, all.size());
  }
  return all;
}

TEST(Decode, ShowsTheFlaskSpan) {
  const auto spans = decoded(Signal::traces, wire::flask_span());
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0], Json::parse(R"({
    "name": "/api/activities/home", "kind": "SERVER",
    "trace_id": "5b8aa5a2d2c872e8321cf37308d69df2", "span_id": "051581bf3cb55c13",
    "start_time_unix_nano": 1544712660000000000, "end_time_unix_nano": 1544712660250500000, "duration_ms": 250.5,
    "status": {"code": "UNSET"},
    "attributes": {"http.status_code": 200},
    "events": [], "links": [],
    "resource": {"attributes": {"service.name": "backend-flask"}},
    "scope": {"name": "opentelemetry.instrumentation.flask", "version": "0.36b0"}})"))
      << spans[0].dump(2);
}

TEST(Decode, ShowsASpanWithEverything) {
  oracle::TraceRequest request;
  auto* group = request.add_resource_spans();
  group->set_schema_url("r");
  auto* scope = group->add_scope_spans();
  scope->set_schema_url("s");
  auto* scope_attribute = scope->mutable_scope()->add_attributes();
  scope_attribute->set_key("k");
  scope_attribute->mutable_value()->set_bool_value(true);
  auto* span = scope->add_spans();
  span->set_parent_span_id("\x01\x02");
  span->set_trace_state("a=1");
  span->set_flags(0x101);
  span->set_start_time_unix_nano(3'000'000);
  span->set_end_time_unix_nano(1'000'000);
  span->mutable_status()->set_code(opentelemetry::proto::trace::v1::Status::STATUS_CODE_ERROR);
  span->mutable_status()->set_message("boom");
  span->GetReflection()->SetEnumValue(span, span->GetDescriptor()->FindFieldByName("kind"), 77);  // no such kind
  auto* event = span->add_events();
  event->set_name("exception");
  event->set_time_unix_nano(5);
  auto* link = span->add_links();
  link->set_trace_id("\xab");
  link->set_span_id("\xcd");
  link->set_trace_state("b=2");
  const Json fields = decoded(Signal::traces, request.SerializeAsString()).at(0);
  EXPECT_EQ(fields["parent_span_id"], "0102");
  EXPECT_EQ(fields["trace_state"], "a=1");
  EXPECT_EQ(fields["flags"], 0x101);
  EXPECT_EQ(fields["duration_ms"], -2.0);
  EXPECT_EQ(fields["kind"], 77);
  EXPECT_EQ(fields["status"], Json::parse(R"({"code": "ERROR", "message": "boom"})"));
  EXPECT_EQ(fields["events"], Json::parse(R"([{"name": "exception", "time_unix_nano": 5, "attributes": {}}])"));
  EXPECT_EQ(fields["links"],
            Json::parse(R"([{"trace_id": "ab", "span_id": "cd", "trace_state": "b=2", "attributes": {}}])"));
  EXPECT_EQ(fields["resource"], Json::parse(R"({"attributes": {}, "schema_url": "r"})"));
  EXPECT_EQ(fields["scope"],
            Json::parse(R"({"name": "", "version": "", "attributes": {"k": true}, "schema_url": "s"})"));
}

Json attributes_of(const std::function<void(opentelemetry::proto::trace::v1::Span&)>& fill) {
  oracle::TraceRequest request;
  fill(*request.add_resource_spans()->add_scope_spans()->add_spans());
  return decoded(Signal::traces, request.SerializeAsString()).at(0)["attributes"];
}

TEST(Decode, ShowsEveryKindOfValue) {
  const Json attributes = attributes_of([](auto& span) {
    const auto add = [&](const char* key) {
      auto* attribute = span.add_attributes();
      attribute->set_key(key);
      return attribute->mutable_value();
    };
    add("text")->set_string_value("caf\xc3\xa9");
    add("flag")->set_bool_value(true);
    add("int")->set_int_value(std::numeric_limits<std::int64_t>::min());
    add("double")->set_double_value(0.5);
    add("nan")->set_double_value(std::numeric_limits<double>::quiet_NaN());
    add("infinity")->set_double_value(-std::numeric_limits<double>::infinity());
    add("bytes")->set_bytes_value("\x01\x02\x03\x04");
    auto* list = add("list")->mutable_array_value();
    list->add_values()->set_string_value("one");
    list->add_values();
    auto* inner = add("map")->mutable_kvlist_value()->add_values();
    inner->set_key("level1");
    inner->mutable_value()->set_string_value("value1");
    add("none");
    span.add_attributes()->set_key("absent");
  });
  EXPECT_EQ(attributes, Json::parse(R"({"text": "caf\u00e9", "flag": true, "int": -9223372036854775808, "double": 0.5,
    "nan": "NaN", "infinity": "-Infinity", "bytes": "AQIDBA==", "list": ["one", null], "map": {"level1": "value1"},
    "none": null, "absent": null})"))
      << attributes.dump(2);
}

TEST(Decode, KeepsTheFirstOfAttributesWithOneKey) {
  const Json attributes = attributes_of([](auto& span) {
    for (const char* value : {"first", "second"}) {
      auto* attribute = span.add_attributes();
      attribute->set_key("k");
      attribute->mutable_value()->set_string_value(value);
    }
  });
  EXPECT_EQ(attributes, Json::parse(R"({"k": "first"})"));
}

// A resource that comes behind its spans and in two pieces is one resource.
TEST(Decode, MergesAResourceInPieces) {
  using namespace std::literals;
  const auto spans = decoded(Signal::traces,
                             "\x0a\x1f\x0a\x0a\x0a\x08\x0a\x01"
                             "a\x12\x03\x0a\x01x\x12\x05\x12\x03\x2a\x01n\x0a\x0a\x0a\x08\x0a\x01"
                             "b\x12\x03\x0a\x01y"sv);
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0]["resource"]["attributes"], Json::parse(R"({"a": "x", "b": "y"})"));
}

TEST(Decode, ShowsALogRecord) {
  oracle::LogsRequest request;
  auto* record = request.add_resource_logs()->add_scope_logs()->add_log_records();
  record->set_time_unix_nano(1);
  record->set_observed_time_unix_nano(2);
  record->set_severity_number(opentelemetry::proto::logs::v1::SEVERITY_NUMBER_WARN);
  record->set_severity_text("WARNING");
  record->mutable_body()->set_string_value("Cruddur!");
  record->set_event_name("e");
  record->set_trace_id(std::string(15, '\0') + "\x01");
  record->set_span_id("\x02");
  EXPECT_EQ(decoded(Signal::logs, request.SerializeAsString()).at(0), Json::parse(R"({
    "time_unix_nano": 1, "observed_time_unix_nano": 2, "severity_number": 13, "severity_text": "WARNING",
    "body": "Cruddur!", "event_name": "e", "trace_id": "00000000000000000000000000000001", "span_id": "02",
    "attributes": {}, "resource": {"attributes": {}}, "scope": {"name": "", "version": ""}})"));
}

// A body that is there without a value is null; an absent one is absent.
TEST(Decode, TellsAnEmptyLogBodyFromNone) {
  oracle::LogsRequest request;
  auto* scope = request.add_resource_logs()->add_scope_logs();
  scope->add_log_records()->mutable_body();
  scope->add_log_records();
  const auto records = decoded(Signal::logs, request.SerializeAsString());
  EXPECT_TRUE(records.at(0).at("body").is_null());
  EXPECT_FALSE(records.at(1).contains("body"));
}

TEST(Decode, ShowsEachDataPoint) {
  oracle::MetricsRequest request;
  auto* scope = request.add_resource_metrics()->add_scope_metrics();
  auto* sum = scope->add_metrics();
  sum->set_name("requests");
  sum->set_unit("1");
  sum->mutable_sum()->set_is_monotonic(true);
  sum->mutable_sum()->set_aggregation_temporality(
      opentelemetry::proto::metrics::v1::AGGREGATION_TEMPORALITY_CUMULATIVE);
  for (const int value : {7, 8}) {
    auto* point = sum->mutable_sum()->add_data_points();
    point->set_as_int(value);
    point->set_time_unix_nano(9);
  }
  auto* histogram = scope->add_metrics()->mutable_histogram()->add_data_points();
  histogram->set_count(3);
  histogram->set_min(0);
  histogram->add_bucket_counts(1);
  histogram->add_bucket_counts(2);
  histogram->add_explicit_bounds(0.5);
  auto* exponential = scope->add_metrics()->mutable_exponential_histogram()->add_data_points();
  exponential->set_scale(-1);
  exponential->mutable_positive()->set_offset(-2);
  exponential->mutable_positive()->add_bucket_counts(4);
  auto* quantile = scope->add_metrics()->mutable_summary()->add_data_points()->add_quantile_values();
  quantile->set_quantile(0.5);
  quantile->set_value(2);
  scope->add_metrics()->mutable_gauge()->add_data_points()->add_exemplars()->set_as_double(1.5);
  scope->add_metrics();  // without data there is no record

  const auto points = decoded(Signal::metrics, request.SerializeAsString());
  ASSERT_EQ(points.size(), 6u);
  Json last = Json::parse(R"({"name": "requests", "unit": "1", "type": "sum", "aggregation_temporality": "CUMULATIVE",
    "is_monotonic": true, "value": 8, "attributes": {}, "time_unix_nano": 9, "resource": {"attributes": {}},
    "scope": {"name": "", "version": ""}})");
  EXPECT_EQ(points[1], last);
  last["value"] = 7;
  EXPECT_EQ(points[0], last);
  EXPECT_EQ(points[2]["type"], "histogram");
  EXPECT_EQ(points[2]["count"], 3);
  EXPECT_EQ(points[2]["min"], 0);
  EXPECT_FALSE(points[2].contains("sum"));
  EXPECT_EQ(points[2]["bucket_counts"], Json({1, 2}));
  EXPECT_EQ(points[2]["explicit_bounds"], Json::array({0.5}));
  EXPECT_EQ(points[3]["type"], "exponential_histogram");
  EXPECT_EQ(points[3]["scale"], -1);
  EXPECT_EQ(points[3]["positive"], Json::parse(R"({"offset": -2, "bucket_counts": [4]})"));
  EXPECT_EQ(points[4]["type"], "summary");
  EXPECT_EQ(points[4]["quantile_values"], Json::parse(R"([{"quantile": 0.5, "value": 2.0}])"));
  EXPECT_EQ(points[5]["type"], "gauge");
  EXPECT_EQ(points[5]["exemplars"][0]["value"], 1.5);
  EXPECT_FALSE(points[5].contains("value"));
}

TEST(Decode, PassesNothingOfARefusedBody) {
  const std::string body = wire::flask_span() + "\x0a";
  std::vector<Json> seen;
  const auto result =
      decode(Signal::traces, body, [&](std::size_t, Json fields) { seen.push_back(std::move(fields)); });
  ASSERT_FALSE(result);
  EXPECT_EQ(describe(result.error()), "byte 187, resource_spans[1]: the message ends within a length");
  EXPECT_THAT(seen, IsEmpty());
}

TEST(Decode, ShowsEveryItemOfRandomRequests) {
  for (const Signal signal : {Signal::traces, Signal::logs, Signal::metrics}) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      const std::string body = oracle::Generator(seed).message(signal)->SerializeAsString();
      for (const Json& fields : decoded(signal, body)) EXPECT_NO_THROW(fields.dump());
    }
  }
}

}  // namespace
}  // namespace understudy::otlp
