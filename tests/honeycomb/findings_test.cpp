// Each finding is provoked here, and a rule without such a case fails.
#include <functional>
#include <set>

#include "base/content_coding.h"
#include "honeycomb/near_names.h"
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

Sent event_of_many_fields() {
  std::string body = "{\"k\":1";
  for (int i = 0; i < 2000; ++i) body += fmt::format(",\"k{}\":1", i);
  return json_text(body + "}").to("/1/events/backend");
}

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
      {"honeycomb.json.snake-case", 200, [] { return json_text(R"({"resource_spans":[]})"); }},
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
      {"honeycomb.profiles.no-events", 200, [] { return json_text(R"({"a":1})").to("/v1development/profiles"); }},
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
      {"honeycomb.api.not-built", 404, [] { return json_text().to("/1/maps/dependencies/requests"); }},
      {"honeycomb.events.empty", 400, [] { return json_text("").to("/1/events/backend"); }},
      {"honeycomb.events.malformed", 400, [] { return json_text("[1").to("/1/batch/backend"); }},
      {"honeycomb.events.too-large", 400, [] { return json_text(std::string(5'000'001, ' ')).to("/1/batch/backend"); }},
      {"honeycomb.events.too-many-columns", 400, event_of_many_fields},
      {"honeycomb.events.time-unreadable", 200,
       [] { return json_text(R"([{"data":{"a":1},"time":"now"}])").to("/1/batch/backend"); }},
      {"honeycomb.events.samplerate-unreadable", 200,
       [] { return json_text(R"({"a":1})").to("/1/events/backend").with("x-honeycomb-samplerate", "x"); }},
      {"honeycomb.api.body-unreadable", 400, [] { return json_text("[]").to("/1/markers/__all__"); }},
      {"honeycomb.api.object-unknown", 404, [] { return json_text().to("/1/markers/unknown"); }},
      {"honeycomb.key.lacks-permission", 401,
       [] { return json_text().to("/1/markers/__all__").with("x-honeycomb-team", ingest_key); }},
      {"honeycomb.key.management-wrong", 401,
       [] { return json_text().to("/2/auth").by("GET").with("Authorization", "Bearer hcxmk_0123456789abcdefgh"); }},
      {"honeycomb.dataset.not-found", 404, [] { return protobuf("{}").to("/1/queries/nothing"); }},
      {"honeycomb.port.grpc-on-http", 0, [] { return grpc().through("honeycomb_http"); }},
      {"honeycomb.port.http-on-grpc", 200, [] { return protobuf().through("honeycomb_grpc"); }},
  };
  return all;
}

// Provoked by tests of their own: they need accounts, or more than one request.
const std::set<std::string_view> provoked_elsewhere = {"honeycomb.key.unknown",
                                                       "honeycomb.key.other-region",
                                                       "honeycomb.ingest.refused",
                                                       "honeycomb.ingest.partly-refused",
                                                       "honeycomb.api.refused",
                                                       "honeycomb.sampling.not-told",
                                                       "honeycomb.dataset.silent",
                                                       "honeycomb.dataset.two-languages",
                                                       "honeycomb.dataset.two-environments",
                                                       "honeycomb.dataset.too-many-columns",
                                                       "honeycomb.attribute.duplicated",
                                                       "honeycomb.attribute.mixed-conventions",
                                                       "honeycomb.key.may-not-send",
                                                       "honeycomb.key.may-not-create-datasets",
                                                       "honeycomb.key.may-not-call",
                                                       "honeycomb.api.not-found",
                                                       "honeycomb.api.body-invalid",
                                                       "honeycomb.dataset.protected",
                                                       "honeycomb.query.invalid",
                                                       "honeycomb.query.unknown-member",
                                                       "honeycomb.query.unknown-column",
                                                       "honeycomb.query.outside-range",
                                                       "honeycomb.query.too-many-results",
                                                       "honeycomb.trace.parent-missing",
                                                       "honeycomb.trace.remote-parent-missing",
                                                       "honeycomb.span.duplicated",
                                                       "honeycomb.attribute.two-types",
                                                       "honeycomb.dataset.near-miss",
                                                       "honeycomb.attribute.near-miss",
                                                       "honeycomb.span.near-miss",
                                                       "honeycomb.span.ends-before-start",
                                                       "honeycomb.sample-rate.unreadable",
                                                       "honeycomb.event.too-many-fields",
                                                       "honeycomb.field.too-long",
                                                       "honeycomb.trace.no-server-span",
                                                       "honeycomb.trace.browser-apart",
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

TEST_F(Findings, ADatasetInTwoEnvironments) {
  accounts({{{"key", good_key}, {"environment", {{"name", "bootcamp"}}}}, {{"key", ingest_key}}});
  send(protobuf(spans_of("backend-flask")));
  EXPECT_THAT(found(), IsEmpty());
  send(protobuf(spans_of("Backend-Flask")).with("x-honeycomb-team", ingest_key));
  EXPECT_THAT(found(), ::testing::ElementsAre("honeycomb.dataset.two-environments"));
  EXPECT_EQ(last_entry().findings[0].detail, "it is in \"bootcamp\", and now in \"test\" too");
  send(protobuf(spans_of("Backend-Flask")).with("x-honeycomb-team", ingest_key));  // said once
  EXPECT_THAT(found(), IsEmpty());
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

TEST_F(Derived, SampleRatesAreNoColumns) {
  auto first = span(1, "a");
  first.fields["attributes"] = {{"SampleRate", 3}};
  auto second = span(2, "b");
  second.fields["attributes"] = {{"SampleRate", "3"}};
  EXPECT_THAT(derive({first, second}), IsEmpty());
}

TEST_F(Derived, NamesThatAreNearlyAlike) {
  const auto named = [](std::uint64_t entry, std::string_view id, std::string_view dataset, std::string_view name,
                        std::string_view attribute) {
    auto record = span(entry, id, {}, "SERVER");
    record.fields["dataset"] = dataset;
    record.fields["name"] = name;
    record.fields["attributes"] = {{attribute, 1}};
    return record;
  };
  EXPECT_THAT(derive({named(1, "a", "backend-flask", "home-activities", "app.result_length"),
                      named(2, "b", "backend-flask", "home-activites", "app.result_lenght"),
                      named(3, "c", "bakend-flask", "home-activities", "app.now")}),
              ::testing::ElementsAre("honeycomb.dataset.near-miss 3", "honeycomb.attribute.near-miss 2",
                                     "honeycomb.span.near-miss 2"));
  EXPECT_EQ(details_[0], "\"bakend-flask\" (1 times) and \"backend-flask\" (2 times)");
  EXPECT_EQ(details_[1], "\"app.result_lenght\" (1 times) and \"app.result_length\" (1 times)");
  EXPECT_EQ(details_[2], "\"home-activites\" (1 times) and \"home-activities\" (1 times)");
}

struct NamePair {
  std::string_view first;
  std::string_view second;
  bool near;
};

TEST(NearNames, SlipsOfTheHandAndNamesThatAreMeant) {
  constexpr NamePair rows[] = {
      {"app.result_length", "app.results_length", true},
      {"app.result_length", "app.reult_length", true},
      {"app.now", "app.new", true},
      {"app.now", "app-now", true},
      {"app.user_id", "app.userId", true},
      {"notifications-activities-mock-data", "notification-activites-mock-data", true},
      {"http.method", "http.route", false},
      {"net.host.port", "net.peer.port", false},
      {"net.host.name", "net.host.port", false},
      {"GET /api/activities/home", "PUT /api/activities/home", false},
      {"service-a", "service-b", false},
      {"step-number-1", "step-number-2", false},
      {"user.role", "user.roles", false},
      {"http.status_code", "http.status_text", false},
      {"id", "ip", false},
      {"frontend-react", "backend-react", false},
  };
  for (const NamePair& row : rows) {
    NearNames names;
    names.add(row.first, 1);
    names.add(row.second, 2);
    EXPECT_EQ(names.pairs().size(), row.near ? 1U : 0U) << row.first << " " << row.second;
  }
}

TEST_F(Derived, SpanThatEndsBeforeItStarts) {
  auto record = span(1, "a");
  record.fields["start_time_unix_nano"] = 5U;
  record.fields["end_time_unix_nano"] = 4U;
  EXPECT_THAT(derive({record}), ::testing::ElementsAre("honeycomb.span.ends-before-start 1"));
  record.fields["end_time_unix_nano"] = 0U;  // Honeycomb does not flag an open end
  EXPECT_THAT(derive({record}), IsEmpty());
}

TEST_F(Derived, SampleRateThatIsNone) {
  const auto with_rate = [](nlohmann::ordered_json value) {
    auto record = span(1, "a");
    record.fields["attributes"] = {{"SampleRate", std::move(value)}};
    return record;
  };
  for (const nlohmann::ordered_json& bad : {nlohmann::ordered_json("foo"), nlohmann::ordered_json(0),
                                            nlohmann::ordered_json(true), nlohmann::ordered_json("")}) {
    EXPECT_THAT(derive({with_rate(bad)}), ::testing::ElementsAre("honeycomb.sample-rate.unreadable 1")) << bad;
  }
  for (const nlohmann::ordered_json& good : {nlohmann::ordered_json(4), nlohmann::ordered_json("1"),
                                             nlohmann::ordered_json("100.6"), nlohmann::ordered_json(0.5)}) {
    EXPECT_THAT(derive({with_rate(good)}), IsEmpty()) << good;
  }
}

TEST_F(Derived, LimitsOfAnEvent) {
  auto record = span(1, "a");
  record.fields["attributes"] = {{"text", std::string(65536, 'x')}};
  EXPECT_THAT(derive({record}), ::testing::ElementsAre("honeycomb.field.too-long 1"));
  record.fields["attributes"] = nlohmann::ordered_json::object();
  for (int i = 0; i < 2000; ++i) record.fields["attributes"][fmt::format("key{}", i)] = i;
  EXPECT_THAT(derive({record}), IsEmpty());
  record.fields["resource"] = {{"attributes", {{"service.name", "d"}}}};
  EXPECT_THAT(derive({record}), ::testing::ElementsAre("honeycomb.event.too-many-fields 1"));
}

TEST_F(Derived, TracesThatBeginInTheServicesOwnCode) {
  auto other = span(2, "b");
  other.fields["trace_id"] = "another";
  EXPECT_THAT(derive({span(1, "a"), span(1, "b")}), IsEmpty());
  EXPECT_THAT(derive({span(1, "a"), other}), ::testing::ElementsAre("honeycomb.trace.no-server-span 1"));
  EXPECT_EQ(details_[0], "2 traces begin so, the first with \"work\"");
  EXPECT_THAT(derive({span(1, "a"), other, span(3, "c", {}, "SERVER")}), IsEmpty());
}

TEST_F(Derived, BrowserAndBackendThatNeverMeet) {
  auto page = span(1, "a", {}, "CLIENT");
  page.fields["resource"] = {{"attributes", {{"telemetry.sdk.language", "webjs"}}}};
  auto server = span(2, "b", {}, "SERVER");
  server.fields["trace_id"] = "another";
  EXPECT_THAT(derive({page, server}), ::testing::ElementsAre("honeycomb.trace.browser-apart 1"));
  server.fields["trace_id"] = "t";
  EXPECT_THAT(derive({page, server}), IsEmpty());
}

// Trace ids of 128 random bits.
std::string random_id(std::uint64_t number) { return recording::Entropy(7, "honeycomb", number).hex("trace id", 32); }

std::uint64_t lower_half(const std::string& id) { return std::stoull(id.substr(16), nullptr, 16); }
std::uint64_t folded(const std::string& id) {
  std::uint64_t parts = 0;
  for (std::size_t at = 0; at < id.size(); at += 8) parts ^= std::stoull(id.substr(at, 8), nullptr, 16);
  return parts;
}

TEST_F(Derived, SamplingThatNothingTells) {
  using Keeps = bool (*)(const std::string&);
  const auto sampled = [&](Keeps keeps, const nlohmann::ordered_json& resource = {}, std::string_view state = {}) {
    std::vector<recording::Record> records;
    for (std::uint64_t i = 0; records.size() < 40; ++i) {
      const std::string id = random_id(i);
      if (!keeps(id)) continue;
      auto record = span(i, "a", {}, "SERVER");
      record.fields["trace_id"] = id;
      if (!resource.is_null()) record.fields["resource"]["attributes"] = resource;
      if (!state.empty()) record.fields["trace_state"] = state;
      records.push_back(std::move(record));
    }
    return derive(records);
  };
  const Keeps python = [](const std::string& id) { return lower_half(id) < UINT64_MAX / 4; };
  const Keeps java = [](const std::string& id) {
    return std::llabs(static_cast<std::int64_t>(lower_half(id))) < INT64_MAX / 4;
  };
  const Keeps js = [](const std::string& id) { return folded(id) < UINT32_MAX / 4; };
  for (const Keeps keeps : {python, java, js}) {
    EXPECT_THAT(sampled(keeps), ::testing::ElementsAre(::testing::StartsWith("honeycomb.sampling.not-told ")));
    EXPECT_THAT(details_.back(), ::testing::MatchesRegex("the ids of all 40 traces lie in the lowest 2[0-9].[0-9] %"));
  }
  EXPECT_THAT(sampled([](const std::string&) { return true; }), IsEmpty());
  EXPECT_THAT(sampled(python, {{"SampleRate", 4}}), IsEmpty());
  EXPECT_THAT(sampled(python, {}, "ot=th:c"), IsEmpty());
}

TEST_F(Derived, IdsThatAreCountedUpAreNotSampled) {
  std::vector<recording::Record> records;
  for (std::uint64_t i = 1; i < 100; ++i) {
    records.push_back(span(i, "a", {}, "SERVER"));
    records.back().fields["trace_id"] = fmt::format("{:032x}", i);
  }
  EXPECT_THAT(derive(records), IsEmpty());
}

TEST_F(Derived, DatasetThatFallsSilent) {
  constexpr std::int64_t minute = 60'000'000'000;
  const auto at = [&](std::uint64_t entry, std::string_view dataset, std::int64_t minutes) {
    auto record = span(entry, fmt::format("{}", entry), {}, "SERVER");
    record.fields["dataset"] = dataset;
    record.time_ns = 1'544'712'660'000'000'000 + minutes * minute;
    return record;
  };
  std::vector<recording::Record> records = {at(1, "backend-flask", 0), at(2, "frontend", 0),
                                            at(3, "backend-flask", 1), at(4, "frontend", 1),
                                            at(5, "backend-flask", 3), at(6, "frontend", 3)};
  records.push_back(at(7, "frontend", 20));  // ten times the longest silence are 20 minutes
  EXPECT_THAT(derive(records), IsEmpty());
  records.push_back(at(8, "frontend", 24));
  EXPECT_THAT(derive(records), ::testing::ElementsAre("honeycomb.dataset.silent 5"));
  EXPECT_EQ(details_[0],
            "since 2018-12-13T14:54:00.000000000Z; other datasets went on until 2018-12-13T15:15:00.000000000Z");
}

TEST_F(Derived, ProgramsOfTwoLanguagesUnderOneName) {
  const auto written_in = [](std::uint64_t entry, std::string_view id, std::string_view language) {
    auto record = span(entry, id, {}, "SERVER");
    record.fields["resource"] = {{"attributes", {{"telemetry.sdk.language", language}}}};
    return record;
  };
  EXPECT_THAT(derive({written_in(1, "a", "python"), written_in(2, "b", "python")}), IsEmpty());
  EXPECT_THAT(derive({written_in(1, "a", "python"), written_in(2, "b", "java")}),
              ::testing::ElementsAre("honeycomb.dataset.two-languages 2"));
  EXPECT_EQ(details_[0], "java (entry 2), python (entry 1)");
}

TEST_F(Derived, NamesOfTwoConventionsInOneSpan) {
  const auto with = [](std::initializer_list<std::string_view> names) {
    auto record = span(1, "a", {}, "SERVER");
    for (const std::string_view name : names) record.fields["attributes"][std::string(name)] = "x";
    return std::vector{record};
  };
  EXPECT_THAT(derive(with({"http.method", "http.response.status_code"})),
              ::testing::ElementsAre("honeycomb.attribute.mixed-conventions 1"));
  EXPECT_EQ(details_[0], "span \"work\": http.method and http.response.status_code");
  EXPECT_THAT(derive(with({"http.method", "http.status_code"})), IsEmpty());
  EXPECT_THAT(derive(with({"http.request.method", "http.response.status_code"})), IsEmpty());
  EXPECT_THAT(derive(with({"http.method", "http.request.method", "http.response.status_code", "http.status_code"})),
              IsEmpty());
  EXPECT_THAT(derive(with({"http.method", "user_agent.original"})), IsEmpty());  // as an SDK does by itself
}

TEST_F(Derived, MoreColumnsThanADatasetHolds) {
  std::vector<recording::Record> records;
  for (std::uint64_t i = 0; i < 6; ++i) {
    auto record = span(i, fmt::format("{}", i), {}, "SERVER");
    for (int k = 0; k < 2000; ++k) record.fields["attributes"][fmt::format("k{}", k + 2000 * i)] = true;
    records.push_back(std::move(record));
  }
  EXPECT_THAT(derive({records.begin(), records.begin() + 5}), IsEmpty());
  EXPECT_THAT(derive(records), ::testing::ElementsAre("honeycomb.dataset.too-many-columns 5"));
}

TEST_F(Derived, AKeyThatComesTwice) {
  TraceRequest request;
  auto& group = add_spans(request, "backend-flask", 2);
  for (const char* name : {"a", "b", "a"}) {
    auto& twice = *group.mutable_scope_spans(0)->mutable_spans(1)->add_attributes();
    twice.set_key(name);
    twice.mutable_value()->set_string_value("x");
  }
  ASSERT_EQ(send(protobuf(request.SerializeAsString())).status, 200);
  const auto records = records_of_last();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_FALSE(records[0].fields.contains("duplicate_attributes"));
  EXPECT_EQ(records[1].fields["duplicate_attributes"].dump(), R"(["a"])");
  EXPECT_THAT(derive({records[1]}), Contains(::testing::StartsWith("honeycomb.attribute.duplicated ")));
}

TEST_F(Derived, TracerWithoutName) {
  auto unnamed = span(1, "a");
  unnamed.fields["scope"] = {{"name", ""}};
  EXPECT_THAT(derive({unnamed}), ::testing::ElementsAre("honeycomb.scope.unnamed 1"));
}

}  // namespace
}  // namespace understudy::honeycomb
