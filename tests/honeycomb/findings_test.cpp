// Each finding is provoked here, and a rule without such a case fails.
#include <functional>
#include <set>

#include "base/content_coding.h"
#include "tests/honeycomb/exports.h"
#include "tests/honeycomb/room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Case {
  std::string_view rule;
  int status;  // of HTTP, or of gRPC
  std::function<Sent()> sent;
};

Sent without_key() { return protobuf().without("x-honeycomb-team"); }
Sent with_key(std::string_view key) { return protobuf().with("x-honeycomb-team", key); }
Sent typed(std::string_view type) { return protobuf().with("Content-Type", type); }
Sent coded(std::string_view coding, std::string_view body) { return protobuf(body).with("Content-Encoding", coding); }

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"honeycomb.key.missing", 401, without_key},
      {"honeycomb.key.empty", 401, [] { return with_key(""); }},
      {"honeycomb.key.wrong-header", 401, [] { return without_key().with("Authorization", "Bearer abcdefghij12345"); }},
      {"honeycomb.key.wrong-header", 401, [] { return without_key().with("x-honeycomb-api-key", good_key); }},
      {"honeycomb.key.wrong-header", 401, [] { return without_key().with("honeycomb-team", good_key); }},
      {"honeycomb.key.headers-as-string", 401, [] { return without_key().with("0", "x").with("1", "-"); }},
      {"honeycomb.key.browser-without-headers", 401,
       [] { return without_key().with("Origin", "https://cruddur.com"); }},
      {"honeycomb.key.placeholder", 401, [] { return with_key("${HONEYCOMB_API_KEY}"); }},
      {"honeycomb.key.placeholder", 401, [] { return with_key("<YOUR_API_KEY>"); }},
      {"honeycomb.key.odd-byte", 401, [] { return with_key("\"abcdefghij1234567890ab\""); }},
      {"honeycomb.key.odd-byte", 401, [] { return with_key("x-honeycomb-team=abcdefghij1234567890ab"); }},
      {"honeycomb.key.id-instead-of-key", 401, [] { return with_key("hcalk_0123456789abcdefghjkmnpqrs"); }},
      {"honeycomb.key.management", 401,
       [] { return with_key("hcamk_0123456789abcdefghjkmnpqrs:0123456789abcdefghijklmnopqrstuv"); }},
      {"honeycomb.key.wrong-shape", 401, [] { return with_key("tooShort"); }},
      {"honeycomb.key.in-browser", 200, [] { return protobuf().with("Origin", "https://cruddur.com"); }},
      {"honeycomb.key.alias-header", 200, [] { return without_key().with("x-hny-team", good_key); }},
      {"honeycomb.content-type.missing", 415, [] { return protobuf().without("Content-Type"); }},
      {"honeycomb.content-type.parameters", 415, [] { return typed("application/json; charset=utf-8"); }},
      {"honeycomb.content-type.case", 415, [] { return typed("Application/JSON"); }},
      {"honeycomb.content-type.unsupported", 415, [] { return typed("text/plain"); }},
      {"honeycomb.content-encoding.deflate", 400, [] { return coded("deflate", "x"); }},
      {"honeycomb.content-encoding.unsupported", 400, [] { return coded("br", "x"); }},
      {"honeycomb.body.damaged", 400, [] { return coded("gzip", "x"); }},
      {"honeycomb.body.unparsable", 400, [] { return protobuf("\xff"); }},
      {"honeycomb.body.too-large", 400, [] { return protobuf(std::string(20 * 1024 * 1024 + 1, '\0')); }},
      {"honeycomb.body.too-large-decompressed", 400,
       [] { return coded("gzip", gzip(std::string(64 * 1024 * 1024 + 1, '\0'))); }},
      {"honeycomb.dataset.header-missing", 401, [] { return with_key(classic_key); }},
      {"honeycomb.dataset.header-ignored", 200,
       [] { return protobuf(spans_of("backend-flask")).with("x-honeycomb-dataset", "browser"); }},
      {"honeycomb.dataset.unknown-service", 200, [] { return protobuf(spans_of(std::nullopt)); }},
      {"honeycomb.dataset.unknown-log-source", 200, [] { return protobuf(logs_of("unknown_service")).to("/v1/logs"); }},
      {"honeycomb.dataset.unknown-metrics", 200,
       [] { return protobuf(metrics_of("backend-flask")).to("/v1/metrics"); }},
      {"honeycomb.dataset.trimmed", 200, [] { return protobuf(spans_of(" backend-flask")); }},
      {"honeycomb.dataset.two-spellings", 200,
       [] {
         TraceRequest traces;
         add_spans(traces, "backend-flask");
         add_spans(traces, "Backend-Flask");
         return protobuf(traces.SerializeAsString());
       }},
      {"honeycomb.sample-rate.header-ignored", 200, [] { return protobuf().with("x-honeycomb-samplerate", "4"); }},
      {"honeycomb.path.doubled", 404, [] { return protobuf().to("/v1/traces/v1/traces"); }},
      {"honeycomb.path.doubled", 404, [] { return protobuf().to("/v1/traces/v1/metrics"); }},
      {"honeycomb.path.missing", 404, [] { return protobuf().to("/"); }},
      {"honeycomb.path.version-doubled", 404, [] { return protobuf().to("/v1/v1/traces"); }},
      {"honeycomb.path.double-slash", 404, [] { return protobuf().to("//v1/traces"); }},
      {"honeycomb.path.undefined", 404, [] { return protobuf().to("/undefined/v1/traces"); }},
      {"honeycomb.path.prefixed", 404, [] { return protobuf().to("/api/v1/traces"); }},
      {"honeycomb.path.unknown", 404, [] { return protobuf().to("/nothing"); }},
      {"honeycomb.path.unknown-rpc", 12, [] { return grpc().to("/helloworld.Greeter/SayHello"); }},
      {"honeycomb.method.wrong", 405, [] { return protobuf().by("PUT"); }},
      {"honeycomb.api.not-built", 404, [] { return protobuf().to("/1/events/backend"); }},
      {"honeycomb.dataset.not-found", 404, [] { return protobuf("{}").to("/1/queries/nothing"); }},
      {"honeycomb.port.grpc-on-http", 0, [] { return grpc().through("honeycomb_http"); }},
      {"honeycomb.port.http-on-grpc", 200, [] { return protobuf().through("honeycomb_grpc"); }},
  };
  return all;
}

// Provoked by tests of their own: they need accounts, or more than one request.
const std::set<std::string_view> provoked_elsewhere = {"honeycomb.key.unknown",
                                                       "honeycomb.key.may-not-send",
                                                       "honeycomb.key.may-not-create-datasets",
                                                       "honeycomb.key.may-not-call",
                                                       "honeycomb.api.not-found",
                                                       "honeycomb.api.body-invalid",
                                                       "honeycomb.dataset.protected",
                                                       "honeycomb.query.invalid",
                                                       "honeycomb.query.not-built",
                                                       "honeycomb.query.unknown-member",
                                                       "honeycomb.query.unknown-column",
                                                       "honeycomb.query.outside-range",
                                                       "honeycomb.query.too-many-results",
                                                       "honeycomb.trace.parent-missing",
                                                       "honeycomb.trace.remote-parent-missing",
                                                       "honeycomb.span.duplicated",
                                                       "honeycomb.attribute.two-types",
                                                       "honeycomb.scope.unnamed"};

class Findings : public Room {};

TEST_F(Findings, EachIsProvoked) {
  for (const Case& each : cases()) {
    const auto reply = send(each.sent());
    EXPECT_EQ(reply.grpc_status.value_or(reply.status), each.status) << each.rule;
    EXPECT_THAT(found(), Contains(each.rule)) << each.rule;
    EXPECT_EQ(found().size(), 1U) << each.rule << " among " << ::testing::PrintToString(found());
  }
}

TEST_F(Findings, NoneShowsAKey) {
  for (const Case& each : cases()) {
    const Sent sent = each.sent();
    send(sent);
    for (const auto& finding : last_entry().findings) {
      for (const auto& [name, value] : sent.headers) {
        if (name != "x-honeycomb-team" && name != "x-honeycomb-api-key" && name != "Authorization") continue;
        if (value.empty()) continue;
        EXPECT_THAT(finding.detail, Not(HasSubstr(value))) << each.rule;
        EXPECT_THAT(finding.place, Not(HasSubstr(value))) << each.rule;
      }
    }
  }
}

TEST_F(Findings, RulesAndCasesAgree) {
  std::set<std::string_view> ids;
  for (const auto& rule : vendor_->rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id << " stands twice";
    EXPECT_TRUE(rule.id.starts_with("honeycomb."));
    EXPECT_THAT(rule.message, Not(IsEmpty()));
    EXPECT_THAT(rule.mend, Not(IsEmpty()));
    EXPECT_THAT(rule.source, Not(IsEmpty()));
  }
  std::set<std::string_view> provoked = provoked_elsewhere;
  for (const Case& each : cases()) provoked.insert(each.rule);
  EXPECT_EQ(ids, provoked);
}

TEST_F(Findings, UnknownKeyOfGoodShape) {
  accounts({{{"key", ingest_key}}});
  send(protobuf());
  EXPECT_THAT(found(), ::testing::ElementsAre("honeycomb.key.unknown"));
  EXPECT_EQ(last_entry().findings[0].detail, "abcd...(22 characters), configuration");
}

TEST_F(Findings, AnIngestKeyMayBeInABrowser) {
  send(protobuf().with("Origin", "https://cruddur.com").with("x-honeycomb-team", ingest_key));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Findings, TheDatasetHeaderThatSaysTheSameIsNoFinding) {
  send(protobuf(spans_of("backend-flask")).with("x-honeycomb-dataset", "Backend-Flask"));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Findings, TwoSpellingsOverTwoRequests) {
  send(protobuf(spans_of("backend-flask")));
  send(protobuf(spans_of("BACKEND-flask")));
  EXPECT_THAT(found(), ::testing::ElementsAre("honeycomb.dataset.two-spellings"));
  EXPECT_EQ(last_entry().findings[0].detail, "\"backend-flask\" and \"BACKEND-flask\"");
}

TEST_F(Findings, TheOddByteIsNamed) {
  send(with_key("'abcdefghij1234567890ab'"));
  EXPECT_EQ(last_entry().findings[0].detail, "'abc...(24 characters): byte 0x27 (') at position 0");
}

// ---- over records

class Derived : public Room {
 protected:
  std::vector<std::string> derive(const std::vector<recording::Record>& records) {
    auto deriver = vendor_->make_deriver();
    for (const auto& record : records) deriver->add(record);
    std::vector<std::string> ids;
    for (const auto& [finding, entry] : deriver->findings()) {
      ids.push_back(fmt::format("{} {}", finding.id, entry));
      details_.push_back(finding.detail);
    }
    return ids;
  }
  static recording::Record span(std::uint64_t entry, std::string_view span_id, std::string_view parent = {},
                                std::string_view kind = "INTERNAL") {
    recording::Record record;
    record.kind = "span";
    record.entry = entry;
    record.fields = {{"name", "work"},     {"kind", kind},   {"trace_id", "t"},
                     {"span_id", span_id}, {"dataset", "d"}, {"scope", {{"name", "s"}}}};
    if (!parent.empty()) record.fields["parent_span_id"] = parent;
    return record;
  }
  std::vector<std::string> details_;
};

TEST_F(Derived, AWholeTraceHasNone) {
  // Children arrive before their parents: a span is exported when it ends.
  EXPECT_THAT(derive({span(1, "c", "b"), span(1, "b", "a"), span(2, "a")}), IsEmpty());
}

TEST_F(Derived, ParentThatNeverArrived) {
  EXPECT_THAT(derive({span(1, "c", "b"), span(2, "a")}), ::testing::ElementsAre("honeycomb.trace.parent-missing 1"));
  EXPECT_EQ(details_[0], "span c of trace t \"work\" names parent b");
  EXPECT_THAT(derive({span(1, "c", "b", "SERVER")}), ::testing::ElementsAre("honeycomb.trace.remote-parent-missing 1"));
}

TEST_F(Derived, SpanThatArrivedTwice) {
  EXPECT_THAT(derive({span(1, "a"), span(3, "a")}), ::testing::ElementsAre("honeycomb.span.duplicated 3"));
  EXPECT_THAT(details_[0], HasSubstr("entries 1 and 3"));
}

TEST_F(Derived, AttributeOfTwoTypes) {
  auto first = span(1, "a");
  first.fields["attributes"] = {{"app.result_length", 3}};
  auto second = span(2, "b");
  second.fields["attributes"] = {{"app.result_length", "3"}};
  auto fraction = span(3, "c");
  fraction.fields["attributes"] = {{"app.result_length", 3.5}};
  EXPECT_THAT(derive({first, second, fraction}), ::testing::ElementsAre("honeycomb.attribute.two-types 2"));
}

TEST_F(Derived, TracerWithoutName) {
  auto unnamed = span(1, "a");
  unnamed.fields["scope"] = {{"name", ""}};
  EXPECT_THAT(derive({unnamed}), ::testing::ElementsAre("honeycomb.scope.unnamed 1"));
}

}  // namespace
}  // namespace understudy::honeycomb
