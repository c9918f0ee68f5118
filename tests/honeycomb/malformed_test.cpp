// Bodies that no OTLP exporter should send, over each transport: Honeycomb's reply, a finding, and nothing stored.
#include "base/content_coding.h"
#include "otlp/schema.h"
#include "otlp/trace_service.pb.h"
#include "tests/honeycomb/events.h"

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// google.rpc.Status with the message alone.
constexpr std::string_view unparsable_protobuf =
    "\x12\x21"
    "failed to parse OTLP request body";
constexpr std::string_view unparsable_json = R"({"message":"failed to parse OTLP request body"})";
constexpr std::string_view unparsable_grpc =
    "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data";

class Malformed : public EventsRoom {
 protected:
  void expect_refused_protobuf(const std::string& body, std::string_view what) {
    const auto reply = send(protobuf(body));
    EXPECT_EQ(reply.status, 400) << what;
    EXPECT_EQ(reply.body, unparsable_protobuf) << what;
    expect_nothing_but("honeycomb.body.unparsable", what);
    const auto rpc = send(grpc(body));
    EXPECT_EQ(rpc.grpc_status, 13) << what;
    EXPECT_EQ(rpc.grpc_message, unparsable_grpc) << what;
    expect_nothing_but("honeycomb.body.unparsable", what);
  }
  void expect_refused_json(const std::string& body, std::string_view what) {
    const auto reply = send(json_text(body));
    EXPECT_EQ(reply.status, 400) << what;
    EXPECT_EQ(reply.body, unparsable_json) << what;
    EXPECT_EQ(header_of(reply, "Content-Type"), "application/json") << what;
    expect_nothing_but("honeycomb.body.unparsable", what);
  }
  void expect_nothing_but(std::string_view rule, std::string_view what) {
    EXPECT_THAT(found(), ElementsAre(rule)) << what;
    EXPECT_THAT(last_entry().effect, IsEmpty()) << what;
    EXPECT_THAT(records_of_last(), IsEmpty()) << what;
    EXPECT_THAT(stored_of_last(), IsEmpty()) << what;
  }
};

std::string whole_request() {
  TraceRequest request;
  auto& group = add_spans(request, "backend-flask");
  auto& span = *group.mutable_scope_spans(0)->mutable_spans(0);
  attribute(span, "app.result_length").set_int_value(3);
  span.add_events()->set_name("Did it!");
  span.add_links()->set_trace_id("0123456789abcdef");
  return request.SerializeAsString();
}

// Where a cut body is a request still, it is one; everywhere else it is refused. libprotobuf is the judge.
TEST_F(Malformed, ProtobufCutAnywhere) {
  const std::string whole = whole_request();
  int taken = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    if (TraceRequest().ParseFromString(cut)) {
      EXPECT_EQ(send(protobuf(cut)).status, 200) << size;
      ++taken;
    } else {
      expect_refused_protobuf(cut, fmt::format("cut at {}", size));
    }
  }
  EXPECT_EQ(taken, 2);  // nothing and all: it is one group
}

TEST_F(Malformed, JsonCutAnywhere) {
  const std::string whole = R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":)"
                            R"({"stringValue":"backend"}}]},"scopeSpans":[{"spans":[{"name":"a","kind":2}]}]}]})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    expect_refused_json(whole.substr(0, size), fmt::format("cut at {}", size));
  }
  EXPECT_EQ(send(json_text(whole)).status, 200);
  EXPECT_EQ(stored_of_last().at(0).fields["span.kind"], "server");
}

TEST_F(Malformed, CompressedBodiesCutAnywhere) {
  const std::string whole = gzip(whole_request());
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const auto reply = send(protobuf(whole.substr(0, size)).with("Content-Encoding", "gzip"));
    EXPECT_EQ(reply.status, 400) << size;
    EXPECT_EQ(reply.body, unparsable_protobuf) << size;
    expect_nothing_but("honeycomb.body.damaged", "gzip");
  }
}

struct Bytes {
  std::string_view what;
  std::string_view hex;
};

TEST_F(Malformed, ProtobufThatIsNone) {
  constexpr Bytes rows[] = {
      {"a field with number 0", "0200"},
      {"wire type 6", "0e"},
      {"wire type 7", "0f"},
      {"an end of a group that did not begin", "0c"},
      {"a group without its end", "0b"},
      {"a varint of eleven bytes", "08ffffffffffffffffffff01"},
      {"a length beyond the body", "0a7f"},
      {"a length beyond 2 GiB", "0affffffff0f"},
      {"a length in six bytes", "0a8080808080010a"},
      {"a fixed64 of seven bytes", "0100000000000000"},
      {"a name that is not UTF-8",
       "0a0812061204"
       "2a02"
       "c328"},
      {"an overlong NUL",
       "0a0812061204"
       "2a02"
       "c080"},
      {"half a surrogate pair",
       "0a0912071205"
       "2a03"
       "eda080"},
  };
  for (const Bytes& row : rows) expect_refused_protobuf(from_hex(row.hex), row.what);
}

// A field of another wire type than its own is an unknown field, and those are skipped. [code: protobuf]
TEST_F(Malformed, WrongWireTypesAreUnknownFields) {
  constexpr Bytes rows[] = {
      {"resource_spans as a varint", "0801"},
      {"a name as a varint", "0a06120412022801"},
      {"a start time as a varint", "0a06120412023801"},
      {"an unknown field", "9a0603616263"},
      {"a known field behind an unknown group", "0b0c"},
  };
  for (const Bytes& row : rows) {
    EXPECT_EQ(send(protobuf(from_hex(row.hex))).status, 200) << row.what;
    EXPECT_TRUE(TraceRequest().ParseFromString(from_hex(row.hex))) << row.what;
  }
}

struct Text {
  std::string_view what;
  std::string_view body;
};

TEST_F(Malformed, JsonThatIsNone) {
  constexpr Text rows[] = {
      {"no JSON", "resourceSpans"},
      {"a list", "[]"},
      {"a text", "\"{}\""},
      {"null", "null"},
      {"a byte order mark", "\xEF\xBB\xBF{}"},
      {"something behind", "{} {}"},
      {"a trailing comma", R"({"resourceSpans":[],})"},
      {"single quotes", "{'resourceSpans':[]}"},
      {"an object for a list", R"({"resourceSpans":{}})"},
      {"a number for an object", R"({"resourceSpans":[7]})"},
      {"a number for a text", R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"name":7}]}]}]})"},
      {"a text for a number", R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"soon"}]}]}]})"},
      {"a fraction for a time", R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":1.5}]}]}]})"},
      {"an id that is neither hex nor base64", R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"*"}]}]}]})"},
      {"text that is not UTF-8", "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"name\":\"\xff\"}]}]}]}"},
      {"half a surrogate pair", R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"\ud800"}]}]}]})"},
      {"a control character", "{\"resourceSpans\":[{\"schemaUrl\":\"\x01\"}]}"},
  };
  for (const Text& row : rows) expect_refused_json(std::string(row.body), row.what);
}

// AnyValue in ArrayValue in AnyValue ...: as many messages within each other.
std::string nested_value(int depth) {
  std::string value;
  for (int i = 0; i < depth / 2; ++i) {
    for (const std::string_view tag : {"\x0a", "\x2a"}) {  // ArrayValue.values, AnyValue.array_value
      std::string size;
      for (std::size_t rest = value.size(); size.empty() || rest > 0; rest >>= 7) {
        size += static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
      }
      value = std::string(tag) + size + value;
    }
  }
  return value;
}

std::string request_with_value(const std::string& any_value) {
  TraceRequest request;
  auto& span = *add_spans(request, "backend-flask").mutable_scope_spans(0)->mutable_spans(0);
  std::string attribute =
      "\x0a\x01"
      "a\x12";
  for (std::size_t rest = any_value.size(), first = 1; first == 1 || rest > 0; rest >>= 7, first = 0) {
    attribute += static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  }
  attribute += any_value;
  // KeyValue is read as an unknown field, so that libprotobuf writes it as it is.
  span.GetReflection()->MutableUnknownFields(&span)->AddLengthDelimited(9, attribute);
  return request.SerializeAsString();
}

TEST_F(Malformed, DepthBombs) {
  EXPECT_EQ(send(protobuf(request_with_value(nested_value(80)))).status, 200);
  EXPECT_EQ(stored_of_last().at(0).fields["a"].get<std::string>().substr(0, 41), std::string(40, '[') + "n");
  expect_refused_protobuf(request_with_value(nested_value(120)), "120 levels");
  expect_refused_protobuf(request_with_value(nested_value(10'000)), "10,000 levels");
  expect_refused_protobuf(std::string(100'000, '\x0b'), "groups");
  expect_refused_json(std::string(100'000, '['), "lists");
  std::string json = R"({"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":)";
  for (int i = 0; i < 200; ++i) json += R"({"arrayValue":{"values":[)";
  expect_refused_json(json, "values, not closed");
  json += "{}";
  for (int i = 0; i < 200; ++i) json += "]}}";
  expect_refused_json(json + "}]}}]}", "values");
}

// Odd, and taken.

TEST_F(Malformed, IdsOfTheWrongLengthAreStoredAsTheyAre) {
  for (const std::size_t size : {0, 1, 7, 15, 17, 33}) {
    const auto stored = store_span([&](Span& span) {
      span.set_trace_id(std::string(size, '\x11'));
      span.set_span_id(std::string(size, '\x11'));
    });
    ASSERT_THAT(stored, SizeIs(1));
    EXPECT_EQ(stored[0].fields["trace.trace_id"].get<std::string>().size(), 2 * size);
  }
}

TEST_F(Malformed, ManyAttributesAndLongTexts) {
  const auto stored = store_span([&](Span& span) {
    for (int i = 0; i < 10'000; ++i) attribute(span, fmt::format("k{}", i)).set_string_value("v");
    attribute(span, "long").set_string_value(std::string(64 * 1024, 'x'));
    span.set_name(std::string(64 * 1024, 'n'));
  });
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].fields["long"].get<std::string>().size(), 65536U);
  EXPECT_EQ(stored[0].fields["name"].get<std::string>().size(), 65536U);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Malformed, JsonThatIsLenient) {
  constexpr std::string_view body =
      R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","kind":"SPAN_KIND_CLIENT",
      "startTimeUnixNano":1677000000000000000,"endTimeUnixNano":"1677000000250500000","unknown":{"a":[1]},
      "traceId":"0AF7651916CD43DD8448EB211C80319C","parentSpanId":"","status":{"code":"STATUS_CODE_ERROR"},
      "attributes":[{"key":"n","value":{"intValue":"3"}},{"key":"d","value":{"doubleValue":"NaN"}},
                    {"key":"b","value":{"bytesValue":"AQI="}}]}]}]}]})";
  EXPECT_EQ(send(json_text(body)).status, 200);
  const auto stored = stored_of_last();
  ASSERT_THAT(stored, SizeIs(1));
  const auto& fields = stored[0].fields;
  EXPECT_EQ(fields["span.kind"], "client");
  EXPECT_EQ(fields["duration_ms"], 250.5);
  EXPECT_EQ(fields["status_code"], 2);
  EXPECT_EQ(fields["trace.trace_id"], "0af7651916cd43dd8448eb211c80319c");
  EXPECT_FALSE(fields.contains("trace.parent_id"));
  EXPECT_EQ(fields["n"], 3);
  EXPECT_TRUE(fields["d"].is_number_float());
  EXPECT_EQ(fields["b"], "\"AQI=\"\n");
}

// The direct translator knows the names of the specification alone; protojson, which reads all else, takes both.
TEST_F(Malformed, JsonInSnakeCase) {
  constexpr std::string_view spans = R"({"resource_spans":[{"scope_spans":[{"spans":[{"span_id":"ab"}]}]}]})";
  EXPECT_EQ(send(json_text(spans)).status, 200);
  EXPECT_THAT(last_entry().effect, IsEmpty());
  EXPECT_THAT(found(), ElementsAre("honeycomb.json.snake-case"));
  EXPECT_EQ(last_entry().findings[0].place, "resource_spans");
  EXPECT_EQ(send(json_text(R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"span_id":"ab","name":"n"}]}]}]})")).status,
            200);
  EXPECT_EQ(stored_of_last().at(0).fields["trace.span_id"], "");
  EXPECT_EQ(last_entry().findings.back().place, "resourceSpans[0].scopeSpans[0].spans[0].span_id");
  EXPECT_EQ(send(json_text(R"({"resource_logs":[{"scope_logs":[{"log_records":[{"span_id":"ab"}]}]}]})").to("/v1/logs"))
                .status,
            200);
  EXPECT_EQ(stored_of_last().at(0).fields["trace.parent_id"], "ab");
  settings({{"trace_translator", "classic"}});
  EXPECT_EQ(send(json_text(spans)).status, 200);
  EXPECT_EQ(stored_of_last().at(0).fields["trace.span_id"], "ab");
}

}  // namespace
}  // namespace understudy::honeycomb
