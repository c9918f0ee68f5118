// The operations that store, list and delete: policies, deliveries, export tasks, saved queries, keys, transformers.
#include "cloudwatch_logs/objects.h"

#include <gmock/gmock.h>

#include "tests/cloudwatch_logs/lab.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Objects : public testing::Test {
 protected:
  Objects() { lab.make_stream(); }
  Refused refusal_of(const char* operation, const json& input) { return refused(lab.call(operation, input.dump())); }

  Lab lab;
};

TEST_F(Objects, AreOfOneAccountAndRegion) {
  lab.ask("PutResourcePolicy", R"({"policyName":"p","policyDocument":"{}"})");
  lab.authorization.replace(lab.authorization.find("us-east-1"), 9, "eu-west-1");
  EXPECT_TRUE(lab.ask("DescribeResourcePolicies", "{}")["resourcePolicies"].empty());
  lab.authorization.replace(lab.authorization.find("eu-west-1"), 9, "us-east-1");
  EXPECT_EQ(lab.ask("DescribeResourcePolicies", "{}")["resourcePolicies"].size(), 1u);
  EXPECT_THAT(lab.vendor->dump(*lab.state), HasSubstr("resource_policy p: {"));
}

TEST_F(Objects, ResourcePoliciesAreTen) {
  const auto put = lab.ask("PutResourcePolicy", R"({"policyName":"p0","policyDocument":"{}"})");
  EXPECT_EQ(put["resourcePolicy"], (json{{"lastUpdatedTime", Lab::start_ms},
                                         {"policyDocument", "{}"},
                                         {"policyName", "p0"},
                                         {"policyScope", "ACCOUNT"}}));
  for (int i = 1; i < 10; ++i) {
    lab.ask("PutResourcePolicy", fmt::format(R"({{"policyName":"p{}","policyDocument":"{{}}"}})", i));
  }
  EXPECT_EQ(refusal_of("PutResourcePolicy", {{"policyName", "p10"}, {"policyDocument", "{}"}}).message,
            "Resource limit exceeded.");
  lab.ask("DeleteResourcePolicy", R"({"policyName":"p0"})");
  EXPECT_EQ(refusal_of("DeleteResourcePolicy", {{"policyName", "non-existent"}}).message,
            "Policy with name [non-existent] does not exist.");
  EXPECT_EQ(refusal_of("PutResourcePolicy", {{"policyName", "p"}, {"policyDocument", "no JSON"}}).finding,
            "cloudwatch_logs.policy.document");
}

TEST_F(Objects, AResourcePolicyOfAResourceHasARevision) {
  const auto arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
  const auto put = lab.ask("PutResourcePolicy", json{{"resourceArn", arn}, {"policyDocument", "{}"}}.dump());
  EXPECT_EQ(put["resourcePolicy"]["policyScope"], "RESOURCE");
  EXPECT_EQ(put["revisionId"].get<std::string>().size(), 32u);
  EXPECT_TRUE(lab.ask("DescribeResourcePolicies", "{}")["resourcePolicies"].empty());
  EXPECT_EQ(lab.ask("DescribeResourcePolicies", R"({"policyScope":"RESOURCE"})")["resourcePolicies"].size(), 1u);
}

TEST_F(Objects, AccountPoliciesAreKeptByTypeAndName) {
  const json policy = {
      {"policyName", "p"}, {"policyDocument", R"({"Fields":["a"]})"}, {"policyType", "FIELD_INDEX_POLICY"}};
  const auto put = lab.ask("PutAccountPolicy", policy.dump())["accountPolicy"];
  EXPECT_EQ(put["accountId"], "000000000000");
  EXPECT_EQ(put["scope"], "ALL");
  EXPECT_TRUE(lab.ask("DescribeAccountPolicies", R"({"policyType":"TRANSFORMER_POLICY"})")["accountPolicies"].empty());
  EXPECT_EQ(lab.ask("DescribeAccountPolicies", R"({"policyType":"FIELD_INDEX_POLICY"})")["accountPolicies"][0], put);
  EXPECT_EQ(lab.ask("DescribeIndexPolicies", R"({"logGroupIdentifiers":["g"]})")["indexPolicies"][0]["source"],
            "ACCOUNT");
  const json key = {{"policyName", "p"}, {"policyType", "FIELD_INDEX_POLICY"}};
  EXPECT_EQ(lab.call("DeleteAccountPolicy", key.dump()).reply.body, "");
  EXPECT_EQ(refusal_of("DeleteAccountPolicy", key).type, "ResourceNotFoundException");
}

TEST_F(Objects, AnIndexPolicyMakesFieldIndexes) {
  const json policy = {{"logGroupIdentifier", "g"}, {"policyDocument", R"({"Fields":["traceId","level"]})"}};
  EXPECT_EQ(lab.ask("PutIndexPolicy", policy.dump())["indexPolicy"]["source"], "LOG_GROUP");
  const auto indexes = lab.ask("DescribeFieldIndexes", R"({"logGroupIdentifiers":["g"]})")["fieldIndexes"];
  ASSERT_EQ(indexes.size(), 2u);
  EXPECT_EQ(indexes[0]["fieldIndexName"], "level");
  EXPECT_EQ(indexes[0]["logGroupIdentifier"], "arn:aws:logs:us-east-1:000000000000:log-group:g");
  EXPECT_EQ(lab.call("DeleteIndexPolicy", R"({"logGroupIdentifier":"g"})").reply.body, "{}");
  EXPECT_EQ(refusal_of("DeleteIndexPolicy", {{"logGroupIdentifier", "g"}}).finding, "cloudwatch_logs.resource.missing");
  EXPECT_EQ(refusal_of("DescribeIndexPolicies", {{"logGroupIdentifiers", {"none"}}}).finding,
            "cloudwatch_logs.group.missing");
}

TEST_F(Objects, ADataProtectionPolicyIsStoredAndShownWithItsGroup) {
  const json policy = {{"logGroupIdentifier", "g"}, {"policyDocument", "{}"}};
  const auto put = lab.call("PutDataProtectionPolicy", policy.dump());
  EXPECT_EQ(put.findings.at(0).id, "cloudwatch_logs.input.ignored") << "nothing is masked";
  EXPECT_EQ(lab.ask("GetDataProtectionPolicy", R"({"logGroupIdentifier":"g"})"), json::parse(put.reply.body));
  EXPECT_EQ(lab.ask("DescribeLogGroups", "{}")["logGroups"][0]["dataProtectionStatus"], "ACTIVATED");
  lab.ask("DeleteDataProtectionPolicy", R"({"logGroupIdentifier":"g"})");
  EXPECT_EQ(lab.ask("GetDataProtectionPolicy", R"({"logGroupIdentifier":"g"})"), (json{{"logGroupIdentifier", "g"}}));
}

TEST_F(Objects, ADeliveryJoinsASourceAndADestination) {
  const auto source = lab.ask(
      "PutDeliverySource",
      R"({"name":"s","resourceArn":"arn:aws:cloudfront::000000000000:distribution/E1","logType":"ACCESS_LOGS"})");
  EXPECT_EQ(source["deliverySource"]["service"], "cloudfront");
  const auto destination =
      lab.ask("PutDeliveryDestination",
              R"({"name":"d","outputFormat":"json","tags":{"a":"b"},)"
              R"("deliveryDestinationConfiguration":{"destinationResourceArn":"arn:aws:s3:::bucket"}})");
  EXPECT_EQ(destination["deliveryDestination"]["deliveryDestinationType"], "S3");
  EXPECT_EQ(destination["deliveryDestination"]["tags"], (json{{"a", "b"}}));
  EXPECT_FALSE(lab.ask("GetDeliveryDestination", R"({"name":"d"})")["deliveryDestination"].contains("tags"));

  const json join = {{"deliverySourceName", "s"},
                     {"deliveryDestinationArn", destination["deliveryDestination"]["arn"]}};
  const auto made = lab.ask("CreateDelivery", join.dump())["delivery"];
  EXPECT_EQ(made["id"].get<std::string>().size(), 16u);
  EXPECT_EQ(refusal_of("CreateDelivery", join).type, "ConflictException");
  EXPECT_EQ(refusal_of("DeleteDeliverySource", {{"name", "s"}}).finding, "cloudwatch_logs.delivery.in-use");
  EXPECT_EQ(refusal_of("DeleteDeliveryDestination", {{"name", "d"}}).finding, "cloudwatch_logs.delivery.in-use");

  const json id = {{"id", made["id"]}};
  auto update = id;
  update["recordFields"] = {"date", "time"};
  EXPECT_EQ(lab.call("UpdateDeliveryConfiguration", update.dump()).reply.body, "{}");
  EXPECT_EQ(lab.ask("GetDelivery", id.dump())["delivery"]["recordFields"], (json{"date", "time"}));
  EXPECT_EQ(lab.ask("DescribeDeliveries", "{}")["deliveries"].size(), 1u);
  lab.ask("DeleteDelivery", id.dump());
  EXPECT_EQ(refusal_of("GetDelivery", id).message, "Requested Delivery does not exist in this account.");
  EXPECT_EQ(lab.call("DeleteDeliverySource", R"({"name":"s"})").reply.status, 200);
}

TEST_F(Objects, DeliveriesNameWhatIsMissing) {
  EXPECT_EQ(refusal_of("GetDeliverySource", {{"name", "none"}}).message,
            "Requested Delivery Source does not exist in this account.");
  EXPECT_EQ(refusal_of("DeleteDeliveryDestination", {{"name", "none"}}).message,
            "Requested Delivery Destination does not exist in this account.");
  const json wrong = {{"name", "s"}, {"resourceArn", "arn:aws:nothing:::x"}, {"logType", "LOGS"}};
  EXPECT_EQ(refusal_of("PutDeliverySource", wrong).message, "Cannot access provided service.");
  EXPECT_EQ(refusal_of("PutDeliverySource", wrong).finding, "cloudwatch_logs.delivery.service");
}

TEST_F(Objects, ADeliveryDestinationHasAPolicy) {
  lab.ask("PutDeliveryDestination", R"({"name":"d"})");
  EXPECT_EQ(lab.ask("GetDeliveryDestinationPolicy", R"({"deliveryDestinationName":"d"})"),
            (json{{"policy", json::object()}}));
  lab.ask("PutDeliveryDestinationPolicy", R"({"deliveryDestinationName":"d","deliveryDestinationPolicy":"{}"})");
  EXPECT_EQ(lab.ask("GetDeliveryDestinationPolicy", R"({"deliveryDestinationName":"d"})")["policy"],
            (json{{"deliveryDestinationPolicy", "{}"}}));
  lab.ask("DeleteDeliveryDestinationPolicy", R"({"deliveryDestinationName":"d"})");
  EXPECT_EQ(refusal_of("GetDeliveryDestinationPolicy", {{"deliveryDestinationName", "x"}}).type,
            "ResourceNotFoundException");
}

TEST_F(Objects, AnExportTaskRunsByTheClock) {
  const json task = {{"logGroupName", "g"}, {"from", 1}, {"to", 2}, {"destination", "bucket"}};
  const auto id = lab.ask("CreateExportTask", task.dump())["taskId"];
  const auto now = [&] { return lab.ask("DescribeExportTasks", json{{"taskId", id}}.dump())["exportTasks"][0]; };
  EXPECT_EQ(now()["status"]["code"], "PENDING");
  EXPECT_EQ(now()["destinationPrefix"], "exportedlogs");
  EXPECT_EQ(refusal_of("CreateExportTask", task).type, "LimitExceededException") << "one at a time";
  lab.now_ms += 1500;
  EXPECT_EQ(now()["status"]["code"], "RUNNING");
  lab.now_ms += 1500;
  EXPECT_EQ(now()["status"]["code"], "COMPLETED");
  EXPECT_EQ(now()["executionInfo"]["completionTime"], Lab::start_ms + 2000);
  EXPECT_EQ(refusal_of("CancelExportTask", {{"taskId", id}}).message, "The specified export task has already finished");
  EXPECT_EQ(refusal_of("CancelExportTask", {{"taskId", "none"}}).message, "The specified export task does not exist.");
  EXPECT_TRUE(lab.ask("DescribeExportTasks", R"({"taskId":"none"})")["exportTasks"].empty());
  const auto second = lab.ask("CreateExportTask", task.dump())["taskId"];
  lab.ask("CancelExportTask", json{{"taskId", second}}.dump());
  EXPECT_EQ(lab.ask("DescribeExportTasks", R"({"statusCode":"CANCELLED"})")["exportTasks"].size(), 1u);
  auto backwards = task;
  backwards["from"] = 3;
  EXPECT_EQ(refusal_of("CreateExportTask", backwards).finding, "cloudwatch_logs.export.range");
}

TEST_F(Objects, ASavedQueryIsUpdatedByItsId) {
  const auto id =
      lab.ask("PutQueryDefinition", R"({"name":"errors","queryString":"fields @message"})")["queryDefinitionId"];
  const json update = {{"name", "errors"}, {"queryString", "limit 1"}, {"queryDefinitionId", id}};
  EXPECT_EQ(lab.ask("PutQueryDefinition", update.dump())["queryDefinitionId"], id);
  const auto all = lab.ask("DescribeQueryDefinitions", R"({"queryDefinitionNamePrefix":"err"})")["queryDefinitions"];
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0]["queryString"], "limit 1");
  EXPECT_EQ(all[0]["queryLanguage"], "CWLI");
  EXPECT_EQ(lab.ask("DeleteQueryDefinition", json{{"queryDefinitionId", id}}.dump()), (json{{"success", true}}));
  EXPECT_EQ(refusal_of("PutQueryDefinition", update).type, "ResourceNotFoundException");
}

TEST_F(Objects, AGroupsSettingsAreListedOnceTheyAreSet) {
  const auto group = [&] { return lab.ask("DescribeLogGroups", "{}")["logGroups"][0]; };
  EXPECT_FALSE(group().contains("bearerTokenAuthenticationEnabled"));
  lab.ask("PutBearerTokenAuthentication", R"({"logGroupIdentifier":"g","bearerTokenAuthenticationEnabled":true})");
  EXPECT_EQ(group()["bearerTokenAuthenticationEnabled"], true);
  lab.ask("PutLogGroupDeletionProtection", R"({"logGroupIdentifier":"g","deletionProtectionEnabled":true})");
  EXPECT_EQ(group()["deletionProtectionEnabled"], true);
  EXPECT_EQ(refusal_of("DeleteLogGroup", {{"logGroupName", "g"}}).finding, "cloudwatch_logs.group.protected");
  lab.ask("AssociateKmsKey", R"({"logGroupName":"g","kmsKeyId":"arn:aws:kms:us-east-1:000000000000:key/k"})");
  EXPECT_EQ(group()["kmsKeyId"], "arn:aws:kms:us-east-1:000000000000:key/k");
  lab.ask("DisassociateKmsKey", R"({"resourceIdentifier":"arn:aws:logs:us-east-1:000000000000:log-group:g"})");
  EXPECT_FALSE(group().contains("kmsKeyId"));
  EXPECT_EQ(refusal_of("PutBearerTokenAuthentication",
                       {{"logGroupIdentifier", "none"}, {"bearerTokenAuthenticationEnabled", true}})
                .finding,
            "cloudwatch_logs.group.missing");
}

TEST_F(Objects, ListLogGroupsTakesAlternatives) {
  lab.make_stream("/aws/lambda/f");
  lab.make_stream("cruddur");
  const auto names = [&](const json& input) {
    std::string all;
    const auto page = lab.ask("ListLogGroups", input.dump());
    for (const auto& one : page["logGroups"]) {
      all += one["logGroupName"].get<std::string>() + " ";
    }
    return all;
  };
  EXPECT_EQ(names(json::object()), "/aws/lambda/f cruddur g ");
  EXPECT_EQ(names({{"logGroupNamePattern", "^/aws|rudd"}}), "/aws/lambda/f cruddur ");
  EXPECT_EQ(names({{"logGroupNamePattern", "^rudd"}}), "");
  EXPECT_EQ(names({{"logGroupClass", "INFREQUENT_ACCESS"}}), "");
  EXPECT_EQ(refusal_of("ListLogGroups", {{"logGroupNamePattern", "ab"}}).finding, "cloudwatch_logs.input.constraint");
  EXPECT_EQ(lab.call("ListLogGroups", R"({"includeLinkedAccounts":true})").findings.at(0).id,
            "cloudwatch_logs.input.ignored");
}

TEST_F(Objects, HaveTagsByTheirArns) {
  const json arn = {{"resourceArn", "arn:aws:logs:us-east-1:000000000000:destination:d"}};
  auto tagged = arn;
  tagged["tags"] = {{"team", "a"}, {"stage", "test"}};
  EXPECT_EQ(refusal_of("TagResource", tagged).finding, "cloudwatch_logs.resource.missing");
  lab.ask("PutDestination", R"({"destinationName":"d","targetArn":"a","roleArn":"b"})");
  EXPECT_EQ(lab.ask("ListTagsForResource", arn.dump()), (json{{"tags", json::object()}}));
  lab.ask("TagResource", tagged.dump());
  auto untagged = arn;
  untagged["tagKeys"] = {"stage"};
  lab.ask("UntagResource", untagged.dump());
  EXPECT_EQ(lab.ask("ListTagsForResource", arn.dump()), (json{{"tags", {{"team", "a"}}}}));
  EXPECT_EQ(
      refusal_of("ListTagsForResource", {{"resourceArn", "arn:aws:logs:us-east-1:000000000000:log-group:g:*"}}).finding,
      "cloudwatch_logs.input.identifier-arn-star");
}

TEST_F(Objects, ATransformerIsStoredAndShown) {
  const json put = {{"logGroupIdentifier", "g"}, {"transformerConfig", {{{"parseJSON", json::object()}}}}};
  lab.ask("PutTransformer", put.dump());
  EXPECT_EQ(lab.ask("GetTransformer", R"({"logGroupIdentifier":"g"})")["transformerConfig"], put["transformerConfig"]);
  lab.ask("DeleteTransformer", R"({"logGroupIdentifier":"g"})");
  EXPECT_EQ(refusal_of("GetTransformer", {{"logGroupIdentifier", "g"}}).finding, "cloudwatch_logs.resource.missing");
}

}  // namespace
}  // namespace understudy::cloudwatch_logs
