// Known inputs of husky's own tests and what Honeycomb makes of them, one test each, by letter.
#include "tests/honeycomb/events.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Vectors : public EventsRoom {
 protected:
  // The rows of one span as JSON in `member: value` form, below the service backend-flask.
  std::vector<StoredEvent> store_json(const json& span) {
    const json body = {
        {"resourceSpans",
         {{{"resource", {{"attributes", {{{"key", "service.name"}, {"value", {{"stringValue", "backend-flask"}}}}}}}},
           {"scopeSpans", {{{"spans", json::array({span})}}}}}}}};
    const auto reply = send(json_text(body.dump()));
    EXPECT_EQ(reply.status, 200) << body;
    return stored_of_last();
  }
};

// A span of a Flask backend, 187 bytes, made with protoc.
TEST_F(Vectors, A_ASpanOfFlask) {
  const std::string body = from_hex(
      "0ab8010a210a1f0a0c736572766963652e6e616d65120f0a0d6261636b656e642d666c61736b1292010a2d0a236f70656e74656c656d6574"
      "7"
      "2792e696e737472756d656e746174696f6e2e666c61736b1206302e3336623012610a105b8aa5a2d2c872e8321cf37308d69df2120805158"
      "1bf3cb55c132a142f6170692f616374697669746965732f686f6d65300239004859e3faeb6f1541a09b47f2faeb6f154a170a10687474702"
      "e7374617475735f636f6465120318c8017a00");
  ASSERT_EQ(body.size(), 187U);
  const auto reply = send(protobuf(body));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(header_of(reply, "Content-Type"), "application/x-protobuf");
  EXPECT_EQ(reply.body, "");
  const auto stored = stored_of_last();
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].dataset, "backend-flask");
  EXPECT_EQ(stored[0].time_ns, 1'544'712'660'000'000'000);
  EXPECT_EQ(stored[0].sample_rate, 1);
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

TEST_F(Vectors, B_DurationToTheNanosecond) {
  const auto stored =
      store_json({{"startTimeUnixNano", "1234567890123456789"}, {"endTimeUnixNano", "1234567890987654321"}});
  EXPECT_EQ(stored.at(0).fields["duration_ms"], 864.197532);
}

TEST_F(Vectors, C_AnEventAfterTheStart) {
  const auto stored = store_json(
      {{"startTimeUnixNano", 1'000'000'000}, {"events", {{{"timeUnixNano", 1'100'000'000}, {"name", "e"}}}}});
  EXPECT_EQ(stored.at(0).fields["meta.time_since_span_start_ms"], 100.0);
  EXPECT_FALSE(stored.at(0).fields.contains("meta.invalid_time_since_span_start"));
}

TEST_F(Vectors, D_AnEventBeforeTheStart) {
  const auto stored = store_json({{"startTimeUnixNano", 1'000'000'000}, {"events", {{{"timeUnixNano", 1}}}}});
  EXPECT_EQ(stored.at(0).fields["meta.time_since_span_start_ms"], 0.0);
  EXPECT_EQ(stored.at(0).fields["meta.invalid_time_since_span_start"], true);
}

TEST_F(Vectors, E_AnEmptySpan) {
  const auto stored = store_json(json::object());
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].time_ns, 0);
  EXPECT_EQ(json(stored[0].fields), json({{"service.name", "backend-flask"},
                                          {"trace.trace_id", ""},
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

TEST_F(Vectors, F_OneKeyOnThreeLevels) {
  const auto stored = store_span([](Span& span, auto& scope, auto& group) {
    attribute(*group.mutable_resource(), "level").set_string_value("resource");
    attribute(scope, "level").set_string_value("scope");
    attribute(span, "level").set_string_value("span");
    attribute(*span.add_events(), "level").set_string_value("event");
    span.add_events();
  });
  ASSERT_THAT(stored, SizeIs(3));
  EXPECT_EQ(stored[0].fields["level"], "event");
  EXPECT_EQ(stored[1].fields["level"], "scope");
  EXPECT_EQ(stored[2].fields["level"], "span");
}

TEST_F(Vectors, G_TheResourcesRateBeatsTheTraceState) {
  for (const bool by_attribute : {true, false}) {
    const auto stored = store_span([&](Span& span, auto&, auto& group) {
      if (by_attribute) attribute(*group.mutable_resource(), "sampleRate").set_int_value(10);
      span.set_trace_state("ot=th:db6db6db6db6dc");  // one of 7
      span.add_events();
      span.add_links();
    });
    ASSERT_THAT(stored, SizeIs(3));
    for (const StoredEvent& event : stored) EXPECT_EQ(event.sample_rate, by_attribute ? 10 : 7) << event.kind;
  }
}

TEST_F(Vectors, H_AnErrorWithExceptionAndLink) {
  const auto stored =
      store_json({{"status", {{"code", 2}, {"message", "boom"}}},
                  {"events",
                   {{{"name", "exception"},
                     {"attributes", {{{"key", "exception.message"}, {"value", {{"stringValue", "went wrong"}}}}}}}}},
                  {"links", {{{"traceId", "000102030405060708090a0b0c0d0e0f"}, {"spanId", "0001020304050607"}}}}});
  ASSERT_THAT(stored, SizeIs(3));
  for (const StoredEvent& event : stored) EXPECT_EQ(event.fields["error"], true) << event.kind;
  EXPECT_EQ(stored[2].fields["status_message"], "boom");
  EXPECT_EQ(stored[2].fields["exception.message"], "went wrong");
}

TEST_F(Vectors, I_TwoExceptions) {
  const auto stored = store_span([](Span& span) {
    for (const auto* message : {"first", "second"}) {
      auto& event = *span.add_events();
      event.set_name("exception");
      attribute(event, "exception.message").set_string_value(message);
    }
  });
  ASSERT_THAT(stored, SizeIs(3));
  EXPECT_EQ(stored[0].fields["exception.message"], "first");
  EXPECT_EQ(stored[1].fields["exception.message"], "second");
  EXPECT_EQ(stored[2].fields["exception.message"], "first");
}

TEST_F(Vectors, J_NoEscapesOfHtmlInArrays) {
  const auto stored = store_span(
      [](Span& span) { attribute(span, "list").mutable_array_value()->add_values()->set_string_value("<b>"); });
  EXPECT_EQ(stored.at(0).fields["list"], "[\"<b>\"]\n");
}

TEST_F(Vectors, K_TwoResourcesOfOneService) {
  TraceRequest request;
  add_spans(request, "backend-flask");
  add_spans(request, "backend-flask");
  ASSERT_EQ(send(protobuf(request.SerializeAsString())).status, 200);
  const auto stored = stored_of_last();
  ASSERT_THAT(stored, SizeIs(2));
  for (const StoredEvent& event : stored) EXPECT_EQ(event.dataset, "backend-flask");
}

TEST_F(Vectors, L_EnumerationsByNumberAndByName) {
  for (const json& kind : {json(2), json("SPAN_KIND_SERVER")}) {
    EXPECT_EQ(store_json({{"kind", kind}}).at(0).fields["span.kind"], "server");
  }
  for (const json& code : {json(2), json("STATUS_CODE_ERROR")}) {
    EXPECT_EQ(store_json({{"status", {{"code", code}}}}).at(0).fields["status_code"], 2);
  }
  const auto unknown = store_json({{"kind", "SPAN_KIND_OTHER"}, {"status", {{"code", "STATUS_CODE_OTHER"}}}});
  EXPECT_EQ(unknown.at(0).fields["span.kind"], "unspecified");
  EXPECT_EQ(unknown.at(0).fields["status_code"], 0);
}

TEST_F(Vectors, M_EmptyBodies) {
  EXPECT_EQ(send(protobuf("")).status, 200);
  EXPECT_THAT(last_entry().effect, IsEmpty());
  EXPECT_EQ(send(json_text("{}")).body, "{}");
  EXPECT_THAT(last_entry().effect, IsEmpty());
  EXPECT_EQ(send(json_text("")).status, 400);
}

TEST_F(Vectors, N_AnEmptyParentIsNone) {
  for (const auto* translator : {"direct", "classic"}) {
    settings({{"trace_translator", translator}});
    EXPECT_FALSE(store_json({{"parentSpanId", ""}}).at(0).fields.contains("trace.parent_id")) << translator;
  }
}

}  // namespace
}  // namespace understudy::honeycomb
