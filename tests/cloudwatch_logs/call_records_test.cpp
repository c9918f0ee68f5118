// What contracts can ask of the calls themselves.
#include "cloudwatch_logs/call_records.h"

#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::ElementsAre;

std::vector<std::string> told(const Lab& lab) {
  std::vector<std::string> lines;
  for (const auto& record : lab.calls()) {
    const auto& fields = record.fields;
    lines.push_back(fmt::format("{} {}/{} {} {}", fields.value("operation", ""), fields.value("log_group", ""),
                                fields.value("log_stream", ""), fields.value("status", 0), fields.value("error", "")));
  }
  return lines;
}

// The first use of a stream is CreateLogStream, or a batch that is refused; retention and tags are set.
TEST(CallRecords, TellTheOrderOfCallsAndWhatTheyAskedFor) {
  Lab lab;
  lab.call("CreateLogGroup", R"({"logGroupName":"g","tags":{"team":"a"}})", "User-Agent: Boto3/1.43\r\n");
  lab.ask("PutRetentionPolicy", R"({"logGroupName":"g","retentionInDays":14})");
  lab.put({{Lab::start_ms, "a"}});
  lab.ask("CreateLogStream", R"({"logGroupName":"g","logStreamName":"s"})");
  lab.put({{Lab::start_ms, "a"}});
  EXPECT_THAT(told(lab), ElementsAre("CreateLogGroup g/ 200 ", "PutRetentionPolicy g/ 200 ",
                                     "PutLogEvents g/s 400 ResourceNotFoundException", "CreateLogStream g/s 200 ",
                                     "PutLogEvents g/s 200 "));
  const auto calls = lab.calls();
  EXPECT_EQ(calls[0].kind, "log_call");
  EXPECT_EQ(calls[0].fields["user_agent"], "Boto3/1.43");
  EXPECT_EQ(calls[0].fields["region"], "us-east-1");
  EXPECT_EQ(calls[0].fields["input"]["tags"]["team"], "a");
  EXPECT_EQ(calls[1].fields["input"]["retentionInDays"], 14);
  EXPECT_EQ(calls[2].fields["message"], "The specified log stream does not exist.");
}

// Bytes as the service counts them: UTF-8 and 26 an event.
TEST(CallRecords, MeasureBatches) {
  Lab lab;
  lab.make_stream();
  lab.put({{Lab::start_ms - 15 * 86'400'000LL, "old"}, {Lab::start_ms, "\u00e9\u00e9"}});
  const auto fields = lab.calls().back().fields;
  EXPECT_EQ(fields["events"], 2);
  EXPECT_EQ(fields["bytes"], 3 + 4 + 2 * 26);
  EXPECT_EQ(fields["largest_event"], 30);
  EXPECT_EQ(fields["accepted"], 1);
  EXPECT_EQ(fields["rejected"], 1);
  EXPECT_FALSE(fields["input"].contains("logEvents"));
}

TEST(CallRecords, AreOfEveryCallThatHasAnOperationAndOfNoOther) {
  Lab lab;
  lab.make_stream();
  lab.call("PutLogEvents", "{");
  lab.call("ListAnomalies", "{}");
  lab.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "");
  EXPECT_THAT(told(lab), ElementsAre("CreateLogGroup g/ 200 ", "CreateLogStream g/s 200 ",
                                     "PutLogEvents / 400 SerializationException",
                                     "ListAnomalies / 400 UnknownOperationException"));
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
