// Answers that settings ask for: limits, overload, partial success, and what no primary source settles.
#include "tests/honeycomb/exports.h"
#include "tests/honeycomb/query_room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SetRefusals : public QueryRoom {
 protected:
  void expect(const recording::Reply& reply, int status, std::string_view type, std::string_view body) {
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(header_of(reply, "Content-Type"), type);
    EXPECT_EQ(reply.body, body);
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(header_of(reply, "Retry-After"), "(absent)");
    EXPECT_THAT(found(), ElementsAre("honeycomb.ingest.refused"));
    EXPECT_THAT(last_entry().effect, IsEmpty());
  }
  static Sent event() { return json_text(R"({"a":1})").to("/1/events/cruddur"); }
};

TEST_F(SetRefusals, RateLimited) {
  settings({{"refuse_ingest", "rate_limited"}});
  const std::string text = "Request dropped due to rate limiting.";
  expect(send(protobuf(spans_of("backend-flask"))), 429, "application/x-protobuf", "\x12\x25" + text);
  expect(send(json_text("{}")), 429, "application/json", R"({"message":"Request dropped due to rate limiting."})");
  expect(send(event()), 429, "application/json", R"({"error":"Request dropped due to rate limiting."})");
  const auto reply = send(grpc(spans_of("backend-flask")));
  EXPECT_EQ(reply.grpc_status, 8);
  EXPECT_EQ(reply.grpc_message, text);
  settings({{"refuse_ingest", "rate_limited"}, {"rate_limited_message", "slow"}});
  EXPECT_EQ(send(protobuf()).body, "\x12\x04slow");
}

TEST_F(SetRefusals, ThrottledAndDenylisted) {
  settings({{"refuse_ingest", "throttled"}});
  expect(send(event()), 403, "application/json", R"({"error":"Event dropped due to administrative throttling"})");
  EXPECT_EQ(send(protobuf()).status, 429);
  settings({{"refuse_ingest", "denylisted"}});
  expect(send(event()), 429, "application/json", R"({"error":"Event dropped due to administrative denylist"})");
}

TEST_F(SetRefusals, ADatasetWithTooManyColumns) {
  settings({{"refuse_ingest", "too_many_columns"}});
  expect(send(event()), 400, "application/json", R"({"error":"Dataset has too many columns."})");
  expect(send(json_text(R"([{"data":{"a":1}}])").to("/1/batch/cruddur")), 400, "application/json",
         R"({"error":"Dataset has too many columns."})");
  EXPECT_EQ(send(protobuf(spans_of("backend-flask"))).status, 200);  // the text is of the events API alone
}

TEST_F(SetRefusals, OverloadSpeaksNoOtlp) {
  settings({{"refuse_ingest", "overloaded"}});
  const auto reply = send(protobuf());
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(header_of(reply, "Content-Type"), "text/html");
  EXPECT_EQ(send(grpc()).grpc_status, 14);
  EXPECT_EQ(send(event()).status, 503);
  settings({{"refuse_ingest", "overloaded"}, {"overloaded_status", 502}});
  EXPECT_EQ(send(protobuf()).status, 502);
}

TEST_F(SetRefusals, AnInternalErrorHasNoMessage) {
  settings({{"refuse_ingest", "internal_error"}});
  expect(send(protobuf()), 500, "application/x-protobuf", "");
  expect(send(json_text("{}")), 500, "application/json", "{}");
  const auto reply = send(grpc());
  EXPECT_EQ(reply.grpc_status, 13);
  EXPECT_EQ(reply.grpc_message, "");
}

TEST_F(SetRefusals, TheKeyComesFirst) {
  settings({{"refuse_ingest", "rate_limited"}});
  EXPECT_EQ(send(protobuf().without("x-honeycomb-team")).status, 401);
  EXPECT_EQ(send(event().without("x-honeycomb-team")).status, 401);
  EXPECT_EQ(send(protobuf("\xff")).status, 429);  // before the body
}

TEST_F(SetRefusals, PartialSuccess) {
  settings({{"partial_success_rejected", 2}, {"partial_success_message", "no"}});
  const auto reply = send(protobuf(spans_of("backend-flask")));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, from_hex("0a06080212026e6f"));
  EXPECT_THAT(found(), ElementsAre("honeycomb.ingest.partly-refused"));
  EXPECT_THAT(last_entry().effect, Not(IsEmpty()));
  EXPECT_EQ(send(json_text("{}")).body, R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}})");
  EXPECT_EQ(send(json_text("{}").to("/v1/logs")).body,
            R"({"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no"}})");
  EXPECT_EQ(send(json_text("{}").to("/v1/metrics")).body,
            R"({"partialSuccess":{"rejectedDataPoints":"2","errorMessage":"no"}})");
  EXPECT_EQ(send(grpc()).body, from_hex("0a06080212026e6f"));
  settings({{"partial_success_message", "be warned"}});
  EXPECT_EQ(send(json_text("{}")).body, R"({"partialSuccess":{"errorMessage":"be warned"}})");
}

TEST_F(SetRefusals, CallsThatManage) {
  freeze();
  export_spans({{"anna"}});
  settings({{"refuse_management", "rate_limited"}});
  const auto reply = call("GET", "/1/datasets");
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(header_of(reply, "Content-Type"), "application/problem+json");
  EXPECT_EQ(reply.body, R"({"status":429,"type":"https://api.honeycomb.io/problems/rate-limited",)"
                        R"("title":"You have exceeded your rate limit.","error":"Rate Limited",)"
                        R"("detail":"Please try again after 2026-11-21T12:01:00Z."})");
  EXPECT_EQ(header_of(reply, "Retry-After"), "2026-11-21T12:01:00Z");
  EXPECT_EQ(header_of(reply, "RateLimit"), "limit=100, remaining=0, reset=60");
  EXPECT_EQ(header_of(reply, "RateLimit-Policy"), "100;w=60");
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.refused"));
  EXPECT_EQ(call("GET", "/1/markers/backend-flask").status, 429);
  EXPECT_EQ(call("GET", "/1/boards").status, 429);
  const auto managed = send(protobuf().by("GET").to("/2/auth").with(
      "Authorization", "Bearer hcxmk_0123456789abcdefghjkmnpqrs:0123456789abcdefghijklmnopqrstuv"));
  EXPECT_EQ(managed.status, 429);
  EXPECT_EQ(json_of(managed)["errors"][0]["code"], "rate-limited/may-retry");
  EXPECT_EQ(send(protobuf()).status, 200);  // who sends is not concerned

  settings({{"refuse_management", "denied"}});
  const auto denied = call("GET", "/1/datasets");
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(denied.body, R"({"error":"Your team has been denied access to Management APIs, please contact support to )"
                         R"(be unblocked."})");
}

// ---- other switches

TEST_F(SetRefusals, StatusesOfKeysThatLackAPermission) {
  accounts({{{"key", good_key}, {"permissions", {{"events", false}, {"columns", false}, {"markers", false}}}}});
  settings({{"may_not_send_status", 403}, {"may_not_call_status", 403}});
  EXPECT_EQ(send(protobuf()).status, 403);
  EXPECT_EQ(send(grpc()).grpc_status, 16);
  EXPECT_EQ(send(event()).status, 403);
  EXPECT_EQ(call("GET", "/1/columns/cruddur").status, 403);
  EXPECT_EQ(call("GET", "/1/markers/cruddur").status, 403);
}

TEST_F(SetRefusals, PreflightBytes) {
  settings({{"preflight_allow_methods", "POST"},
            {"preflight_allow_headers", "x-honeycomb-team"},
            {"preflight_max_age_seconds", 0}});
  const auto reply = send(Sent{
      .method = "OPTIONS", .target = "/v1/traces", .headers = {{"Access-Control-Request-Headers", "content-type"}}});
  EXPECT_EQ(header_of(reply, "Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(header_of(reply, "Access-Control-Allow-Headers"), "x-honeycomb-team");
  EXPECT_EQ(header_of(reply, "Access-Control-Max-Age"), "(absent)");
}

TEST_F(SetRefusals, HeadersForEveryReply) {
  settings({{"response_headers", "Server: honeycomb\nX-Trace: a:b"}});
  export_spans({{"anna"}});
  for (const Sent& sent :
       {protobuf(), event(), protobuf().to("/nothing"), protobuf().by("GET").to("/1/columns/backend-flask")}) {
    const auto reply = send(sent);
    EXPECT_EQ(header_of(reply, "Server"), "honeycomb") << sent.target;
    EXPECT_EQ(header_of(reply, "X-Trace"), "a:b") << sent.target;
  }
}

TEST_F(SetRefusals, NativeMetricsAreNoEvents) {
  const auto columns = [&] { return json_of(call("GET", "/1/columns/unknown_metrics")).size(); };
  settings({{"metrics_mapping", "native"}});
  ASSERT_EQ(send(protobuf(metrics_of("backend-flask", 5)).to("/v1/metrics")).status, 200);
  EXPECT_THAT(dump(), HasSubstr("data_points 5"));
  EXPECT_EQ(columns(), 0U);
  settings(nlohmann::json::object());
  ASSERT_EQ(send(protobuf(metrics_of("backend-flask", 5)).to("/v1/metrics")).status, 200);
  EXPECT_GT(columns(), 0U);
}

}  // namespace
}  // namespace understudy::honeycomb
