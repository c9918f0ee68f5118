// What Honeycomb stores of a span, its events and its links.
#include <cmath>
#include <limits>

#include "tests/honeycomb/events.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::json;
using ::testing::SizeIs;

using AnyValueMessage = opentelemetry::proto::common::v1::AnyValue;

class SpanEvents : public EventsRoom {
 protected:
  void use_classic() { settings({{"trace_translator", "classic"}}); }
};

// One span of a Flask backend, 187 bytes, made with protoc.
constexpr std::string_view flask_span_hex =
    "0ab8010a210a1f0a0c736572766963652e6e616d65120f0a0d6261636b656e642d666c61736b1292010a2d0a236f70656e74656c656d657472"
    "792e696e737472756d656e746174696f6e2e666c61736b1206302e3336623012610a105b8aa5a2d2c872e8321cf37308d69df2120805158"
    "1bf3cb55c132a142f6170692f616374697669746965732f686f6d65300239004859e3faeb6f1541a09b47f2faeb6f154a170a10687474702e"
    "7374617475735f636f6465120318c8017a00";

TEST_F(SpanEvents, EveryFieldOfOneSpan) {
  for (const auto* translator : {"direct", "classic"}) {
    settings({{"trace_translator", translator}});
    send(protobuf(from_hex(flask_span_hex)));
    const auto stored = stored_of_last();
    ASSERT_THAT(stored, SizeIs(1));
    EXPECT_EQ(stored[0].dataset, "backend-flask");
    EXPECT_EQ(stored[0].time_ns, 1'544'712'660'000'000'000);
    EXPECT_EQ(stored[0].sample_rate, 1);
    EXPECT_EQ(stored[0].kind, "span");
    EXPECT_EQ(json(stored[0].fields), json({{"service.name", "backend-flask"},
                                            {"library.name", "opentelemetry.instrumentation.flask"},
                                            {"library.version", "0.36b0"},
                                            {"telemetry.instrumentation_library", true},
                                            {"trace.trace_id", "5b8aa5a2d2c872e8321cf37308d69df2"},
                                            {"trace.span_id", "051581bf3cb55c13"},
                                            {"name", "/api/activities/home"},
                                            {"type", "server"},
                                            {"span.kind", "server"},
                                            {"duration_ms", 250.5},
                                            {"status_code", 0},
                                            {"span.num_events", 0},
                                            {"span.num_links", 0},
                                            {"meta.signal_type", "trace"},
                                            {"http.status_code", 200}}));
  }
}

TEST_F(SpanEvents, WhollyEmptySpan) {
  TraceRequest request;
  request.add_resource_spans()->add_scope_spans()->add_spans();
  send(protobuf(request.SerializeAsString()));
  const auto stored = stored_of_last();
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].dataset, "unknown_service");
  EXPECT_EQ(stored[0].time_ns, 0);
  EXPECT_EQ(json(stored[0].fields), json({{"trace.trace_id", ""},
                                          {"trace.span_id", ""},
                                          {"name", ""},
                                          {"type", "unspecified"},
                                          {"span.kind", "unspecified"},
                                          {"duration_ms", 0.0},
                                          {"status_code", 0},
                                          {"span.num_events", 0},
                                          {"span.num_links", 0},
                                          {"meta.signal_type", "trace"}}));
}

TEST_F(SpanEvents, RareFieldsOfASpan) {
  const auto stored = store_span([](Span& span, auto& scope, auto& group) {
    span.set_parent_span_id("parent01");
    span.set_trace_state("vendor=1");
    span.set_kind(Span::SPAN_KIND_CONSUMER);
    span.mutable_status()->set_code(opentelemetry::proto::trace::v1::Status::STATUS_CODE_ERROR);
    span.mutable_status()->set_message("boom");
    span.set_flags(257);
    span.set_dropped_attributes_count(3);
    scope.set_version("1.2");
    attribute(scope, "scope.color").set_string_value("red");
    group.set_schema_url("https://opentelemetry.io/schemas/1.11.0");
    group.mutable_scope_spans(0)->set_schema_url("https://opentelemetry.io/schemas/1.12.0");
  });
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(json(stored[0].fields), json({{"trace.trace_id", "30313233343536373839616263646566"},
                                          {"trace.span_id", "7370616e30303030"},
                                          {"trace.parent_id", "706172656e743031"},
                                          {"trace.trace_state", "vendor=1"},
                                          {"name", "home-activities-mock-data"},
                                          {"type", "consumer"},
                                          {"span.kind", "consumer"},
                                          {"duration_ms", 250.5},
                                          {"status_code", 2},
                                          {"status_message", "boom"},
                                          {"error", true},
                                          {"span.num_events", 0},
                                          {"span.num_links", 0},
                                          {"meta.signal_type", "trace"},
                                          {"service.name", "backend-flask"},
                                          {"library.name", "home.activities"},
                                          {"library.version", "1.2"},
                                          {"scope.color", "red"},
                                          {"resource.schema_url", "https://opentelemetry.io/schemas/1.11.0"},
                                          {"scope.schema_url", "https://opentelemetry.io/schemas/1.12.0"}}));
}

TEST_F(SpanEvents, UnknownNumbersOfKindAndStatus) {
  const auto stored = store_span([](Span& span) {
    span.set_kind(static_cast<Span::SpanKind>(77));
    span.mutable_status()->set_code(static_cast<opentelemetry::proto::trace::v1::Status::StatusCode>(9));
  });
  EXPECT_EQ(stored.at(0).fields["span.kind"], "unspecified");
  EXPECT_EQ(stored.at(0).fields["status_code"], 0);
}

TEST_F(SpanEvents, LibraryPrefixes) {
  for (const auto* name :
       {"io.opentelemetry.tomcat-10", "opentelemetry.instrumentation.requests",
        "go.opentelemetry.io/contrib/instrumentation/net/http", "@opentelemetry/instrumentation-http",
        "@honeycombio/opentelemetry-web", "io.opentelemetry.contrib.php.slim"}) {
    const auto stored = store_span([&](Span&, auto& scope, auto&) { scope.set_name(name); });
    EXPECT_EQ(stored.at(0).fields["telemetry.instrumentation_library"], true) << name;
  }
  const auto stored = store_span([](Span&, auto& scope, auto&) { scope.set_name("my.opentelemetry.instrumentation"); });
  EXPECT_FALSE(stored.at(0).fields.contains("telemetry.instrumentation_library"));
}

struct Times {
  std::uint64_t start;
  std::uint64_t end;
  double direct_ms;
  bool invalid;
  double classic_ms;
};

TEST_F(SpanEvents, Durations) {
  constexpr Times rows[] = {
      {1234567890123456789, 1234567890987654321, 864.197532, false, 864.197532},
      {2'000'000, 1'000'000, 0, true, 18446744073708.551},
      {0, 1'000'000, 0, false, 1},
      {1'000'000, 0, 0, false, 18446744073708.551},
      {7, 7, 0, false, 0},
  };
  for (const bool classic : {false, true}) {
    if (classic) use_classic();
    for (const Times& row : rows) {
      const auto stored = store_span([&](Span& span) {
        span.set_start_time_unix_nano(row.start);
        span.set_end_time_unix_nano(row.end);
      });
      EXPECT_DOUBLE_EQ(stored.at(0).fields["duration_ms"].get<double>(), classic ? row.classic_ms : row.direct_ms);
      EXPECT_EQ(stored.at(0).fields.contains("meta.invalid_duration"), !classic && row.invalid);
    }
  }
}

TEST_F(SpanEvents, TimesBeyondTheRangeAreClamped) {
  const auto stored =
      store_span([](Span& span) { span.set_start_time_unix_nano(std::numeric_limits<std::uint64_t>::max()); });
  EXPECT_EQ(stored.at(0).time_ns, std::numeric_limits<std::int64_t>::max());
}

TEST_F(SpanEvents, EventsAndLinksAreRowsOfTheirOwnBeforeTheSpan) {
  const auto stored = store_span([](Span& span, auto& scope, auto&) {
    scope.set_version("1.0");
    span.mutable_status()->set_code(opentelemetry::proto::trace::v1::Status::STATUS_CODE_ERROR);
    span.mutable_status()->set_message("boom");
    auto& event = *span.add_events();
    event.set_name("exception");
    event.set_time_unix_nano(span.start_time_unix_nano() + 100'000'000);
    attribute(event, "exception.type").set_string_value("NameError");
    attribute(event, "exception.message").set_string_value("name 'x' is not defined");
    attribute(event, "exception.escaped").set_string_value("False");
    auto& link = *span.add_links();
    link.set_trace_id(std::string("\0\0\0\0\0\0\0\0\x1a\x2b\x3c\x4d\x5e\x6f\x70\x89", 16));
    link.set_span_id("linked01");
    link.set_trace_state("not=stored");
    attribute(link, "color").set_string_value("red");
  });
  ASSERT_THAT(stored, SizeIs(3));
  const json common = {{"trace.trace_id", "30313233343536373839616263646566"},
                       {"meta.signal_type", "trace"},
                       {"error", true},
                       {"service.name", "backend-flask"},
                       {"library.name", "home.activities"},
                       {"library.version", "1.0"}};
  const auto with_common = [&](json fields) {
    fields.update(common);
    return fields;
  };
  EXPECT_EQ(stored[0].kind, "span_event");
  EXPECT_EQ(stored[0].time_ns, 1'677'000'000'100'000'000);
  EXPECT_EQ(json(stored[0].fields), with_common({{"trace.parent_id", "7370616e30303030"},
                                                 {"name", "exception"},
                                                 {"parent_name", "home-activities-mock-data"},
                                                 {"meta.annotation_type", "span_event"},
                                                 {"meta.time_since_span_start_ms", 100.0},
                                                 {"exception.type", "NameError"},
                                                 {"exception.message", "name 'x' is not defined"},
                                                 {"exception.escaped", "False"}}));
  EXPECT_EQ(stored[1].kind, "link");
  EXPECT_EQ(stored[1].time_ns, 1'677'000'000'000'000'000);
  EXPECT_EQ(json(stored[1].fields), with_common({{"trace.parent_id", "7370616e30303030"},
                                                 {"trace.link.trace_id", "1a2b3c4d5e6f7089"},
                                                 {"trace.link.span_id", "6c696e6b65643031"},
                                                 {"parent_name", "home-activities-mock-data"},
                                                 {"meta.annotation_type", "link"},
                                                 {"color", "red"}}));
  EXPECT_EQ(stored[2].kind, "span");
  EXPECT_EQ(json(stored[2].fields), with_common({{"trace.span_id", "7370616e30303030"},
                                                 {"name", "home-activities-mock-data"},
                                                 {"type", "unspecified"},
                                                 {"span.kind", "unspecified"},
                                                 {"duration_ms", 250.5},
                                                 {"status_code", 2},
                                                 {"status_message", "boom"},
                                                 {"span.num_events", 1},
                                                 {"span.num_links", 1},
                                                 {"exception.type", "NameError"},
                                                 {"exception.message", "name 'x' is not defined"}}));
  for (const StoredEvent& event : stored) EXPECT_EQ(event.origin, 0U);
}

TEST_F(SpanEvents, EventBeforeItsSpan) {
  const auto stored = store_span([](Span& span) { span.add_events()->set_name("early"); });
  EXPECT_EQ(stored.at(0).fields["meta.time_since_span_start_ms"], 0.0);
  EXPECT_EQ(stored.at(0).fields["meta.invalid_time_since_span_start"], true);
  EXPECT_EQ(stored.at(0).time_ns, 0);
}

TEST_F(SpanEvents, TwoExceptions) {
  const auto edit = [](Span& span) {
    attribute(span, "exception.type").set_string_value("the span's own");
    for (const auto* text : {"first", "second"}) {
      auto& event = *span.add_events();
      event.set_name("exception");
      attribute(event, "exception.message").set_string_value(text);
      attribute(event, "exception.type").set_string_value(text);
      if (text == std::string_view("second")) {
        attribute(event, "exception.stacktrace").set_string_value("at line 1");
        attribute(event, "exception.escaped").set_string_value("False");
      }
    }
  };
  auto stored = store_span(edit);
  ASSERT_THAT(stored, SizeIs(3));
  EXPECT_EQ(stored[1].fields["exception.message"], "second");
  EXPECT_EQ(stored[2].fields["exception.type"], "the span's own");
  EXPECT_EQ(stored[2].fields["exception.message"], "first");
  EXPECT_FALSE(stored[2].fields.contains("exception.stacktrace"));
  EXPECT_FALSE(stored[2].fields.contains("exception.escaped"));
  use_classic();
  stored = store_span(edit);
  EXPECT_EQ(stored[2].fields["exception.message"], "first");
  EXPECT_EQ(stored[2].fields["exception.stacktrace"], "at line 1");
  EXPECT_EQ(stored[2].fields["exception.escaped"], false);
}

// Item over what Honeycomb makes, over scope, over resource; the classic one puts its own fields lowest.
TEST_F(SpanEvents, Layers) {
  const auto edit = [](Span& span, auto& scope, auto& group) {
    auto& event = *span.add_events();
    event.set_name("e");
    span.mutable_status()->set_code(opentelemetry::proto::trace::v1::Status::STATUS_CODE_ERROR);
    for (const auto* key : {"a", "b", "c", "type"})
      attribute(*group.mutable_resource(), key).set_string_value("resource");
    for (const auto* key : {"a", "b"}) attribute(scope, key).set_string_value("scope");
    attribute(span, "a").set_string_value("span");
    attribute(span, "duration_ms").set_int_value(7);
    attribute(span, "name").set_string_value("from an attribute");
    attribute(event, "a").set_string_value("event");
    attribute(event, "error").set_string_value("no");
  };
  auto stored = store_span(edit);
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_EQ(stored[0].fields["a"], "event");
  EXPECT_EQ(stored[0].fields["b"], "scope");
  EXPECT_EQ(stored[0].fields["c"], "resource");
  EXPECT_EQ(stored[0].fields["error"], "no");
  EXPECT_EQ(stored[1].fields["a"], "span");
  EXPECT_EQ(stored[1].fields["b"], "scope");
  EXPECT_EQ(stored[1].fields["c"], "resource");
  EXPECT_EQ(stored[1].fields["type"], "unspecified");
  EXPECT_EQ(stored[1].fields["duration_ms"], 7);
  EXPECT_EQ(stored[1].fields["name"], "from an attribute");
  use_classic();
  stored = store_span(edit);
  EXPECT_EQ(stored[0].fields["error"], true);
  EXPECT_EQ(stored[1].fields["type"], "resource");
  EXPECT_EQ(stored[1].fields["duration_ms"], 7);
}

TEST_F(SpanEvents, DuplicateKeys) {
  const auto edit = [](Span& span) {
    attribute(span, "twice").set_int_value(1);
    attribute(span, "twice").set_int_value(2);
  };
  EXPECT_EQ(store_span(edit).at(0).fields["twice"], 1);
  use_classic();
  EXPECT_EQ(store_span(edit).at(0).fields["twice"], 2);
}

TEST_F(SpanEvents, LinkWithoutIds) {
  const auto link_fields = [&] { return store_span([](Span& span) { span.add_links(); }).at(0).fields; };
  EXPECT_FALSE(link_fields().contains("trace.link.trace_id"));
  EXPECT_FALSE(link_fields().contains("trace.link.span_id"));
  use_classic();
  EXPECT_EQ(link_fields()["trace.link.trace_id"], "");
  EXPECT_EQ(link_fields()["trace.link.span_id"], "");
}

TEST_F(SpanEvents, ParentThatIsThereAndEmpty) {
  // {resource_spans: {scope_spans: {spans: {parent_span_id: ""}}}}
  const std::string body = from_hex("0a06120412022200");
  send(protobuf(body));
  EXPECT_FALSE(stored_of_last().at(0).fields.contains("trace.parent_id"));
  use_classic();
  send(protobuf(body));
  EXPECT_EQ(stored_of_last().at(0).fields["trace.parent_id"], "");
}

struct Id {
  std::string_view sent;
  std::string_view trace;
  std::string_view span;
};

TEST_F(SpanEvents, Ids) {
  using namespace std::string_view_literals;
  constexpr Id rows[] = {
      {"\0\0\0\0\0\0\0\0\x1a\x2b\x3c\x4d\x5e\x6f\x70\x89"sv, "1a2b3c4d5e6f7089", "00000000000000001a2b3c4d5e6f7089"},
      {"\x1a\x2b\x3c\x4d\x5e\x6f\x70\x89", "1a2b3c4d5e6f7089", "1a2b3c4d5e6f7089"},
      {"", "", ""},
      {"abc", "616263", "616263"},
  };
  for (const Id& row : rows) {
    const auto stored = store_span([&](Span& span) {
      span.set_trace_id(std::string(row.sent));
      span.set_span_id(std::string(row.sent));
    });
    EXPECT_EQ(stored.at(0).fields["trace.trace_id"], row.trace);
    EXPECT_EQ(stored.at(0).fields["trace.span_id"], row.span);
  }
}

// A stock protobuf library takes the hex of JSON for base64.
TEST_F(SpanEvents, IdsThatWereReadAsBase64) {
  const auto stored = store_span([](Span& span) {
    span.set_trace_id(from_hex("e5bf1a6b96b677673cef67bcdf6d5c7f7ef7d3c77af5d7f6"));  // 32 hex digits, read as base64
    span.set_span_id(from_hex("d39d79f356dfddc6f9e5cd77"));
  });
  EXPECT_EQ(stored.at(0).fields["trace.trace_id"], "5b8aa5a2d2c872e8321cf37308d69df2");
  EXPECT_EQ(stored.at(0).fields["trace.span_id"], "051581bf3cb55c13");
}

}  // namespace
}  // namespace understudy::honeycomb
