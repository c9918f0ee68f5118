// The events API: /1/events, /1/batch, /1/kinesis_events.
#include "base/base64.h"
#include "base/content_coding.h"
#include "honeycomb/msgpack.h"
#include "honeycomb/sent_events.h"
#include "tests/honeycomb/events.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view malformed = R"({"error":"Request body is malformed and cannot be read."})";
constexpr std::string_view unknown_key = R"({"error":"unknown API key - check your credentials"})";

Sent one(std::string_view body) { return json_text(body).to("/1/events/cruddur"); }
Sent batch(std::string_view body) { return json_text(body).to("/1/batch/cruddur"); }

std::string msgpack_of(std::string_view text) {
  const auto bytes = json::to_msgpack(json::parse(text));
  return {bytes.begin(), bytes.end()};
}

class EventsApi : public EventsRoom {};

TEST_F(EventsApi, OneEvent) {
  const auto reply = send(one(R"({"app.user_id":"u1","duration_ms":12.5,"count":3,"ok":true,"none":null,
                                  "nested":{"a":[1,2]},"big":18446744073709551615})")
                              .with("X-Honeycomb-Samplerate", "10")
                              .with("X-Honeycomb-Event-Time", "2018-12-13T14:51:00.25Z"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "");
  EXPECT_THAT(found(), IsEmpty());
  const auto stored = stored_of_last();
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].kind, "event");
  EXPECT_EQ(stored[0].dataset, "cruddur");
  EXPECT_EQ(stored[0].sample_rate, 10);
  EXPECT_EQ(stored[0].time_ns, 1'544'712'660'250'000'000);
  EXPECT_EQ(json(stored[0].fields), json({{"app.user_id", "u1"},
                                          {"duration_ms", 12.5},
                                          {"count", 3},
                                          {"ok", true},
                                          {"nested", "{\"a\":[1,2]}"},
                                          {"big", 18446744073709551616.0}}));
  EXPECT_THAT(dump(), HasSubstr("dataset 'cruddur': requests 1 "));
  EXPECT_THAT(dump(), HasSubstr("events 1\n"));
}

TEST_F(EventsApi, ABatchHasAStatusForEach) {
  const auto reply = send(batch(R"([{"data":{"a":1},"time":"2018-12-13T14:51:00Z","samplerate":4},
                                    {"data":{}}, {"time":"2018-12-13T14:51:00Z"}, 7, {"data":[1]},
                                    {"data":{"a":1},"samplerate":"x"}, {"data":{"b":"last"}}])"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(header_of(reply, "Content-Type"), "application/json");
  EXPECT_EQ(reply.body, R"([{"status":202},{"status":400,"error":"Request body should not be empty."},)"
                        R"({"status":400,"error":"Request body should not be empty."},)"
                        R"({"status":400,"error":"Request body is malformed and cannot be read."},)"
                        R"({"status":400,"error":"Request body is malformed and cannot be read."},)"
                        R"({"status":400,"error":"Request body is malformed and cannot be read."},{"status":202}])");
  EXPECT_THAT(found(), ElementsAre("honeycomb.events.empty", "honeycomb.events.malformed"));
  const auto stored = stored_of_last();
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_EQ(stored[0].sample_rate, 4);
  EXPECT_EQ(stored[0].time_ns, 1'544'712'660'000'000'000);
  EXPECT_EQ(stored[1].origin, 6U);
  EXPECT_EQ(stored[1].time_ns, last_entry().moment.vendor_ns);  // without a time: that of its arrival
  const auto records = records_of_last();
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_EQ(records[1].kind, "honeycomb_event");
  EXPECT_EQ(records[1].fields["data"]["b"], "last");
}

// Down to the depth that the dataset had when the event came.
TEST_F(EventsApi, NestedDataIsExpandedAsTheDatasetSays) {
  const Sent event = one(R"({"a":{"b":1,"c":{"d":2,"e":{"f":3}},"g":[{"h":4}],"i":{}},"j":"{\"k\":5}"})");
  send(event);
  EXPECT_EQ(json(stored_of_last()[0].fields),
            json({{"a", R"({"b":1,"c":{"d":2,"e":{"f":3}},"g":[{"h":4}],"i":{}})"}, {"j", R"({"k":5})"}}));
  const auto before = last_entry();
  EXPECT_EQ(send(json_text(R"({"expand_json_depth":2})").by("PUT").to("/1/datasets/cruddur")).status, 200);
  send(event);
  EXPECT_EQ(json(stored_of_last()[0].fields), json({{"a.b", 1},
                                                    {"a.c.d", 2},
                                                    {"a.c.e", R"({"f":3})"},
                                                    {"a.g", R"([{"h":4}])"},
                                                    {"a.i", "{}"},
                                                    {"j", R"({"k":5})"}}));
  EXPECT_EQ(events_of(before)[0].fields.size(), 2U);  // what was stored before stays
  send(json_text(R"([{"data":{"a":{"b":{"c":1}}}}])").to("/1/batch/CRUDDUR"));
  EXPECT_EQ(json(stored_of_last()[0].fields), json({{"a.b.c", 1}}));
  std::string many = R"({"a":{"k":1)";
  for (int i = 0; i < 2000; ++i) many += fmt::format(",\"k{}\":1", i);
  EXPECT_EQ(send(one(many + "}}")).body, R"({"error":"Event has too many columns."})");
}

TEST_F(EventsApi, EmptyBatches) {
  EXPECT_EQ(send(batch("[]")).body, "[]");
  EXPECT_THAT(dump(), testing::Not(HasSubstr("dataset")));
}

struct Refused {
  std::string_view target;
  std::string body;
  std::string_view reply;
  std::string_view rule;
};

TEST_F(EventsApi, BodiesThatAreRefusedAsAWhole) {
  std::string many = "{";
  for (int i = 0; i <= 2000; ++i) many += fmt::format("{}\"k{}\":1", i == 0 ? "" : ",", i);
  const std::string empty = R"({"error":"Request body should not be empty."})";
  const std::string too_large = R"({"error":"Request body is too large."})";
  const Refused rows[] = {
      {"/1/events/d", "", empty, "honeycomb.events.empty"},
      {"/1/events/d", "{}", empty, "honeycomb.events.empty"},
      {"/1/events/d", "[1]", malformed, "honeycomb.events.malformed"},
      {"/1/events/d", "{\"a\":", malformed, "honeycomb.events.malformed"},
      {"/1/events/d", "{\"a\":\"\xff\"}", malformed, "honeycomb.events.malformed"},
      {"/1/events/d", std::string(100'000, '['), malformed, "honeycomb.events.malformed"},
      {"/1/events/d", many + "}", R"({"error":"Event has too many columns."})", "honeycomb.events.too-many-columns"},
      {"/1/events/d", fmt::format("{{\"a\":\"{}\"}}", std::string(1'000'000, 'x')), too_large,
       "honeycomb.events.too-large"},
      {"/1/batch/d", "", empty, "honeycomb.events.empty"},
      {"/1/batch/d", "{}", malformed, "honeycomb.events.malformed"},
      {"/1/batch/d", "nonsense", malformed, "honeycomb.events.malformed"},
      {"/1/batch/d", std::string(5'000'001, ' '), too_large, "honeycomb.events.too-large"},
      {"/1/kinesis_events/d", "[]", "", "honeycomb.events.malformed"},
  };
  for (const Refused& row : rows) {
    const auto reply = send(json_text(row.body).to(row.target).with("X-Amz-Firehose-Access-Key", good_key));
    EXPECT_EQ(reply.status, 400) << row.body.substr(0, 40);
    if (!row.reply.empty()) {
      EXPECT_EQ(reply.body, row.reply) << row.body.substr(0, 40);
    }
    EXPECT_THAT(found(), ElementsAre(row.rule)) << row.body.substr(0, 40);
    EXPECT_THAT(last_entry().effect, IsEmpty());
  }
}

TEST_F(EventsApi, Codings) {
  const std::string text = R"([{"data":{"a":1}}])";
  const std::string good = R"([{"status":202}])";
  EXPECT_EQ(send(batch(gzip(text)).with("Content-Encoding", "gzip")).body, good);
  EXPECT_THAT(stored_of_last(), SizeIs(1));
  EXPECT_EQ(send(batch(text).with("Content-Encoding", "gzip")).body, R"({"error":"invalid gzip data"})");
  EXPECT_THAT(found(), ElementsAre("honeycomb.body.damaged"));
  EXPECT_EQ(send(batch(gzip(std::string(5'000'001, ' '))).with("Content-Encoding", "gzip")).body,
            R"({"error":"Request body is too large."})");
  EXPECT_EQ(send(batch(text).with("Content-Type", "application/json; charset=utf-8")).body, good);
  EXPECT_EQ(send(batch(text).without("Content-Type")).body, good);
}

TEST_F(EventsApi, MessagePack) {
  for (const auto* type : {"application/msgpack", "application/x-msgpack"}) {
    std::string body = msgpack_of(R"([{"data":{"a":1,"b":2.0,"c":"x","d":[1,{"e":null}],"f":true},"samplerate":3}])");
    EXPECT_EQ(send(batch(body).with("Content-Type", type)).body, R"([{"status":202}])");
    const auto stored = stored_of_last();
    ASSERT_THAT(stored, SizeIs(1));
    EXPECT_EQ(stored[0].sample_rate, 3);
    EXPECT_EQ(stored[0].fields.dump(), R"({"a":1,"b":2.0,"c":"x","d":"[1,{\"e\":null}]","f":true})");
  }
  // {"time": timestamp 64 of 1544712660.25 s, "data": {"n": -1}}
  const std::string timed = from_hex("9182a474696d65d7ff3b9aca005c1272d4a46461746181a16eff");
  EXPECT_EQ(send(batch(timed).with("Content-Type", "application/msgpack")).body, R"([{"status":202}])");
  EXPECT_EQ(stored_of_last().at(0).time_ns, 1'544'712'916'250'000'000);
  EXPECT_EQ(stored_of_last().at(0).fields["n"], -1);
}

TEST_F(EventsApi, MessagePackThatCannotBeRead) {
  const std::string good = msgpack_of(R"([{"data":{"a":1,"b":"text"}}])");
  for (std::size_t size = 1; size < good.size(); ++size) {
    EXPECT_EQ(send(batch(good.substr(0, size)).with("Content-Type", "application/msgpack")).status, 400) << size;
    EXPECT_THAT(found(), ElementsAre("honeycomb.events.malformed"));
  }
  for (const std::string& body : {good + "x", std::string(1'000'000, '\x91'), std::string("\x91\xc1"),
                                  std::string("\x91\xa1\xff"), std::string("\xdd\xff\xff\xff\xff")}) {
    EXPECT_EQ(send(batch(body).with("Content-Type", "application/msgpack")).body, malformed);
  }
}

TEST_F(EventsApi, Times) {
  EXPECT_EQ(parse_event_time("1544712660"), 1'544'712'660'000'000'000);
  EXPECT_EQ(parse_event_time("1544712660250"), 1'544'712'660'250'000'000);
  EXPECT_EQ(parse_event_time("1544712660123456789"), 1'544'712'660'123'456'789);
  EXPECT_EQ(parse_event_time("1544712660.25"), 1'544'712'660'250'000'000);
  EXPECT_EQ(parse_event_time("2018-12-13T15:51:00.250+01:00"), 1'544'712'660'250'000'000);
  for (const auto* text : {"", "12", "yesterday", "nan", "1e300", "2018-12-13", "99999999999999999999.5"}) {
    EXPECT_EQ(parse_event_time(text), std::nullopt) << text;
  }
  send(one(R"({"a":1})").with("X-Honeycomb-Event-Time", "yesterday").with("X-Honeycomb-Samplerate", "many"));
  EXPECT_THAT(found(), ElementsAre("honeycomb.events.samplerate-unreadable", "honeycomb.events.time-unreadable"));
  EXPECT_EQ(stored_of_last().at(0).time_ns, last_entry().moment.vendor_ns);
  EXPECT_EQ(stored_of_last().at(0).sample_rate, 1);
  send(batch(R"([{"data":{"a":1},"time":1544712660.25,"samplerate":0}])"));
  EXPECT_EQ(stored_of_last().at(0).time_ns, 1'544'712'660'250'000'000);
  EXPECT_EQ(stored_of_last().at(0).sample_rate, 1);
}

TEST_F(EventsApi, Keys) {
  EXPECT_EQ(send(one("{}").without("x-honeycomb-team")).body, unknown_key);
  EXPECT_EQ(send(one("{}").with("x-honeycomb-team", "tooShort")).status, 401);
  EXPECT_EQ(send(one(R"({"a":1})").with("x-honeycomb-team", ingest_key)).status, 200);
  EXPECT_EQ(send(one(R"({"a":1})").with("x-honeycomb-team", classic_key)).status, 200);  // the path names the dataset
  EXPECT_EQ(send(one(R"({"a":1})").without("x-honeycomb-team").with("x-hny-team", good_key)).status, 200);
  EXPECT_THAT(found(), Contains("honeycomb.key.alias-header"));
}

TEST_F(EventsApi, Permissions) {
  accounts({{{"key", good_key}, {"permissions", {{"createDatasets", false}}}},
            {{"key", "anotherkey1234567890ab"}, {"permissions", {{"events", false}}}},
            {{"key", "creatingkey1234567890a"}}});
  EXPECT_EQ(send(one(R"({"a":1})").with("x-honeycomb-team", "anotherkey1234567890ab")).body, unknown_key);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.may-not-send"));
  EXPECT_EQ(send(one(R"({"a":1})")).status, 401);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.may-not-create-datasets"));
  EXPECT_EQ(send(one(R"({"a":1})").with("x-honeycomb-team", "creatingkey1234567890a")).status, 200);
  EXPECT_EQ(send(one(R"({"a":1})").to("/1/events/Cruddur")).status, 200);  // it exists now
  EXPECT_THAT(found(), ElementsAre("honeycomb.dataset.two-spellings"));
  settings({{"new_dataset_without_permission", "drop"}});
  EXPECT_EQ(send(batch(R"([{"data":{"a":1}}])").to("/1/batch/new")).body, R"([{"status":202}])");
  EXPECT_THAT(stored_of_last(), IsEmpty());
}

TEST_F(EventsApi, Paths) {
  EXPECT_EQ(send(one(R"({"a":1})").to("/1/events/my%20app%2Fweb")).status, 200);
  EXPECT_EQ(stored_of_last().at(0).dataset, "my app/web");
  EXPECT_EQ(send(one(R"({"a":1})").to("/1/events/my-app-web")).status, 200);  // its slug
  EXPECT_EQ(stored_of_last().at(0).dataset, "my app/web");
  EXPECT_EQ(send(one(R"({"a":1})").to("/1/events/a/b")).status, 404);
  EXPECT_EQ(send(one(R"({"a":1})").to("/1/events/")).status, 404);
  const auto reply = send(one("").to("/1/batch/d").by("GET"));
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(header_of(reply, "Allow"), "POST");
}

TEST_F(EventsApi, Kinesis) {
  const auto encoded = [](std::string_view bytes) { return to_base64(bytes); };
  const std::string body = json({{"requestId", "r-1"},
                                 {"timestamp", 1},
                                 {"records",
                                  {{{"data", encoded(R"({"a":1})")}},
                                   {{"data", encoded(gzip(R"({"b":2})"))}},
                                   {{"data", encoded("a line of text")}},
                                   {{"data", "???"}},
                                   {{"nothing", 1}}}}})
                               .dump();
  const Sent delivery = json_text(body)
                            .to("/1/kinesis_events/cruddur")
                            .without("x-honeycomb-team")
                            .with("X-Amz-Firehose-Access-Key", good_key);
  const auto reply = send(delivery.with("X-Amz-Firehose-Request-Id", "r-2"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(json::parse(reply.body)["requestId"], "r-2");
  EXPECT_EQ(json::parse(reply.body)["timestamp"], last_entry().moment.wall_ns / 1'000'000);
  const auto stored = stored_of_last();
  ASSERT_THAT(stored, SizeIs(3));
  EXPECT_EQ(stored[0].fields["a"], 1);
  EXPECT_EQ(stored[1].fields["b"], 2);
  EXPECT_EQ(stored[2].fields["message"], "a line of text");
  EXPECT_EQ(json::parse(send(delivery).body)["requestId"], "r-1");
  const auto refused = send(delivery.without("X-Amz-Firehose-Access-Key").with("X-Amz-Firehose-Request-Id", "r-3"));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(json::parse(refused.body)["requestId"], "r-3");
  EXPECT_EQ(json::parse(refused.body)["errorMessage"], "unknown API key - check your credentials");
}

TEST(MsgpackToJson, Values) {
  const auto text = [](std::string_view hex) { return msgpack_to_json(from_hex(hex)).value_or("refused"); };
  EXPECT_EQ(text("c0"), "null");
  EXPECT_EQ(text("cfffffffffffffffff"), "18446744073709551615");
  EXPECT_EQ(text("d38000000000000000"), "-9223372036854775808");
  EXPECT_EQ(text("cb7ff8000000000000"), "null");  // NaN
  EXPECT_EQ(text("ca3dcccccd"), "0.10000000149011612");
  EXPECT_EQ(text("cb3ff0000000000000"), "1.0");
  EXPECT_EQ(text("c403010203"), "\"AQID\"");
  EXPECT_EQ(text("d6ff00000001"), "\"1970-01-01T00:00:01.000000000Z\"");
  EXPECT_EQ(text("d6ffffffffff"), "\"2106-02-07T06:28:15.000000000Z\"");
  EXPECT_EQ(text("c70cff000000017fffffffffffffff"), "\"AAAAAX//////////\"");  // beyond all time
  EXPECT_EQ(text("d40507"), "\"Bw==\"");
  EXPECT_EQ(text("82a161a2220aa16290"), R"({"a":"\"\n","b":[]})");
  EXPECT_EQ(text("81a0c0"), R"({"":null})");
  EXPECT_EQ(text("8101c0"), "refused");  // a number as name
}

// ---- markers

class Markers : public Room {
 protected:
  void SetUp() override { send(one(R"({"a":1})")); }
  static Sent marker(std::string_view body) { return json_text(body).to("/1/markers/cruddur"); }
};

TEST_F(Markers, MadeListedChangedRemoved) {
  auto reply =
      send(marker(R"({"message":"deploy #5","type":"deploy","url":"https://cruddur.com","start_time":1471040808,
                              "end_time":1471040920,"other":1})"));
  EXPECT_EQ(reply.status, 201);
  json made = json::parse(reply.body);
  const std::string id = made["id"];
  EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{6}"));
  EXPECT_EQ(made["message"], "deploy #5");
  EXPECT_EQ(made["end_time"], 1471040920);
  EXPECT_FALSE(made.contains("other"));
  EXPECT_THAT(made["created_at"], testing::MatchesRegex("20[0-9-]+T[0-9:]+Z"));

  reply = send(marker("{}"));
  EXPECT_EQ(json::parse(reply.body)["start_time"], last_entry().moment.vendor_ns / 1'000'000'000);
  EXPECT_EQ(json::parse(send(marker("").by("GET")).body).size(), 2U);
  reply = send(marker(R"({"message":"deploy #6"})").by("PUT").to("/1/markers/cruddur/" + id));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(json::parse(reply.body)["message"], "deploy #6");
  EXPECT_EQ(json::parse(reply.body)["type"], "deploy");
  EXPECT_THAT(dump(), HasSubstr("deploy #6"));
  EXPECT_EQ(send(marker("").by("DELETE").to("/1/markers/cruddur/" + id)).status, 204);
  EXPECT_EQ(json::parse(send(marker("").by("GET")).body).size(), 1U);
  EXPECT_EQ(send(marker("").by("DELETE").to("/1/markers/cruddur/" + id)).status, 404);
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.object-unknown"));
}

TEST_F(Markers, WhatIsRefused) {
  EXPECT_EQ(send(marker("[]")).status, 400);
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.body-unreadable"));
  EXPECT_EQ(send(marker(R"({"start_time":"now"})")).status, 400);
  EXPECT_EQ(send(marker(R"({"message":5})")).status, 400);
  EXPECT_EQ(send(marker("{}").to("/1/markers/unknown")).body, R"({"error":"dataset not found"})");
  EXPECT_EQ(send(marker("{}").to("/1/markers/__all__")).status, 201);
  EXPECT_EQ(send(marker("{}").with("x-honeycomb-team", ingest_key)).body, unknown_key);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.lacks-permission"));
  EXPECT_EQ(send(marker("{}").without("x-honeycomb-team")).status, 401);
  EXPECT_EQ(header_of(send(marker("").by("DELETE")), "Allow"), "GET, POST");
}

}  // namespace
}  // namespace understudy::honeycomb
