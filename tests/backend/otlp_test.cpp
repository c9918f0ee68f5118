// Spans: their bytes, their context, and what becomes of a batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "backend/telemetry/otlp_encoder.h"
#include "backend/telemetry/otlp_reply.h"
#include "backend/telemetry/span_export.h"
#include "backend/text.h"
#include "tests/backend/support.h"

namespace cruddur::telemetry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string hex(const std::string& bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

SpanContext context(std::uint8_t trace, std::uint8_t span) {
  SpanContext context;
  context.trace_id.fill(trace);
  context.span_id.fill(span);
  context.is_sampled = true;
  return context;
}

TEST(OtlpEncoder, writes_these_bytes) {
  auto span = std::make_shared<SpanData>();
  span->name = "home";
  span->kind = SpanKind::server;
  span->context = context(0x11, 0x22);
  span->parent = context(0x11, 0x33);
  span->parent->is_remote = true;
  span->start_time_unix_nano = 1;
  span->end_time_unix_nano = 0x0102030405060708;
  span->attributes = {{"i", std::int64_t{-1}}, {"b", false}};
  span->scope = {"s", ""};
  span->status = StatusCode::error;
  span->status_message = "no";
  const std::string expected =
      "0a8101"  // resource_spans
      "0a0d"
      "0a0b0a016b12060a04"
      "7a7a7a7a"  // resource { k: "zzzz" }
      "1270"      // scope_spans
      "0a03"
      "0a0173"  // scope { name: s }
      "1269"    // span
      "0a10"
      "11111111111111111111111111111111"  // trace_id
      "1208"
      "2222222222222222"  // span_id
      "2208"
      "3333333333333333"  // parent_span_id
      "2a04"
      "686f6d65"            // name
      "3002"                // kind
      "390100000000000000"  // start
      "410807060504030201"  // end
      "4a10"
      "0a0169"
      "120b"
      "18ffffffffffffffffff01"  // attribute i: -1
      "4a07"
      "0a0162"
      "1202"
      "1000"  // attribute b: false
      "7a06"
      "12026e6f"
      "1802"           // status
      "850101030000";  // flags: sampled, remote parent
  const Attributes resource{{"k", "zzzz"}};
  const std::vector<SpanPointer> spans{span};
  EXPECT_EQ(hex(encode_export_request(resource, spans)), expected);
}

TEST(OtlpEncoder, groups_spans_by_scope_and_mends_text_that_is_no_utf8) {
  const auto named = [](std::string name, std::string scope) {
    auto span = std::make_shared<SpanData>();
    span->name = std::move(name);
    span->scope.name = std::move(scope);
    return span;
  };
  const std::vector<SpanPointer> spans{named("first", "scope-a"), named("second", "scope-b"), named("\xff", "scope-a")};
  const auto bytes = encode_export_request({}, spans);
  EXPECT_EQ(bytes.find("scope-a"), bytes.rfind("scope-a"));
  EXPECT_LT(bytes.find("\xEF\xBF\xBD"), bytes.find("scope-b"));
}

TEST(Traceparent, is_read_and_written) {
  const auto read = parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->is_sampled);
  EXPECT_TRUE(read->is_remote);
  EXPECT_EQ(to_traceparent(*read), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_FALSE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")->is_sampled);
  EXPECT_TRUE(parse_traceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
}

TEST(Traceparent, that_is_malformed_is_ignored) {
  for (const auto* wrong : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"}) {
    EXPECT_FALSE(parse_traceparent(wrong)) << wrong;
  }
}

class Spans : public testing::Test {
 protected:
  explicit Spans(TraceSampler sampler = {}) : tracing(sampler) { tracing.add(std::make_unique<Collected>(ended)); }
  std::vector<SpanPointer> ended;
  Tracing tracing;
};

TEST_F(Spans, nest_by_scope) {
  const auto tracer = tracing.tracer("t");
  {
    auto outer = tracer.start("outer");
    auto inner = tracer.start("inner");
    auto root = tracer.start("root", {.is_root = true});
  }
  ASSERT_EQ(ended.size(), 3);
  EXPECT_FALSE(ended[0]->parent);
  EXPECT_EQ(ended[1]->parent->span_id, ended[2]->context.span_id);
  EXPECT_EQ(ended[1]->context.trace_id, ended[2]->context.trace_id);
  EXPECT_FALSE(Tracing::current());
}

TEST_F(Spans, hold_128_of_each_and_count_the_rest) {
  auto span = tracing.tracer("t").start("full");
  for (int i = 0; i < 130; ++i) {
    span.set_attribute(std::to_string(i), true);
    span.add_event("e");
    span.add_link(context(1, 1));
  }
  span.set_attribute("0", std::int64_t{7});  // replaced, not added
  span.end();
  EXPECT_EQ(ended[0]->attributes.size(), 128);
  EXPECT_EQ(ended[0]->attributes[0], (std::pair<std::string, AttributeValue>("0", std::int64_t{7})));
  EXPECT_EQ(ended[0]->dropped_attributes, 2);
  EXPECT_EQ(ended[0]->dropped_events, 2);
  EXPECT_EQ(ended[0]->dropped_links, 2);
}

TEST_F(Spans, refuse_what_comes_after_their_end) {
  auto span = tracing.tracer("t").start("short");
  span.end();
  span.set_attribute("late", true);
  span.end();
  ASSERT_EQ(ended.size(), 1);
  EXPECT_TRUE(ended[0]->attributes.empty());
}

TEST_F(Spans, obey_the_parents_decision) {
  auto parent = context(9, 9);
  parent.is_sampled = false;
  {
    auto span = tracing.tracer("t").start("unsampled", {.remote_parent = parent});
  }
  EXPECT_TRUE(ended.empty());
}

TEST(TraceSampler, by_ratio_takes_the_lower_ids) {
  const TraceSampler half{.root = TraceSampler::Root::ratio, .follows_parent = true, .ratio = 0.5};
  TraceId low{};
  low[8] = 0x3f;
  TraceId high{};
  high[8] = 0x40;
  EXPECT_TRUE(half.samples(low, std::nullopt));
  EXPECT_FALSE(half.samples(high, std::nullopt));
}

TEST(OtlpSettings, come_from_the_environment) {
  const auto read = [](Environment::Variables variables) {
    return read_otlp_settings(Environment(std::move(variables))).value();
  };
  EXPECT_EQ(read({}).url.authority(), "localhost:4318");
  EXPECT_EQ(read({}).url.path, "/v1/traces");
  EXPECT_EQ(read({}).batches.queue, 2048);
  EXPECT_EQ(read({}).batches.batch, 512);
  EXPECT_EQ(read({}).batches.delay, std::chrono::seconds(5));
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://api.honeycomb.io/"}}).url.path, "/v1/traces");
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_ENDPOINT", "https://api.honeycomb.io"}}).url.port, 443);
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}}).url.host, "localhost");
  EXPECT_EQ(read({{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://h:1/own"}}).url.path, "/own");
  EXPECT_TRUE(read({{"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"}}).gzip);
  EXPECT_EQ(read({{"OTEL_BSP_MAX_QUEUE_SIZE", "10"}}).batches.batch, 10);
  EXPECT_THAT(read({{"OTEL_EXPORTER_OTLP_HEADERS", "X-Honeycomb-Team=a%20b, other = c"}}).headers,
              ElementsAre(Pair("x-honeycomb-team", "a b"), Pair("other", "c")));
  EXPECT_TRUE(read({{"OTEL_EXPORTER_OTLP_HEADERS", "x-honeycomb-team:key"}}).headers.empty());
}

TEST(OtlpSettings, that_cannot_be_are_refused_by_name) {
  const auto error = [](Environment::Variables variables) {
    return read_otlp_settings(Environment(std::move(variables))).error();
  };
  EXPECT_THAT(error({{"OTEL_EXPORTER_OTLP_ENDPOINT", "api.honeycomb.io"}}), HasSubstr("OTEL_EXPORTER_OTLP_ENDPOINT"));
  EXPECT_THAT(error({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}), HasSubstr("http/protobuf"));
  EXPECT_THAT(error({{"OTEL_EXPORTER_OTLP_COMPRESSION", "deflate"}}), HasSubstr("gzip"));
  EXPECT_THAT(error({{"OTEL_BSP_SCHEDULE_DELAY", "5s"}}), HasSubstr("OTEL_BSP_SCHEDULE_DELAY"));
  EXPECT_FALSE(read_trace_sampler(Environment(Environment::Variables{{"OTEL_TRACES_SAMPLER", "sometimes"}})));
}

TEST(Resource, names_the_service) {
  const auto service = [](Environment::Variables variables) {
    for (const auto& [name, value] : read_resource(Environment(std::move(variables)))) {
      if (name == "service.name") {
        return std::get<std::string>(value);
      }
    }
    return std::string("none");
  };
  EXPECT_EQ(service({}), "unknown_service");
  EXPECT_EQ(service({{"OTEL_RESOURCE_ATTRIBUTES", "a=b,service.name=from%20list"}}), "from list");
  EXPECT_EQ(service({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=x"}, {"OTEL_SERVICE_NAME", "y"}}), "y");
}

TEST(ExportReply, decides_what_becomes_of_the_batch) {
  using Verdict = Outcome::Verdict;
  const auto judged = [](int status) {
    return judge_export_reply({.status = status, .headers = {}, .body = ""}, 0).verdict;
  };
  EXPECT_EQ(judged(200), Verdict::delivered);
  for (const int status : {429, 502, 503, 504}) {
    EXPECT_EQ(judged(status), Verdict::try_again) << status;
  }
  for (const int status : {400, 401, 404, 408, 413, 500, 501}) {
    EXPECT_EQ(judged(status), Verdict::refused) << status;
  }
  EXPECT_EQ(judge_export_reply({.status = 503, .headers = {{"retry-after", "3"}}, .body = ""}, 0).wait,
            std::chrono::seconds(3));
}

TEST(ExportReply, tells_what_a_partial_success_rejected) {
  using namespace std::string_literals;
  EXPECT_FALSE(read_partial_success(""));
  EXPECT_FALSE(read_partial_success("\x0a\x00"s));
  EXPECT_FALSE(read_partial_success("<html>"));
  const auto partial = read_partial_success("\x0a\x08\x08\xac\x02\x12\x03"s + "old");
  ASSERT_TRUE(partial);
  EXPECT_EQ(partial->rejected_spans, 300);
  EXPECT_EQ(partial->error_message, "old");
  EXPECT_TRUE(read_partial_success("\x0a\x05\x12\x03"s + "why"));
  EXPECT_FALSE(read_partial_success("\x0a\x05\x12\x03"s + "wh"));  // cut
}

TEST(RetryAfter, has_two_forms) {
  EXPECT_EQ(parse_retry_after(" 12 ", 0), std::chrono::seconds(12));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111777 - 5), std::chrono::seconds(5));
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", 784111777 + 5), std::chrono::seconds(0));
  EXPECT_EQ(parse_retry_after("soon", 0), std::nullopt);
}

TEST(Gzip, is_what_zlib_reads) {
  const std::string text(100000, 'a');
  auto packed = gzip(text);
  std::string unpacked(text.size() + 1, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(unpacked.data());
  stream.avail_out = static_cast<uInt>(unpacked.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(unpacked.substr(0, stream.total_out), text);
  inflateEnd(&stream);
}

TEST(Console, writes_the_python_sdks_document) {
  SpanData span;
  span.name = "home";
  span.context = context(0xab, 0xcd);
  span.start_time_unix_nano = 1'676'900'000'123'456'789;
  span.status = StatusCode::error;
  span.status_message = "no";
  span.links.push_back({context(1, 2), {}});
  const auto document = nlohmann::json::parse(console_text(span, {{"service.name", "backend-flask"}}));
  EXPECT_EQ(document["context"]["trace_id"], "0xabababababababababababababababab");
  EXPECT_EQ(document["kind"], "SpanKind.INTERNAL");
  EXPECT_TRUE(document["parent_id"].is_null());
  EXPECT_EQ(document["start_time"], "2023-02-20T13:33:20.123456Z");
  EXPECT_EQ(document["status"], (nlohmann::json{{"status_code", "ERROR"}, {"description", "no"}}));
  EXPECT_EQ(document["links"][0]["context"]["span_id"], "0x0202020202020202");
  EXPECT_EQ(document["resource"]["attributes"]["service.name"], "backend-flask");
}

TEST(OtlpProcessor, sends_a_batch_again_after_a_throttle_and_compressed) {
  int calls = 0;
  ScriptedVendor vendor([&](const Taken&, httplib::Response& response) {
    if (++calls == 1) {
      response.status = 429;
      response.set_header("Retry-After", "0");
    }
  });
  auto settings = *read_otlp_settings(Environment({{"OTEL_EXPORTER_OTLP_ENDPOINT", vendor.url()},
                                                   {"OTEL_EXPORTER_OTLP_HEADERS", "x-honeycomb-team=key"},
                                                   {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"}}));
  const auto processor = make_otlp_processor(settings, {});
  processor->on_end(std::make_shared<SpanData>());
  EXPECT_TRUE(processor->stop(soon()));
  const auto taken = vendor.taken(2);
  ASSERT_EQ(taken.size(), 2);
  EXPECT_EQ(taken[0].path, "/v1/traces");
  EXPECT_EQ(taken[0].header("x-honeycomb-team"), "key");
  EXPECT_EQ(taken[0].header("Content-Type"), "application/x-protobuf");
  EXPECT_EQ(taken[0].header("Content-Encoding"), "gzip");
  EXPECT_EQ(taken[0].body, taken[1].body);
}

}  // namespace
}  // namespace cruddur::telemetry
