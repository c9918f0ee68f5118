// POST /api/1/item/: each refusal with its words and its finding, and what is kept of what is accepted.
#include <gmock/gmock.h>

#include "base/content_coding.h"
#include "rollbar/schema.h"
#include "tests/rollbar/door.h"

namespace understudy::rollbar {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string message_of(const recording::Decision& decision) {
  return nlohmann::json::parse(decision.reply.body).value("message", "");
}

// ---- real SDKs

class RollbarSdk : public testing::TestWithParam<const char*> {};

TEST_P(RollbarSdk, IsAcceptedAndKeptAsSent) {
  Door door;
  const std::string name = GetParam();
  const auto& decision = door.send_recorded(name);
  EXPECT_EQ(decision.reply.status, 200) << decision.reply.body;
  EXPECT_THAT(ids(decision), IsEmpty());
  const auto sent = nlohmann::ordered_json::parse(file(name + ".bin"));
  EXPECT_EQ(nlohmann::json::parse(decision.reply.body)["result"]["uuid"], sent["data"]["uuid"]);
  const auto records = door.records();
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].kind, "item");
  EXPECT_EQ(records[0].time_ns, sent["data"]["timestamp"].get<std::int64_t>() * 1'000'000'000);
  auto expected = sent["data"];
  expected["access_token"] = "0123\u2026(32 characters)";
  expected["project"] = "test";
  EXPECT_EQ(records[0].fields, expected);
  door.expect_repeatable();
}

INSTANTIATE_TEST_SUITE_P(Pyrollbar, RollbarSdk,
                         testing::Values("pyrollbar-0.16.3-message", "pyrollbar-0.16.3-exception",
                                         "pyrollbar-1.5.0-message", "pyrollbar-1.5.0-exception"),
                         [](const auto& about) {
                           std::string name = about.param;
                           std::replace_if(name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
                           return name;
                         });

// ---- the body

TEST(RollbarBody, JsonUnderAFormsContentType) {
  Door door;
  const auto& decision =
      door.send(with_headers("X-Rollbar-Access-Token: t\r\nContent-Type: application/x-www-form-urlencoded\r\n",
                             " \r\n" + std::string(hello)));
  EXPECT_EQ(decision.reply.status, 200);
}

TEST(RollbarBody, WhatIsNoJson) {
  const std::string_view bodies[] = {"", "hello", "{\"data\":", "payload=hello", "{\"a\":\"\xFF\"}", "x=1&y=2"};
  for (const std::string_view body : bodies) {
    Door door;
    const auto& decision = door.send(item(body));
    EXPECT_EQ(decision.reply.status, 400) << body;
    EXPECT_EQ(nlohmann::json::parse(decision.reply.body)["err"], 1);
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.body.not-json")) << body;
  }
}

// A sound item cut anywhere is none.
TEST(RollbarBody, CutAnywhere) {
  for (std::size_t size = 0; size < hello.size(); ++size) {
    Door door;
    const auto& decision = door.send(item(hello.substr(0, size)));
    EXPECT_EQ(decision.reply.status, 400) << size;
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.body.not-json")) << size;
    EXPECT_TRUE(decision.effect.empty());
  }
}

TEST(RollbarBody, TheFindingNamesThePlace) {
  Door door;
  const auto& decision = door.send(item("{\n  \"data\": {]\n}"));
  EXPECT_EQ(decision.findings[0].detail, "line 2, column 12 (byte 13): expected a member's name in quotes, found ']'");
  EXPECT_EQ(decision.findings[0].offset, 13U);
}

TEST(RollbarBody, NestedTooDeep) {
  Door door;
  const auto& decision = door.send(item("{\"data\":" + std::string(100'000, '[')));
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_THAT(decision.findings[0].detail, HasSubstr("nested more than 512 deep"));
}

constexpr std::string_view gzipped = "X-Rollbar-Access-Token: t\r\nContent-Encoding: gzip\r\n";

TEST(RollbarBody, Gzip) {
  Door door;
  const auto& decision = door.send(with_headers(gzipped, gzip(hello)));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(ids(decision), IsEmpty());
  EXPECT_EQ(door.records().at(0).fields["body"]["message"]["body"], "Hello World!");
  door.expect_repeatable();
}

TEST(RollbarBody, GzipThatIsDamaged) {
  Door door;
  const auto& decision = door.send(with_headers(gzipped, "\x1f\x8b"));
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.body.compressed"));
  EXPECT_EQ(decision.findings[0].detail, "gzip: damaged gzip");
}

TEST(RollbarBody, GzipOfTooMuch) {
  Door door;
  EXPECT_EQ(door.send(with_headers(gzipped, gzip(std::string(2 << 20, ' ') + std::string(hello)))).reply.status, 413);
  EXPECT_EQ(door.send(with_headers(gzipped, gzip(std::string(17 << 20, ' ')))).reply.status, 400);
}

TEST(RollbarBody, AnotherCoding) {
  Door door;
  const auto& decision = door.send(with_headers("X-Rollbar-Access-Token: t\r\nContent-Encoding: br\r\n", "\x1f\x8b"));
  EXPECT_EQ(decision.reply.status, 400);
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.body.compressed"));
}

TEST(RollbarBody, NumbersAndCharactersBeyondJson) {
  Door door;
  const std::string body = R"({"data":{"environment":"e","body":{"message":{"body":"\ud800"}},"custom":{"n":1e999}}})";
  const auto& decision = door.send(item(body));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.body.beyond-json"));
  EXPECT_EQ(bytes_of(decision.findings[0], body), "\\ud800");
  EXPECT_EQ(door.records().at(0).fields["body"]["message"]["body"], "\xEF\xBF\xBD");
}

TEST(RollbarBody, TooLarge) {
  Door door;
  const auto of_size = [](std::size_t size) {
    std::string body = R"({"data":{"environment":"e","body":{"message":{"body":""}},"custom":{"x":""}}})";
    return item(body.insert(body.size() - 4, size - body.size(), 'x'));
  };
  EXPECT_EQ(door.send(of_size(1'048'576)).reply.status, 200);
  const auto& decision = door.send(of_size(1'048'577));
  EXPECT_EQ(decision.reply.status, 413);
  EXPECT_EQ(decision.reply.body, "{\n  \"err\": 1,\n  \"message\": \"request entity too large\"\n}");
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.body.too-large"));
  EXPECT_THAT(decision.findings[0].detail, AllOf(HasSubstr("1048577 bytes, the limit is 1048576"),
                                                 HasSubstr("data.\"custom\" 10485"), HasSubstr("data.\"body\" 23")));
  door.settings({{"max_payload_bytes", 131072}});
  EXPECT_EQ(door.send(of_size(131'073)).reply.status, 413);
}

// ---- the schema

struct Refused {
  std::string_view body;
  std::string_view message;
  std::string_view finding;
  std::string_view place;
  std::string_view bytes;  // of the body, that the finding points to
};

TEST(RollbarSchema, EachViolationHasItsWordsAndItsFinding) {
  const Refused table[] = {
      {R"({})", "Invalid format. data is a required property.", "rollbar.item.missing-key", "data", ""},
      {R"([])", "Invalid format. data is a required property.", "rollbar.item.missing-key", "", ""},
      {R"({"data":false})", "Invalid format. data should be object.", "rollbar.item.wrong-type", "data", "false"},
      {R"({"data":{}})",
       "Invalid format. data.body must not be undefined. Instead, it should be an object with a 'message', 'trace', "
       "'trace_chain', or 'crash_report' key.",
       "rollbar.item.body-kinds", "data.body", "{}"},
      {R"({"data":{"body":{}}})",
       "Invalid format. data.body must have either a 'trace', 'trace_chain', 'message' or 'crash_report' property, "
       "(but not more than one).",
       "rollbar.item.body-kinds", "data.body", "{}"},
      {R"({"data":{"body":{"message":{"body":"x"},"crash_report":{"raw":"x"}}}})",
       "Invalid format. data.body must have either a 'trace', 'trace_chain', 'message' or 'crash_report' property, "
       "(but not more than one).",
       "rollbar.item.body-kinds", "data.body", R"({"message":{"body":"x"},"crash_report":{"raw":"x"}})"},
      {R"({"data":{"body":{"message":{}}}})", "Invalid format. data.body.message.body is a required property.",
       "rollbar.item.missing-key", "data.body.message.body", "{}"},
      {R"({"data":{"body":{"message":{"body":5}}}})", "Invalid format. data.body.message.body should be string.",
       "rollbar.item.wrong-type", "data.body.message.body", "5"},
      {R"({"data":{"body":{"crash_report":{}}}})", "Invalid format. data.body.crash_report.raw is a required property.",
       "rollbar.item.missing-key", "data.body.crash_report.raw", "{}"},
      {R"({"data":{"body":{"trace":{"exception":{"class":"A"}}}}})",
       "Invalid format. data.body.trace.frames is a required property.", "rollbar.item.missing-key",
       "data.body.trace.frames", R"({"exception":{"class":"A"}})"},
      {R"({"data":{"body":{"trace":{"frames":[{}],"exception":{"class":"A"}}}}})",
       "Invalid format. data.body.trace.frames[0].filename is a required property.", "rollbar.item.missing-key",
       "data.body.trace.frames[0].filename", "{}"},
      {R"({"data":{"body":{"trace":{"frames":[],"exception":{}}}}})",
       "Invalid format. data.body.trace.exception.class is a required property.", "rollbar.item.missing-key",
       "data.body.trace.exception.class", "{}"},
      {R"({"data":{"body":{"trace":{"frames":[],"exception":{"class":"A","message":{}}}}}})",
       "Invalid format. data.body.trace.exception.message should be string.", "rollbar.item.wrong-type",
       "data.body.trace.exception.message", "{}"},
      {R"({"data":{"body":{"trace_chain":[{"frames":[],"exception":{"class":"A"}},{"exception":{"class":"A"}}]}}})",
       "Invalid format. data.body.trace_chain[1].frames is a required property.", "rollbar.item.missing-key",
       "data.body.trace_chain[1].frames", R"({"exception":{"class":"A"}})"},
      {R"({"data":{"body":{"trace_chain":[]}}})",
       "Invalid format. data.body.trace_chain should NOT have fewer than 1 items.", "rollbar.item.missing-key",
       "data.body.trace_chain", "[]"},
      {R"({"data":{"body":{"message":{"body":"x"},"telemetry":"[]"}}})",
       "Invalid format. data.body.telemetry should be array.", "rollbar.item.wrong-type", "data.body.telemetry",
       "\"[]\""},
      {R"({"data":{"body":{"message":{"body":"x"},"telemetry":[{"timestamp_ms":"1","level":"info","type":"log",
          "source":"server","body":{}}]}}})",
       "Invalid format. data.body.telemetry[0].timestamp_ms should be integer.", "rollbar.item.wrong-type",
       "data.body.telemetry[0].timestamp_ms", "\"1\""},
      {R"({"data":{"body":{"message":{"body":"x"}},"context":{}}})", "Invalid format. data.context should be string.",
       "rollbar.item.wrong-type", "data.context", "{}"},
      {R"({"data":{"body":{"message":{"body":"x"}},"context":null}})", "Invalid format. data.context should be string.",
       "rollbar.item.wrong-type", "data.context", "null"},
      {R"({"data":{"body":{"message":{"body":"x"}},"level":40}})", "Invalid format. data.level should be string.",
       "rollbar.item.wrong-type", "data.level", "40"},
      {R"({"data":{"body":{"message":{"body":"x"}},"level":"warn"}})",
       "Invalid format. data.level should be equal to one of the allowed values.", "rollbar.item.unknown-level",
       "data.level", "\"warn\""},
      {R"({"data":{"body":{"message":{"body":"x"}},"timestamp":"2026-11-21"}})",
       "Invalid format. data.timestamp should be number.", "rollbar.item.wrong-type", "data.timestamp",
       "\"2026-11-21\""},
      {R"({"data":{"body":{"trace":{"frames":[{"filename":"a","lineno":"5"}],"exception":{"class":"A"}}}}})",
       "Invalid format. data.body.trace.frames[0].lineno should be integer.", "rollbar.item.wrong-type",
       "data.body.trace.frames[0].lineno", "\"5\""},
      {R"({"data":{"body":{"trace":{"frames":[{"filename":"a","locals":[]}],"exception":{"class":"A"}}}}})",
       "Invalid format. data.body.trace.frames[0].locals should be object.", "rollbar.item.wrong-type",
       "data.body.trace.frames[0].locals", "[]"},
      {R"({"data":{"body":{"message":{"body":"x"}},"custom":"x"}})", "Invalid format. data.custom should be object.",
       "rollbar.item.wrong-type", "data.custom", "\"x\""},
      {R"({"data":{"body":{"message":{"body":"x"}},"person":{"username":"u"}}})",
       "Invalid format. data.person.id is a required property.", "rollbar.item.missing-key", "data.person.id",
       R"({"username":"u"})"},
  };
  for (const Refused& row : table) {
    Door door;
    const auto& decision = door.send(item(row.body));
    EXPECT_EQ(decision.reply.status, 422) << row.body;
    EXPECT_EQ(message_of(decision), row.message);
    ASSERT_THAT(ids(decision), ElementsAre(row.finding)) << row.body;
    EXPECT_EQ(decision.findings[0].place, row.place);
    EXPECT_EQ(bytes_of(decision.findings[0], row.body), row.bytes) << row.body;
    EXPECT_THAT(door.records(), IsEmpty());
    door.expect_repeatable();
    JsonReader reader;
    EXPECT_FALSE(is_sound(*reader.read(row.body))) << row.body;
  }
}

TEST(RollbarSchema, AllFaultsAreJoined) {
  Door door;
  const auto& decision =
      door.send(item(R"({"data":{"level":5,"context":{},"body":{"trace":{"frames":[],"exception":{}}}}})"));
  EXPECT_EQ(message_of(decision),
            "Invalid format. data.body.trace.exception.class is a required property. data.level should be string. "
            "data.context should be string.");
  EXPECT_THAT(decision.findings, SizeIs(3));
  EXPECT_EQ(header(decision.reply, "X-Rate-Limit-Remaining"), "4999");  // a refused item counts
  EXPECT_EQ(header(door.send({}).reply, "X-Rate-Limit-Remaining"), "4998");
}

TEST(RollbarSchema, AMillionFaultsDoNotMakeALongReply) {
  Door door;
  std::string body = R"({"data":{"body":{"trace":{"exception":{"class":"A"},"frames":[{})";
  for (int i = 0; i < 100'000; ++i) body += ",{}";
  const auto& decision = door.send(item(body + "]}}}}"));
  EXPECT_EQ(decision.reply.status, 422);
  EXPECT_LT(decision.reply.body.size(), 10'000U);
  EXPECT_LE(decision.findings.size(), 10U);
}

TEST(RollbarSchema, OddButRealPayloadsAreAccepted) {
  const std::string_view bodies[] = {
      // rollbar-java: fractions of a second, no uuid
      R"({"data":{"environment":"e","timestamp":1795222506.25,"body":{"message":{"body":"x"}}}})",
      // rollbar.js: uuid that is not RFC 4122, person.id a number, empty telemetry, empty context
      R"({"data":{"environment":"e","uuid":"57ef93f2-6d75-4e12-f115-7d024739e4cb","context":"","person":{"id":5},
          "body":{"message":{"body":"x","extra":1},"telemetry":[]},"spread":{"key":1}}})",
      // pyrollbar: null names; browsers: null lines
      R"({"data":{"environment":"e","person":{"id":"1","username":null,"email":null},"body":{"trace":{"frames":[
          {"filename":"a.js","lineno":null,"colno":null}],"exception":{"class":"E","message":null}}}}})",
      // rollbar-go: telemetry of level "log", empty code_version; a title of any length is only noted
      R"({"data":{"environment":"e","code_version":"","body":{"telemetry":[{"level":"log","timestamp_ms":1.0,
          "type":"log","source":"client","body":{"message":"m"}}],"crash_report":{"raw":"x"}}}})",
      // rollbar-gem: a visitor who is nobody
      R"({"data":{"environment":"e","person":{},"body":{"message":{"body":"x"}}}})",
      // a fingerprint of any length: a longer one is hashed
      R"({"data":{"environment":"e","fingerprint":"0123456789012345678901234567890123456789x","body":{"message":
          {"body":"x"}}}})",
      // of two members with one name the last counts
      R"({"data":{"environment":"e","level":5,"level":"info","body":{"message":{"body":"x"}}}})",
      R"({"data":false,"data":{"environment":"e","body":{"message":{"body":"x"}}}})"};
  for (const std::string_view body : bodies) {
    Door door;
    const auto& decision = door.send(item(body));
    EXPECT_EQ(decision.reply.status, 200) << body << decision.reply.body;
    EXPECT_THAT(ids(decision), IsEmpty()) << body;
    EXPECT_THAT(door.records(), SizeIs(1));
  }
}

TEST(RollbarSchema, WhatATelemetryEventLacksIsNotedAndDoesNotHideARefusal) {
  Door door;
  std::string events = R"({"level":"info","type":"log","source":"server","timestamp_ms":1})";
  const std::string start = R"({"data":{"environment":"e","body":{"message":{"body":"x"},"telemetry":[)";
  const auto& noted = door.send(item(start + events + "]}}}"));
  EXPECT_EQ(noted.reply.status, 200);
  ASSERT_THAT(ids(noted), ElementsAre("rollbar.item.telemetry"));
  EXPECT_EQ(noted.findings[0].place, "data.body.telemetry[0].body");
  for (int i = 0; i < 200; ++i) events += ",{}";
  const auto& refused = door.send(item(start + events + R"(]},"level":5}})"));
  EXPECT_EQ(message_of(refused), "Invalid format. data.level should be string.");
  EXPECT_EQ(refused.findings[0].id, "rollbar.item.wrong-type");
}

// Each documented member with each JSON type: 200 or 422, never anything else, and the reason named at its place.
TEST(RollbarSchema, EveryMemberWithEveryType) {
  const std::string_view values[] = {"null", "true", "5", "1.5", "\"text\"", "[]", "[5]", "{}", "{\"x\":1}"};
  const std::string_view members[] = {"environment", "body",     "level",       "timestamp",   "code_version",
                                      "platform",    "language", "framework",   "context",     "request",
                                      "person",      "server",   "client",      "custom",      "title",
                                      "uuid",        "notifier", "fingerprint", "is_uncaught", "attributes"};
  for (const std::string_view member : members) {
    for (const std::string_view value : values) {
      Door door;
      const std::string text = R"({"data":{"environment":"e","body":{"message":{"body":"x"}},")" + std::string(member) +
                               "\":" + std::string(value) + "}}";
      const auto& decision = door.send(item(text));
      JsonReader reader;
      const auto root = reader.read(text);
      if (member != "environment") {  // stands there twice then: sound is less than without violation
        EXPECT_EQ(is_sound(*root), violations(*root).empty()) << text;
      }
      if (decision.reply.status == 200) continue;
      EXPECT_EQ(decision.reply.status, 422) << text;
      ASSERT_FALSE(decision.findings.empty()) << text;
      EXPECT_THAT(decision.findings[0].place, testing::StartsWith("data." + std::string(member))) << text;
      EXPECT_THAT(decision.reply.body, HasSubstr("data." + std::string(member))) << text;
    }
  }
}

// The same below data: each with what must surround it, "@" where the member stands.
TEST(RollbarSchema, EveryInnerMemberWithEveryType) {
  const std::string_view values[] = {"null", "true", "5", "1.5", "\"text\"", "[]", "[5]", "{}", "{\"x\":1}"};
  struct {
    std::string place;  // in the words of the service
    std::string_view around;
    std::vector<std::string_view> members;
  } const table[] = {
      {"data.person.", R"("person":{@},"body":{"message":{"body":"x"}})", {"id", "username", "email"}},
      {"data.body.message.", R"("body":{"message":{@}})", {"body"}},
      {"data.body.crash_report.", R"("body":{"crash_report":{@}})", {"raw"}},
      {"data.body.", R"("body":{@})", {"trace", "trace_chain", "message", "crash_report", "telemetry"}},
      {"data.body.trace.", R"("body":{"trace":{"exception":{"class":"A"},@}})", {"frames"}},
      {"data.body.trace.", R"("body":{"trace":{"frames":[],@}})", {"exception"}},
      {"data.body.trace.exception.",
       R"("body":{"trace":{"frames":[],"exception":{@}}})",
       {"class", "message", "description"}},
      {"data.body.trace_chain[0].frames[0].",
       R"("body":{"trace_chain":[{"frames":[{@}],"exception":{"class":"A"}}]})",
       {"filename", "lineno", "colno", "method", "code", "class_name", "context", "argspec", "locals"}},
      {"data.body.telemetry[0].",
       R"("body":{"message":{"body":"x"},"telemetry":[{@}]})",
       {"timestamp_ms", "level", "type", "source", "body"}},
  };
  std::size_t refused = 0;
  for (const auto& row : table) {
    for (const std::string_view member : row.members) {
      for (const std::string_view value : values) {
        std::string text = R"({"data":{"environment":"e",)" + std::string(row.around) + "}}";
        text.replace(text.find('@'), 1, "\"" + std::string(member) + "\":" + std::string(value));
        Door door;
        const auto& decision = door.send(item(text));
        JsonReader reader;
        EXPECT_EQ(is_sound(*reader.read(text)), violations(*reader.read(text)).empty()) << text;
        if (decision.reply.status == 200) {
          EXPECT_THAT(door.records(), SizeIs(1)) << text;
          continue;
        }
        ++refused;
        EXPECT_EQ(decision.reply.status, 422) << text;
        ASSERT_FALSE(decision.findings.empty()) << text;
        const std::string kind = row.place.substr(0, row.place.size() - 1);
        EXPECT_THAT(message_of(decision), HasSubstr(kind)) << text;
        EXPECT_THAT(decision.findings[0].place, testing::StartsWith(kind)) << text;
        EXPECT_THAT(door.records(), IsEmpty()) << text;
      }
    }
  }
  EXPECT_GT(refused, 100U);
}

// ---- what is accepted, and noted

TEST(RollbarItem, TooLongTextsAreNoted) {
  Door door;
  const std::string title(256, 'x');
  const auto& decision =
      door.send(item(R"({"data":{"environment":"e","title":")" + title + R"(","body":{"message":{"body":"x"}}}})"));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.item.too-long"));
  EXPECT_EQ(decision.findings[0].place, "data.title");
  // Characters count, not bytes.
  std::string umlauts;
  for (int i = 0; i < 255; ++i) umlauts += "\xC3\xA9";
  EXPECT_THAT(ids(door.send(item(R"({"data":{"environment":"e","title":")" + umlauts +
                                 R"(","body":{"message":{"body":"x"}}}})"))),
              IsEmpty());
}

TEST(RollbarItem, WithoutEnvironment) {
  for (const std::string_view body : {R"({"data":{"body":{"message":{"body":"x"}}}})",
                                      R"({"data":{"environment":null,"body":{"message":{"body":"x"}}}})"}) {
    Door door;
    const auto& decision = door.send(item(body));
    EXPECT_EQ(decision.reply.status, 200);
    EXPECT_THAT(ids(decision), ElementsAre("rollbar.item.no-environment"));
  }
}

TEST(RollbarItem, ADuplicateUuidIsAcknowledgedAndDiscarded) {
  Door door;
  door.accounts({{"tokens",
                  {{{"access_token", "a"}, {"project", "one"}, {"scopes", {"post_server_item"}}},
                   {{"access_token", "b"}, {"project", "two"}, {"scopes", {"post_server_item"}}}}}});
  const std::string body = R"({"data":{"environment":"e","uuid":"u-1","body":{"message":{"body":"x"}}}})";
  const auto from = [&](std::string_view access_token) {
    return with_headers("X-Rollbar-Access-Token: " + std::string(access_token) + "\r\n", body);
  };
  EXPECT_THAT(ids(door.send(from("a"))), IsEmpty());
  const auto& again = door.send(from("a"));
  EXPECT_EQ(again.reply.status, 200);
  EXPECT_THAT(again.reply.body, HasSubstr("\"uuid\": \"u-1\""));
  EXPECT_THAT(ids(again), ElementsAre("rollbar.item.duplicate-uuid"));
  EXPECT_EQ(bytes_of(again.findings[0], body), "\"u-1\"");
  EXPECT_THAT(ids(door.send(from("b"))), IsEmpty());  // another project
  EXPECT_THAT(door.records(), SizeIs(2));
  door.expect_repeatable();
}

TEST(RollbarItem, ClockSkew) {
  Door door;
  const auto with_timestamp = [](std::string_view timestamp) {
    return item(R"({"data":{"environment":"e","timestamp":)" + std::string(timestamp) +
                R"(,"body":{"message":{"body":"x"}}}})");
  };
  EXPECT_THAT(ids(door.send(with_timestamp("1795222496"))), IsEmpty());
  EXPECT_THAT(ids(door.send(with_timestamp("1795222206"))), ElementsAre("rollbar.item.late"));
  const auto& behind = door.send(with_timestamp("1795222106"));
  EXPECT_THAT(ids(behind), ElementsAre("rollbar.item.clock-skew"));
  EXPECT_EQ(behind.findings[0].detail, "400 seconds behind");
  EXPECT_THAT(ids(door.send(with_timestamp("1795222506000"))), ElementsAre("rollbar.item.clock-skew"));
  // A record keeps a time that is one, and takes the arrival's where it is none.
  const auto records = door.records();
  EXPECT_EQ(records[2].time_ns, 1'795'222'106'000'000'000);
  EXPECT_EQ(records[3].time_ns, door.now.vendor_ns);
}

TEST(RollbarItem, OneThatComesLongAfterItWasMade) {
  Door door;
  const auto made = [](int seconds_ago) {
    return item(R"({"data":{"environment":"e","timestamp":)" + std::to_string(1'795'222'506 - seconds_ago) +
                R"(,"body":{"message":{"body":"x"}}}})");
  };
  EXPECT_THAT(ids(door.send(made(30))), IsEmpty());
  EXPECT_THAT(ids(door.send(made(-60))), IsEmpty());  // a clock that is ahead
  const auto& late = door.send(made(31));
  ASSERT_THAT(ids(late), ElementsAre("rollbar.item.late"));
  EXPECT_EQ(late.findings[0].detail, "31 seconds after its timestamp");
}

TEST(RollbarItem, WhatAProjectDeclaresAboutPeople) {
  const std::string body = R"({"data":{"environment":"e","person":{"id":"1","username":"andrew","email":null},
      "request":{"user_ip":"203.0.113.9"},"body":{"message":{"body":"x"}}}})";
  Door door;
  EXPECT_THAT(ids(door.send(item(body))), IsEmpty());
  door.settings({{"person_details", "forbid"}, {"user_ip", "anonymized"}});
  const auto& decision = door.send(item(body));
  EXPECT_EQ(decision.reply.status, 200);
  EXPECT_THAT(ids(decision), ElementsAre("rollbar.privacy.person", "rollbar.privacy.user-ip"));
  EXPECT_EQ(decision.findings[0].place, "data.person.username");
  for (const auto& finding : decision.findings) EXPECT_EQ(finding.detail, "");
  for (const std::string fine : {"203.0.113.0", "$remote_ip_anonymize", "", "2001:db8:1::"}) {
    EXPECT_THAT(ids(door.send(item(R"({"data":{"environment":"e","request":{"user_ip":")" + fine +
                                   R"("},"body":{"message":{"body":"x"}}}})"))),
                IsEmpty())
        << fine;
  }
  EXPECT_THAT(ids(door.send(item(R"({"data":{"environment":"e","request":{"user_ip":"$remote_ip"},
      "body":{"message":{"body":"x"}}}})"))),
              ElementsAre("rollbar.privacy.user-ip"));
}

// pyrollbar answers a 413 with a failsafe item, and a refused failsafe item with the next one.
TEST(RollbarItem, AFailsafeItemIsNotTooLarge) {
  Door door;
  door.settings({{"max_payload_bytes", 100}});
  const auto of = [](std::string_view flag) {
    return item(R"({"data":{"environment":"e","failsafe":)" + std::string(flag) + R"(,"body":{"message":{"body":")" +
                std::string(100, 'x') + "\"}}}}");
  };
  EXPECT_EQ(door.send(of("false")).reply.status, 413);
  EXPECT_EQ(door.send(of("\"true\"")).reply.status, 413);
  EXPECT_EQ(door.send(of("true")).reply.status, 200);
}

TEST(RollbarItem, ATokensOwnLimitRunsBesideTheSystems) {
  Door door;
  door.accounts({{"tokens",
                  {{{"access_token", "a"},
                    {"scopes", {"post_server_item"}},
                    {"rate_limit_window_size", 300},
                    {"rate_limit_window_count", 2}}}}});
  door.settings({{"rate_quota", "enforce"}});
  const Sent sent = with_headers("X-Rollbar-Access-Token: a\r\n");
  EXPECT_EQ(header(door.send(sent).reply, "X-Rate-Limit-Limit"), "2");  // what leaves less
  EXPECT_EQ(door.send(sent).reply.status, 200);
  door.now.vendor_ns += 61'000'000'000;  // the system's window is new, the token's own is not
  const auto& refused = door.send(sent);
  EXPECT_EQ(refused.reply.status, 429);
  EXPECT_EQ(header(refused.reply, "X-Rate-Limit-Remaining-Seconds"), "239");
  ASSERT_THAT(ids(refused), ElementsAre("rollbar.rate.over-limit"));
  EXPECT_THAT(refused.findings[0].detail, HasSubstr("more than 2 calls in 300 seconds, the token's own limit"));
  door.now.vendor_ns += 239'000'000'000;
  EXPECT_EQ(door.send(sent).reply.status, 200);
  door.expect_repeatable();
}

TEST(RollbarItem, OverTheRateLimitIsFlaggedOnceAWindow) {
  Door door;
  door.settings({{"rate_limit", 2}});
  EXPECT_EQ(header(door.send({}).reply, "X-Rate-Limit-Remaining"), "1");
  EXPECT_EQ(header(door.send({}).reply, "X-Rate-Limit-Remaining"), "0");
  EXPECT_THAT(ids(door.send({})), ElementsAre("rollbar.rate.over-limit"));
  const auto& more = door.send({});
  EXPECT_EQ(more.reply.status, 200);
  EXPECT_EQ(header(more.reply, "X-Rate-Limit-Remaining"), "0");
  EXPECT_THAT(ids(more), IsEmpty());
  door.expect_repeatable();
}

TEST(RollbarItem, TheRateLimitIsEnforcedWhereASettingSaysSo) {
  Door door;
  door.settings({{"rate_limit", 1}, {"rate_quota", "enforce"}});
  EXPECT_EQ(door.send({}).reply.status, 200);
  const auto& refused = door.send({});
  EXPECT_EQ(refused.reply.status, 429);
  EXPECT_EQ(refused.reply.body,
            "{\n  \"err\": 1,\n  \"message\": \"Over rate limit. Access token: 0123456789abcdef0123456789abcdef\"\n}");
  EXPECT_EQ(header(refused.reply, "X-Rate-Limit-Remaining"), "0");
  EXPECT_EQ(header(refused.reply, "X-Rate-Limit-Remaining-Seconds"), "60");
  EXPECT_THAT(ids(refused), ElementsAre("rollbar.rate.over-limit"));
  door.now.vendor_ns += 60'000'000'000;
  EXPECT_EQ(door.send({}).reply.status, 200);
  EXPECT_THAT(door.records(), SizeIs(2));
  door.expect_repeatable();
}

TEST(RollbarItem, EqualStatesDumpEquallyWhateverTheOrder) {
  const std::string_view one = R"({"data":{"environment":"e","uuid":"1","body":{"message":{"body":"x"}}}})";
  const std::string_view two = R"({"data":{"environment":"e","uuid":"2","body":{"message":{"body":"x"}}}})";
  Door forth, back, other;
  forth.send(item(one)), forth.send(item(two));
  back.send(item(two)), back.send(item(one));
  other.send(item(one)), other.send({});
  EXPECT_EQ(forth.vendor->dump(*forth.state), back.vendor->dump(*back.state));
  EXPECT_NE(forth.vendor->dump(*forth.state), other.vendor->dump(*other.state));
}

}  // namespace
}  // namespace understudy::rollbar
