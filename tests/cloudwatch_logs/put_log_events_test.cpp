#include "cloudwatch_logs/put_log_events.h"

#include <gmock/gmock.h>

#include "base/content_coding.h"
#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

constexpr std::int64_t now = Lab::start_ms;
constexpr std::int64_t hour = 3'600'000;
constexpr std::int64_t day = 24 * hour;

class PutLogEvents : public testing::Test {
 protected:
  PutLogEvents() { lab.make_stream(); }
  std::string message_of(std::string_view body) { return refused(lab.call("PutLogEvents", body)).message; }
  json rejected(const std::vector<std::pair<std::int64_t, std::string>>& events) {
    const auto decision = lab.put(events);
    EXPECT_EQ(decision.reply.status, 200) << decision.reply.body;
    return json::parse(decision.reply.body).value("rejectedLogEventsInfo", json());
  }
  json stored() { return lab.ask("GetLogEvents", R"({"logGroupName":"g","logStreamName":"s"})")["events"]; }

  Lab lab;
};

TEST_F(PutLogEvents, AnswersAFreshTokenAndNothingElse) {
  const auto first = lab.put({{now, "a"}});
  EXPECT_EQ(first.reply.status, 200);
  EXPECT_THAT(first.reply.body, MatchesRegex(R"(\{"nextSequenceToken":"49[0-9]{54}"\})"));
  EXPECT_THAT(first.findings, testing::IsEmpty());
  EXPECT_NE(lab.put({{now, "a"}}).reply.body, first.reply.body);
}

TEST_F(PutLogEvents, TakesTheSameBatchTwiceAndEqualTimestampsInOrderOfArrival) {
  lab.put({{now, "b"}, {now, "a"}});
  lab.put({{now, "b"}, {now, "a"}});
  std::vector<std::string> messages;
  for (const auto& event : stored()) messages.push_back(event["message"]);
  EXPECT_THAT(messages, testing::ElementsAre("b", "a", "b", "a"));
}

TEST_F(PutLogEvents, IgnoresASequenceToken) {
  auto batch = Lab::batch({{now, "a"}});
  batch["sequenceToken"] = "4911111111111111111111111111111111111111111111111111111111";
  EXPECT_EQ(lab.call("PutLogEvents", batch.dump()).reply.status, 200);
  batch["sequenceToken"] = "";
  EXPECT_EQ(message_of(batch.dump()),
            "1 validation error detected: Value '' at 'sequenceToken' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1");
}

TEST_F(PutLogEvents, RefusesABatchWithoutEvents) {
  EXPECT_EQ(message_of(R"({"logGroupName":"g","logStreamName":"s","logEvents":[]})"),
            "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1");
  for (const auto* body : {R"({"logGroupName":"g","logStreamName":"s","logEvents":null})",
                           R"({"logGroupName":"g","logStreamName":"s"})"}) {
    EXPECT_EQ(message_of(body),
              "1 validation error detected: Value null at 'logEvents' failed to satisfy constraint: Member must not be "
              "null");
  }
}

TEST_F(PutLogEvents, RefusesEmptyMessagesByTheirPlaces) {
  const auto decision = lab.put({{now, ""}, {now, ""}});
  EXPECT_EQ(decision.reply.body,
            R"({"__type":"InvalidParameterException","message":"2 validation errors detected: )"
            R"(Value '' at 'logEvents.1.member.message' failed to satisfy constraint: Member must have length greater )"
            R"(than or equal to 1; Value '' at 'logEvents.2.member.message' failed to satisfy constraint: Member must )"
            R"(have length greater than or equal to 1"})");
  const auto& finding = decision.findings.at(0);
  EXPECT_EQ(finding.id, "cloudwatch_logs.events.empty-message");
  EXPECT_EQ(finding.place, "logEvents[0]");
}

TEST_F(PutLogEvents, ListsTenViolationsAtMost) {
  const std::vector<std::pair<std::int64_t, std::string>> many(12, {now, ""});
  EXPECT_THAT(refused(lab.put(many)).message, testing::StartsWith("10 validation errors detected: "));
}

TEST_F(PutLogEvents, RefusesAnEventWithoutTimestamp) {
  for (const auto* event : {R"({"message":"a"})", R"({"message":"a","timestamp":null})"}) {
    const auto body = fmt::format(R"({{"logGroupName":"g","logStreamName":"s","logEvents":[{}]}})", event);
    EXPECT_EQ(message_of(body),
              "1 validation error detected: Value null at 'logEvents.1.member.timestamp' failed to satisfy constraint: "
              "Member must not be null");
  }
  EXPECT_EQ(message_of(Lab::batch({{-1, "a"}}).dump()),
            "1 validation error detected: Value '-1' at 'logEvents.1.member.timestamp' failed to satisfy constraint: "
            "Member must have value greater than or equal to 0");
}

TEST_F(PutLogEvents, JoinsViolationsOfAllMembersInTheirOrder) {
  EXPECT_EQ(message_of(R"({"logGroupName":"a b","logStreamName":"x:y","logEvents":[]})"),
            "3 validation errors detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+; Value 'x:y' at 'logStreamName' failed to "
            "satisfy constraint: Member must satisfy regular expression pattern: [^:*]*; Value '[]' at 'logEvents' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1");
}

TEST_F(PutLogEvents, RefusesAColonInTheStreamsName) {
  const auto answer = refused(lab.put({{now, "a"}}, "g", "x:y"));
  EXPECT_EQ(answer.message,
            "1 validation error detected: Value 'x:y' at 'logStreamName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [^:*]*");
  EXPECT_EQ(answer.finding, "cloudwatch_logs.stream.name");
}

TEST_F(PutLogEvents, HasAnAnswerOfItsOwnForNamesTooLong) {
  EXPECT_EQ(refused(lab.put({{now, "a"}}, std::string(513, 'g'))).message,
            "Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
  EXPECT_EQ(refused(lab.put({{now, "a"}}, "g", std::string(513, 's'))).finding, "cloudwatch_logs.input.name-too-long");
}

TEST_F(PutLogEvents, TakesTenThousandEventsAndNoMore) {
  std::vector<std::pair<std::int64_t, std::string>> events(10'000, {now, "m"});
  EXPECT_EQ(lab.put(events).reply.status, 200);
  events.emplace_back(now, "m");
  const auto answer = refused(lab.put(events));
  EXPECT_THAT(answer.message, EndsWith("' at 'logEvents' failed to satisfy constraint: Member must have length less "
                                       "than or equal to 10000"));
  EXPECT_EQ(answer.finding, "cloudwatch_logs.events.too-many");
}

TEST_F(PutLogEvents, CountsTheBatchInUtf8BytesAndTwentySixForEach) {
  // 8 events of 131,046 bytes and 26 each are the limit to the byte.
  std::vector<std::pair<std::int64_t, std::string>> events(8, {now, std::string(131'046, 'x')});
  EXPECT_EQ(lab.put(events).reply.status, 200);
  events[0].second += 'x';
  EXPECT_EQ(refused(lab.put(events)).message, "Upload too large: 1048577 bytes exceeds limit of 1048576");
  // "é" counts two bytes, however it is written on the wire.
  events[0].second = std::string(131'044, 'x');
  auto body = Lab::batch(events).dump();
  body.insert(body.find(R"("message":"x)") + 11, "\\u00e9");
  EXPECT_EQ(lab.call("PutLogEvents", body).reply.status, 200);
  body.insert(body.find(R"("message":"\u00e9)") + 11, "\xC3\xA9");
  EXPECT_EQ(message_of(body), "Upload too large: 1048578 bytes exceeds limit of 1048576");
}

TEST_F(PutLogEvents, RefusesAnEventThatIsTooLarge) {
  EXPECT_EQ(lab.put({{now, std::string(1'048'550, 'x')}}).reply.status, 200);
  const auto decision = lab.put({{now, "small"}, {now, std::string(1'048'551, 'x')}});
  EXPECT_EQ(refused(decision).message, "Log event too large: 1048577 bytes exceeds limit of 1048576");
  EXPECT_EQ(decision.findings[0].place, "logEvents[1]");
}

TEST_F(PutLogEvents, RefusesEventsOutOfOrderAndShowsWhere) {
  const auto decision = lab.put({{now, "a"}, {now - 1, "b"}, {now - 30 * hour, "c"}});
  EXPECT_EQ(refused(decision).message, "Log events in a single PutLogEvents request must be in chronological order.");
  const auto& finding = decision.findings.at(0);
  EXPECT_EQ(finding.id, "cloudwatch_logs.events.unordered");
  EXPECT_EQ(finding.place, "logEvents[1]");
  const auto body = Lab::batch({{now, "a"}, {now - 1, "b"}, {now - 30 * hour, "c"}}).dump();
  EXPECT_EQ(body.substr(finding.offset, finding.length), json({{"message", "b"}, {"timestamp", now - 1}}).dump());
}

TEST_F(PutLogEvents, RefusesASpanOfMoreThanADay) {
  EXPECT_EQ(lab.put({{now - day, "a"}, {now, "b"}}).reply.status, 200);
  const auto answer = refused(lab.put({{now - day - 1, "a"}, {now, "b"}}));
  EXPECT_EQ(answer.message, "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  EXPECT_EQ(answer.finding, "cloudwatch_logs.events.span");
}

TEST_F(PutLogEvents, CountsTheSpanOverValidEventsOnly) {
  EXPECT_EQ(rejected({{now - 365 * day, "a"}, {now - 13 * day - 12 * hour, "b"}}),
            json({{"tooOldLogEventEndIndex", 1}}));
  EXPECT_EQ(rejected({{now + hour, "a"}, {now + day, "b"}}), json({{"tooNewLogEventStartIndex", 1}}));
  EXPECT_EQ(refused(lab.put({{now - 365 * day, "a"}, {now - 13 * day, "b"}, {now - day, "c"}})).message,
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
}

TEST_F(PutLogEvents, DropsTheTooOldWithAnEndThatIsOutside) {
  const auto decision = lab.put({{now - 14 * day - 1, "old"}});
  EXPECT_THAT(
      decision.reply.body,
      MatchesRegex(R"(\{"nextSequenceToken":"49[0-9]{54}","rejectedLogEventsInfo":\{"tooOldLogEventEndIndex":1\}\})"));
  EXPECT_EQ(decision.findings.at(0).id, "cloudwatch_logs.events.too-old");
  EXPECT_EQ(rejected({{now - 14 * day, "just not too old"}}), json());
  EXPECT_EQ(rejected({{1, "a"}, {2, "b"}, {now - 13 * day, "c"}}), json({{"tooOldLogEventEndIndex", 2}}));
}

TEST_F(PutLogEvents, DropsTheTooNewWithAStartThatIsInside) {
  EXPECT_EQ(rejected({{now + 2 * hour, "just not too new"}}), json());
  EXPECT_EQ(rejected({{now + 2 * hour + 1, "a"}}), json({{"tooNewLogEventStartIndex", 0}}));
  EXPECT_EQ(rejected({{now, "a"}, {now + 3 * hour, "b"}, {now + 4 * hour, "c"}}),
            json({{"tooNewLogEventStartIndex", 1}}));
}

TEST_F(PutLogEvents, DropsWhatTheRetentionHasExpired) {
  lab.ask("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":1})");
  EXPECT_EQ(rejected({{now - day - 1, "expired"}, {now - day, "kept"}}), json({{"expiredLogEventEndIndex", 1}}));
  EXPECT_EQ(rejected({{1, "old"}, {now - 2 * day, "expired"}, {now, "kept"}, {now + 3 * hour, "new"}}),
            json({{"tooNewLogEventStartIndex", 3}, {"tooOldLogEventEndIndex", 1}, {"expiredLogEventEndIndex", 2}}));
  std::vector<std::string> messages;
  for (const auto& event : stored()) messages.push_back(event["message"]);
  EXPECT_THAT(messages, testing::ElementsAre("kept", "kept"));
}

TEST_F(PutLogEvents, SaysWhichUnitWouldMakeATimestampSensible) {
  const auto detail = [&](std::int64_t timestamp) { return lab.put({{timestamp, "a"}}).findings.at(0).detail; };
  EXPECT_THAT(detail(now / 1000), HasSubstr("as seconds it would be sensible"));
  EXPECT_THAT(detail(now * 1000), HasSubstr("as microseconds it would be sensible"));
  EXPECT_THAT(detail(now * 1'000'000), HasSubstr("as nanoseconds it would be sensible"));
  EXPECT_EQ(detail(1), "1 of 1 events; 1");
}

TEST_F(PutLogEvents, LooksForTheGroupThenTheStreamAfterTheEvents) {
  EXPECT_EQ(refused(lab.put({{now, "a"}, {now - 1, "b"}}, "none")).type, "InvalidParameterException");
  const auto no_group = lab.put({{now, "a"}}, "none", "none");
  EXPECT_EQ(no_group.reply.body,
            R"({"__type":"ResourceNotFoundException","message":"The specified log group does not exist."})");
  EXPECT_EQ(refused(no_group).finding, "cloudwatch_logs.group.missing");
  const auto no_stream = lab.put({{now, "a"}}, "g", "none");
  EXPECT_EQ(no_stream.reply.body,
            R"({"__type":"ResourceNotFoundException","message":"The specified log stream does not exist."})");
  EXPECT_EQ(refused(no_stream).finding, "cloudwatch_logs.stream.missing");
}

TEST_F(PutLogEvents, RefusesWhatIsNoJsonOfTheRightTypes) {
  const auto not_json = lab.call("PutLogEvents", "{\"logGroupName\": ");
  EXPECT_EQ(not_json.reply.body, R"({"__type":"SerializationException"})");
  EXPECT_EQ(refused(not_json).finding, "cloudwatch_logs.body.not-json");
  EXPECT_EQ(refused(lab.call("PutLogEvents", "[]")).type, "SerializationException");
  const auto text_for_time =
      lab.call("PutLogEvents",
               R"({"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":"1795222519000","message":"a"}]})");
  EXPECT_EQ(text_for_time.reply.body,
            R"({"__type":"SerializationException","message":"class java.lang.String can not be converted to a Long"})");
  EXPECT_EQ(refused(lab.call("PutLogEvents", R"({"logGroupName":1,"logStreamName":"s","logEvents":[]})")).type,
            "SerializationException");
  EXPECT_EQ(refused(lab.call("PutLogEvents", R"({"logGroupName":"g","logStreamName":"s","logEvents":{}})")).type,
            "SerializationException");
  EXPECT_EQ(refused(lab.call("PutLogEvents", R"({"logGroupName":"g","logStreamName":"s","logEvents":[1]})")).type,
            "SerializationException");
}

// What @aws-sdk/client-cloudwatch-logs 3.1169.0 writes for a timestamp that is no number.
TEST_F(PutLogEvents, PointsAtATimestampThatIsNoNumber) {
  const auto decision = lab.call(
      "PutLogEvents",
      R"({"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"a"},{"timestamp":"NaN","message":"b"}]})");
  const auto& finding = decision.findings.at(0);
  EXPECT_EQ(finding.place, "logEvents[1].timestamp");
  EXPECT_THAT(finding.detail, EndsWith(R"(; it is "NaN")"));
}

TEST_F(PutLogEvents, TakesTheLastOfMembersWithOneName) {
  const auto body = fmt::format(
      R"({{"logGroupName":"no","logGroupName":"g","logStreamName":"s","logEvents":[{{"timestamp":1,"message":"a","timestamp":{},"message":"b"}}]}})",
      now);
  EXPECT_EQ(lab.call("PutLogEvents", body).reply.status, 200);
  EXPECT_EQ(stored().at(0)["message"], "b");
  EXPECT_EQ(stored().at(0)["timestamp"], now);
}

TEST_F(PutLogEvents, ReadsHalfASurrogatePairAndAFractionAndSaysSo) {
  const auto body = fmt::format(
      R"({{"logGroupName":"g","logStreamName":"s","logEvents":[{{"timestamp":{}.75,"message":"a\ud800"}}]}})", now);
  const auto decision = lab.call("PutLogEvents", body);
  EXPECT_EQ(decision.reply.status, 200);
  ASSERT_EQ(decision.findings.size(), 2u);
  EXPECT_EQ(decision.findings[0].id, "cloudwatch_logs.events.timestamp-fraction");
  EXPECT_EQ(decision.findings[0].place, "logEvents[0]");
  EXPECT_EQ(decision.findings[1].id, "cloudwatch_logs.body.rewritten");
  EXPECT_EQ(stored().at(0)["timestamp"], now);
  EXPECT_EQ(stored().at(0)["message"], "a\xEF\xBF\xBD");
}

TEST_F(PutLogEvents, UnpacksGzip) {
  const auto packed = gzip(Lab::batch({{now, "packed"}}).dump());
  EXPECT_EQ(lab.call("PutLogEvents", packed, "Content-Encoding: gzip\r\n").reply.status, 200);
  EXPECT_EQ(stored().at(0)["message"], "packed");
  EXPECT_EQ(lab.records().at(0).fields["message"], "packed");

  const auto damaged = lab.call("PutLogEvents", packed.substr(0, 20), "Content-Encoding: gzip\r\n");
  EXPECT_EQ(refused(damaged).type, "SerializationException");
  EXPECT_EQ(refused(damaged).finding, "cloudwatch_logs.body.coding");
  const auto bomb = gzip(std::string(20 << 20, ' '));
  EXPECT_EQ(refused(lab.call("PutLogEvents", bomb, "Content-Encoding: gzip\r\n")).finding,
            "cloudwatch_logs.body.coding");
}

TEST_F(PutLogEvents, StoresTheEventsOfARejectedEntity) {
  auto batch = Lab::batch({{now, "a"}});
  batch["entity"] = {{"keyAttributes", {{"Type", "Service"}, {"Name", "n"}}}};
  EXPECT_THAT(lab.call("PutLogEvents", batch.dump()).reply.body, Not(HasSubstr("rejectedEntityInfo")));
  batch["entity"] = {{"keyAttributes", {{"Name", "n"}, {"Environment", "e"}}}};
  const auto decision = lab.call("PutLogEvents", batch.dump());
  EXPECT_THAT(decision.reply.body, HasSubstr(R"("rejectedEntityInfo":{"errorType":"MissingRequiredFields"})"));
  EXPECT_EQ(stored().size(), 2u);
}

TEST_F(PutLogEvents, SaysWhyAnEntityIsNotTaken) {
  const auto rejection_of = [&](const json& entity) {
    auto batch = Lab::batch({{now, "a"}});
    batch["entity"] = entity;
    const auto decision = lab.call("PutLogEvents", batch.dump());
    EXPECT_EQ(decision.reply.status, 200);
    const auto reply = json::parse(decision.reply.body);
    return reply.contains("rejectedEntityInfo") ? reply["rejectedEntityInfo"]["errorType"].get<std::string>() : "";
  };
  const json service = {{"Type", "Service"}, {"Name", "backend"}};
  EXPECT_EQ(rejection_of({{"keyAttributes", service}, {"attributes", {{"EKS.Cluster", "c"}}}}), "");
  EXPECT_EQ(rejection_of("text"), "InvalidEntity");
  EXPECT_EQ(rejection_of({{"keyAttributes", {{"Type", "Thing"}, {"Name", "n"}}}}), "InvalidTypeValue");
  EXPECT_EQ(rejection_of({{"keyAttributes", {{"Type", "Service"}}}}), "InvalidKeyAttributes");
  EXPECT_EQ(rejection_of({{"keyAttributes", {{"Type", "Service"}, {"Name", ""}}}}), "InvalidKeyAttributes");
  EXPECT_EQ(rejection_of({{"keyAttributes", service}, {"attributes", {{"a", std::string(513, 'x')}}}}),
            "InvalidAttributes");
}

TEST_F(PutLogEvents, NotesAMessageThatTheClientCut) {
  EXPECT_EQ(lab.put({{now, std::string(262'118, 'x')}}).findings.at(0).id, "cloudwatch_logs.events.cut-by-client");
  EXPECT_EQ(lab.put({{now, std::string(250'000, 'x') + "[Truncated...]"}}).findings.at(0).id,
            "cloudwatch_logs.events.cut-by-client");
  EXPECT_TRUE(lab.put({{now, "a short line that says [Truncated...]"}}).findings.empty());
}

TEST_F(PutLogEvents, BecomesARecordForEachAcceptedEvent) {
  lab.put({{1, "too old"}, {now - 5, "first"}, {now, "second"}});
  const auto records = lab.records();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].kind, "log_event");
  EXPECT_EQ(records[0].time_ns, (now - 5) * 1'000'000);
  EXPECT_EQ(records[0].fields.dump(),
            fmt::format(R"({{"log_group":"g","log_stream":"s","timestamp":{},"message":"first","ingestion_time":{},)"
                        R"("account":"000000000000","region":"us-east-1"}})",
                        now - 5, now));
  EXPECT_EQ(records[1].fields["message"], "second");
}

// Sorted batches that shippers make of random backlogs: whatever is accepted is what the answer says is accepted.
TEST_F(PutLogEvents, KeepsExactlyWhatItDoesNotReject) {
  for (const auto& offsets :
       std::vector<std::vector<std::int64_t>>{{-20 * day, -14 * day - 1, -14 * day, -14 * day + hour},
                                              {-hour, 0, 2 * hour, 2 * hour + 1},
                                              {-30 * day, 3 * hour},
                                              {0}}) {
    Lab other;
    other.make_stream();
    std::vector<std::pair<std::int64_t, std::string>> events;
    for (const auto offset : offsets) events.emplace_back(now + offset, "m");
    const auto reply = json::parse(other.put(events).reply.body);
    const auto info = reply.value("rejectedLogEventsInfo", json::object());
    const auto first = info.value("tooOldLogEventEndIndex", std::size_t{0});
    const auto end = info.value("tooNewLogEventStartIndex", events.size());
    EXPECT_EQ(other.records().size(), end - first);
  }
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
