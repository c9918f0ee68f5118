// Signature Version 4, and watchtower's flow against a service that answers by script.
#include "backend/telemetry/cloudwatch_logs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "backend/text.h"
#include "tests/backend/support.h"

namespace cruddur::telemetry {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

std::string added(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) {
      return value;
    }
  }
  return "";
}

TEST(SigV4, agrees_with_the_published_vector) {
  // "get-vanilla" of AWS's Signature Version 4 test suite.
  const auto headers =
      sign_request({"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""}, {"us-east-1", "service"}, "GET",
                   "/", {{"Host", "example.amazonaws.com"}}, "", 1440938160);
  EXPECT_EQ(added(headers, "X-Amz-Date"), "20150830T123600Z");
  EXPECT_EQ(
      added(headers, "Authorization"),
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

class RecordedSignature : public testing::TestWithParam<const char*> {};

/// The headers of a recorded head.
Headers headers_of(const std::string& head) {
  Headers headers;
  for (const auto line : split(head, '\n')) {
    const auto colon = line.find(':');
    if (colon != std::string_view::npos) {
      headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
    }
  }
  return headers;
}

TEST_P(RecordedSignature, is_made_again) {
  const std::string name = std::string("cloudwatch_logs/") + GetParam();
  const auto sent = headers_of(test_data(name + ".head"));
  const auto authorization = added(sent, "Authorization");
  ASSERT_FALSE(authorization.empty());
  const auto first = authorization.find("SignedHeaders=") + 14;
  const auto signed_names = authorization.substr(first, authorization.find(',', first) - first);
  Headers to_sign;
  for (const auto one : split(signed_names, ';')) {
    if (one != "x-amz-date" && one != "x-amz-security-token") {
      to_sign.emplace_back(one, added(sent, one));
    }
  }
  std::tm time{};
  strptime(added(sent, "X-Amz-Date").c_str(), "%Y%m%dT%H%M%SZ", &time);
  const AwsCredentials credentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                                   added(sent, "X-Amz-Security-Token")};
  const auto again =
      sign_request(credentials, {"us-east-1", "logs"}, "POST", "/", to_sign, test_data(name + ".bin"), timegm(&time));
  EXPECT_EQ(added(again, "Authorization"), authorization);
}

INSTANTIATE_TEST_SUITE_P(Botocore, RecordedSignature,
                         testing::Values("watchtower-3.4.0-put-log-events", "watchtower-3.4.0-create-log-stream",
                                         "watchtower-3.0.1-put-log-events", "watchtower-3.0.1-describe-log-groups"));

struct Scripted {
  int status = 200;
  std::string body = "{}";
};

class CloudWatch : public testing::Test {
 protected:
  ScriptedVendor service{[this](const Taken& taken, httplib::Response& response) {
    const auto operation = taken.header("X-Amz-Target").substr(std::string("Logs_20140328.").size());
    const std::lock_guard lock(mutex);
    operations.push_back(operation);
    auto& script = scripts[operation];
    const auto reply = script.empty() ? Scripted{} : script.front();
    if (!script.empty()) {
      script.pop_front();
    }
    response.status = reply.status;
    response.set_content(reply.body, "application/x-amz-json-1.1");
  }};
  std::mutex mutex;
  std::vector<std::string> operations;
  std::map<std::string, std::deque<Scripted>> scripts;

  CloudWatchSettings settings() {
    auto made = *read_cloudwatch_settings(Environment({{"AWS_DEFAULT_REGION", "us-east-1"},
                                                       {"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
                                                       {"AWS_SECRET_ACCESS_KEY", "secret"},
                                                       {"AWS_ENDPOINT_URL", service.url()}}),
                                          "host//program/app/1");
    made.batches.first_wait = std::chrono::milliseconds(1);
    return made;
  }
  static Scripted error(const std::string& type, const std::string& message = "", int status = 400) {
    return {status, Json{{"__type", "com.amazonaws.logs#" + type}, {"message", message}}.dump()};
  }
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex);
    return operations;
  }
};

TEST_F(CloudWatch, makes_the_group_and_then_the_stream_that_are_missing) {
  scripts["DescribeLogGroups"] = {{200, R"({"logGroups":[{"logGroupName":"cruddur-2"}],"nextToken":"t"})"},
                                  {200, R"({"logGroups":[]})"}};
  scripts["PutLogEvents"] = {error("ResourceNotFoundException", "The specified log stream does not exist.")};
  CloudWatchHandler handler(settings());
  EXPECT_TRUE(handler.open());
  handler.send({2, "second"});
  handler.send({1, "first"});
  EXPECT_TRUE(handler.stop(soon()));
  EXPECT_THAT(seen(), ElementsAre("DescribeLogGroups", "DescribeLogGroups", "CreateLogGroup", "PutLogEvents",
                                  "CreateLogStream", "PutLogEvents"));
  const auto put = Json::parse(service.taken(6).back().body);
  EXPECT_EQ(put["logGroupName"], "cruddur");
  EXPECT_EQ(put["logStreamName"], "host//program/app/1");
  EXPECT_EQ(put["logEvents"],
            (Json::array({{{"timestamp", 1}, {"message", "first"}}, {{"timestamp", 2}, {"message", "second"}}})));
}

TEST_F(CloudWatch, leaves_a_group_that_exists) {
  scripts["DescribeLogGroups"] = {{200, R"({"logGroups":[{"logGroupName":"cruddur"}]})"}};
  CloudWatchHandler handler(settings());
  EXPECT_TRUE(handler.open());
  EXPECT_THAT(seen(), ElementsAre("DescribeLogGroups"));
}

TEST_F(CloudWatch, a_refused_group_keeps_the_program_from_starting) {
  scripts["DescribeLogGroups"] = {error("AccessDeniedException")};
  scripts["CreateLogGroup"] = {error("AccessDeniedException", "no")};
  CloudWatchHandler handler(settings());
  const auto opened = handler.open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error(), HasSubstr("AccessDeniedException: no"));
}

TEST_F(CloudWatch, a_group_that_exists_meanwhile_is_as_good) {
  scripts["CreateLogGroup"] = {error("ResourceAlreadyExistsException")};
  CloudWatchHandler handler(settings());
  EXPECT_TRUE(handler.open());
}

TEST_F(CloudWatch, keeps_a_batch_that_was_throttled_or_met_a_failing_service) {
  scripts["PutLogEvents"] = {
      error("ThrottlingException", "Rate exceeded"), {503, "<html>"}, error("InternalFailure", "", 500)};
  CloudWatchHandler handler(settings());
  handler.send({1, "kept"});
  EXPECT_TRUE(handler.stop(soon()));
  const auto taken = service.taken(4);
  EXPECT_EQ(taken.size(), 4);
  EXPECT_EQ(taken.front().body, taken.back().body);
}

TEST_F(CloudWatch, tries_a_refused_batch_five_times_and_goes_on) {
  scripts["PutLogEvents"] = std::deque<Scripted>(5, error("InvalidParameterException", "no"));
  auto alone = settings();
  alone.batches.batch = 1;
  CloudWatchHandler handler(alone);
  handler.send({1, "lost"});
  handler.send({2, "next"});
  EXPECT_TRUE(handler.stop(soon()));
  EXPECT_EQ(service.taken(6).size(), 6);
  EXPECT_THAT(service.taken(6).back().body, HasSubstr("next"));
}

TEST_F(CloudWatch, makes_a_group_that_was_deleted) {
  scripts["PutLogEvents"] = {error("ResourceNotFoundException", "The specified log group does not exist.")};
  CloudWatchHandler handler(settings());
  handler.send({1, "x"});
  EXPECT_TRUE(handler.stop(soon()));
  EXPECT_THAT(seen(), ElementsAre("PutLogEvents", "CreateLogGroup", "CreateLogStream", "PutLogEvents"));
}

TEST_F(CloudWatch, cuts_long_messages_at_a_character_and_passes_over_empty_ones) {
  CloudWatchHandler handler(settings());
  handler.send({1, ""});
  std::string text = "x";
  while (text.size() <= largest_message) {
    text += "\u00e9";
  }
  handler.send({2, text});
  EXPECT_TRUE(handler.stop(soon()));
  const auto put = Json::parse(service.taken(1).front().body);
  ASSERT_EQ(put["logEvents"].size(), 1);
  const auto message = put["logEvents"][0]["message"].get<std::string>();
  EXPECT_LE(message.size(), largest_message);
  EXPECT_GT(message.size(), largest_message - 2);
}

TEST_F(CloudWatch, a_batch_holds_no_more_than_the_service_takes) {
  CloudWatchHandler handler(settings());
  for (int i = 0; i < 5; ++i) {
    handler.send({i, std::string(250'000, 'x')});
  }
  EXPECT_TRUE(handler.stop(soon()));
  const auto taken = service.taken(2);
  EXPECT_EQ(taken.size(), 2);
  EXPECT_EQ(Json::parse(taken[0].body)["logEvents"].size(), 4);
}

TEST_F(CloudWatch, a_batch_of_more_than_a_day_goes_in_parts_and_each_once) {
  constexpr std::int64_t day = 86'400'000;
  scripts["PutLogEvents"] = {{}, error("ThrottlingException", "Rate exceeded")};
  CloudWatchHandler handler(settings());
  handler.send({day, "second"});
  handler.send({0, "first"});
  handler.send({day - 1, "still first"});
  EXPECT_TRUE(handler.stop(soon()));
  const auto taken = service.taken(3);
  ASSERT_EQ(taken.size(), 3);
  EXPECT_EQ(Json::parse(taken[0].body)["logEvents"].size(), 2);
  EXPECT_THAT(taken[1].body, HasSubstr("second"));
  EXPECT_EQ(taken[1].body, taken[2].body);
}

TEST(CloudWatchSettings, need_region_and_keys) {
  const auto error = [](Environment::Variables variables) {
    return read_cloudwatch_settings(Environment(std::move(variables)), "s").error();
  };
  EXPECT_THAT(error({{"AWS_REGION", "us-east-1"}}), HasSubstr("AWS_DEFAULT_REGION"));
  EXPECT_THAT(error({{"AWS_DEFAULT_REGION", "us-east-1"}, {"AWS_ACCESS_KEY_ID", ""}}), HasSubstr("AWS_ACCESS_KEY_ID"));
  const auto settings = *read_cloudwatch_settings(
      Environment({{"AWS_DEFAULT_REGION", "ca-central-1"}, {"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "b"}}),
      "s");
  EXPECT_EQ(settings.endpoint.authority(), "logs.ca-central-1.amazonaws.com");
}

}  // namespace
}  // namespace cruddur::telemetry
