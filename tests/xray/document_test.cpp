#include "xray/document.h"

#include <gmock/gmock.h>

#include "tests/xray/support.h"

namespace understudy::xray {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t now_ns = start_s * 1'000'000'000;

ordered_json segment() {
  return ordered_json::parse(
      R"({"id":"c1323c773d79457e","name":"backend-flask","start_time":1795222504.6,"end_time":1795222504.7,)"
      R"("trace_id":"1-6b00ebe8-c09045740abe454752beac88"})");
}

ordered_json subsegment() {
  return ordered_json::parse(
      R"({"id":"b98d009f113b9486","name":"activities_home","start_time":1795222504.6,"end_time":1795222504.7})");
}

Judgement judge_text(std::string_view document) {
  std::string padded(document);
  padded.append(64, '#');
  const DocumentPlace place{"", 0};
  return judge(std::string_view(padded).substr(0, document.size()), now_ns, place);
}

Judgement judge_json(const ordered_json& document) { return judge_text(document.dump()); }

std::string answer(const Judgement& judgement) {
  if (!judgement.refused) return "(taken)";
  return judgement.refused->id + "|" + std::string(judgement.refused->code) + "|" + judgement.refused->message();
}

TEST(Document, IsTaken) {
  const auto judgement = judge_json(segment());
  EXPECT_EQ(answer(judgement), "(taken)");
  EXPECT_THAT(judgement.findings, IsEmpty());
}

TEST(Document, IsTakenWithWhatSdksAdd) {
  auto document = segment();
  document["in_progress"] = false;
  document["trace_id"] = "1-6B00EBE8-C09045740ABE454752BEAC88";
  document["subsegments"] = json::array({subsegment()});
  document["subsegments"][0]["namespace"] = "local";
  document["cause"] = "b35cac39270a8b2d";
  document["name"] = "söme näme 東京 _.:/%&#=+\\-@";
  document["annotations"] = {{"app.now", "x"}, {"n", 1}, {"f", 1.5}, {"b", true}};
  document["metadata"] = {{"default", {{"anything", {1, nullptr, "x"}}}}};
  const auto judgement = judge_json(document);
  EXPECT_EQ(answer(judgement), "(taken)");
  EXPECT_THAT(judgement.findings, IsEmpty());
}

TEST(Document, InProgressNeedsNoEnd) {
  auto document = segment();
  document.erase("end_time");
  document["in_progress"] = true;
  EXPECT_EQ(answer(judge_json(document)), "(taken)");
}

struct Refused {
  std::string_view change;  // merged into the document; null removes a member
  std::string_view answer;
  std::string_view finding;
};

class RefusedDocument : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedDocument, SaysWhy) {
  auto document = segment();
  document.merge_patch(ordered_json::parse(GetParam().change));
  const auto judgement = judge_json(document);
  EXPECT_EQ(answer(judgement), GetParam().answer);
  EXPECT_THAT(ids(judgement.findings), ElementsAre(GetParam().finding));
}

constexpr Refused refusals[] = {
    {R"({"id":null})", "|MissingId|Invalid segment. ErrorCode: MissingId", "xray.segment.missing-id"},
    {R"({"id":""})", "|MissingId|Invalid segment. ErrorCode: MissingId", "xray.segment.missing-id"},
    {R"({"id":"xyz"})", "xyz|InvalidId|Invalid segment. ErrorCode: InvalidId", "xray.segment.invalid-id"},
    {R"({"trace_id":null})", "c1323c773d79457e|InvalidTraceId|Invalid segment. ErrorCode: InvalidTraceId",
     "xray.segment.invalid-trace-id"},
    {R"({"trace_id":"6b00ebe8c09045740abe454752beac88"})",
     "c1323c773d79457e|InvalidTraceId|Invalid segment. ErrorCode: InvalidTraceId", "xray.segment.invalid-trace-id"},
    {R"({"trace_id":"1-6b00ebe8-c09045740abe454752beac8g"})",
     "c1323c773d79457e|InvalidTraceId|Invalid segment. ErrorCode: InvalidTraceId", "xray.segment.invalid-trace-id"},
    {R"({"name":null})", "c1323c773d79457e|MissingName|Invalid segment. ErrorCode: MissingName",
     "xray.segment.missing-name"},
    {R"({"name":{"a":1}})", "c1323c773d79457e|MissingName|Invalid segment. ErrorCode: MissingName",
     "xray.segment.missing-name"},
    {R"({"name":"a?b"})", "c1323c773d79457e|InvalidName|Invalid segment. ErrorCode: InvalidName",
     "xray.segment.invalid-name"},
    {R"({"name":"a|b"})", "c1323c773d79457e|InvalidName|Invalid segment. ErrorCode: InvalidName",
     "xray.segment.invalid-name"},
    {R"({"name":"a,b"})", "c1323c773d79457e|InvalidName|Invalid segment. ErrorCode: InvalidName",
     "xray.segment.invalid-name"},
    {R"({"name":"smile \ud83d\ude00"})", "c1323c773d79457e|InvalidName|Invalid segment. ErrorCode: InvalidName",
     "xray.segment.invalid-name"},
    {R"({"start_time":null})", "c1323c773d79457e|MissingStartTime|Invalid segment. ErrorCode: MissingStartTime",
     "xray.segment.missing-start-time"},
    {R"({"end_time":null})", "c1323c773d79457e|MissingEndTime|Invalid segment. ErrorCode: MissingEndTime",
     "xray.segment.missing-end-time"},
    {R"({"end_time":null,"in_progress":false})",
     "c1323c773d79457e|MissingEndTime|Invalid segment. ErrorCode: MissingEndTime", "xray.segment.missing-end-time"},
};

INSTANTIATE_TEST_SUITE_P(Document, RefusedDocument, ::testing::ValuesIn(refusals));

TEST(Document, IsRefusedForABadSubsegmentInItsDepth) {
  auto document = segment();
  auto inner = subsegment();
  inner["subsegments"] = json::array({subsegment()});
  inner["subsegments"][0].erase("end_time");
  document["subsegments"] = {subsegment(), inner};
  const auto judgement = judge_json(document);
  EXPECT_EQ(answer(judgement),
            "c1323c773d79457e|MissingEndTime|Invalid subsegment. ErrorCode: MissingEndTime, Cause: null");
  ASSERT_EQ(judgement.findings.size(), 1u);
  EXPECT_EQ(judgement.findings[0].place, "subsegments[1].subsegments[0]");
}

TEST(Document, PointsAtTheBytes) {
  auto document = segment();
  document["subsegments"] = json::array({subsegment()});
  document["subsegments"][0]["name"] = "SELECT (1)";
  const auto text = document.dump();
  const auto judgement = judge_text(text);
  ASSERT_EQ(judgement.findings.size(), 1u);
  const auto& finding = judgement.findings[0];
  EXPECT_EQ(finding.id, "xray.segment.invalid-name");
  EXPECT_EQ(finding.place, "subsegments[0].name");
  EXPECT_EQ(finding.detail, "SELECT (1): character '('");
  EXPECT_EQ(text.substr(finding.offset, finding.length), "\"SELECT (1)\"");
}

TEST(Document, OfUpTo200CharactersHasAName) {
  auto document = segment();
  std::string name;
  for (int i = 0; i < 200; ++i) name += "ö";
  document["name"] = name;
  EXPECT_EQ(answer(judge_json(document)), "(taken)");
  document["name"] = name + "ö";
  EXPECT_EQ(judge_json(document).refused->code, "InvalidName");
}

TEST(Document, OfAnEmptyArrayMissesItsId) {
  EXPECT_EQ(answer(judge_text("[]")), "|MissingId|Invalid segment. ErrorCode: MissingId");
  EXPECT_EQ(answer(judge_text("17")), "|MissingId|Invalid segment. ErrorCode: MissingId");
}

TEST(Document, MayBeAnArrayOfSubsegments) {
  auto one = subsegment();
  one["type"] = "subsegment";
  one["trace_id"] = "1-6b00ebe8-c09045740abe454752beac88";
  one["parent_id"] = "c1323c773d79457e";
  EXPECT_EQ(answer(judge_json(ordered_json::array({one, one}))), "(taken)");
}

TEST(Document, ThatIsNoJsonSaysWhere) {
  const auto judgement = judge_text("{\"id\":\n oops}");
  EXPECT_EQ(judgement.refused->code, "ParseError");
  EXPECT_THAT(ids(judgement.findings), ElementsAre("xray.segment.unreadable"));
  EXPECT_THAT(judgement.findings[0].detail, ::testing::StartsWith("line 2, column 2"));
}

TEST(Document, Above64KilobytesIsRefused) {
  auto document = segment();
  document["metadata"] = {{"default", {{"text", std::string(65536, 'x')}}}};
  const auto judgement = judge_json(document);
  EXPECT_EQ(judgement.refused->code, "SegmentTooLarge");
  EXPECT_THAT(ids(judgement.findings), ElementsAre("xray.segment.too-large"));
}

struct Lost {
  std::string_view change;
  std::string_view finding;
  std::string_view place;
};

class LossyDocument : public ::testing::TestWithParam<Lost> {};

TEST_P(LossyDocument, IsTakenWithAFinding) {
  auto document = segment();
  document.merge_patch(ordered_json::parse(GetParam().change));
  const auto judgement = judge_json(document);
  EXPECT_EQ(answer(judgement), "(taken)");
  ASSERT_THAT(ids(judgement.findings), ElementsAre(GetParam().finding));
  EXPECT_EQ(judgement.findings[0].place, GetParam().place);
}

const std::string long_url = fmt::format(R"({{"http":{{"request":{{"url":"{:u>251}"}}}}}})", "");
const std::string long_version = fmt::format(R"({{"service":{{"version":"{:u>251}"}}}})", "");
const std::string many_links = json{{"links", std::vector<json>(21, json::object())}}.dump();
const std::string long_annotation = fmt::format(R"({{"annotations":{{"a":"{:u>1001}"}}}})", "");

const Lost losses[] = {
    {R"({"annotations":{"app-now":"x"}})", "xray.annotation.key", "annotations.app-now"},
    {R"({"annotations":{"list":[1]}})", "xray.annotation.value", "annotations.list"},
    {long_annotation, "xray.annotation.value-too-long", "annotations.a"},
    {R"({"metadata":{"AWS.mine":{}}})", "xray.metadata.reserved-namespace", "metadata.AWS.mine"},
    {long_url, "xray.segment.value-too-long", "http.request.url"},
    {R"({"http":7})", "xray.segment.wrong-type", "http"},
    {R"({"http":{"request":{"x_forwarded_for":"yes"}}})", "xray.segment.wrong-type", "http.request.x_forwarded_for"},
    {R"({"http":{"response":{"status":"200"}}})", "xray.segment.wrong-type", "http.response.status"},
    {R"({"error":1})", "xray.segment.wrong-type", "error"},
    {R"({"cause":[]})", "xray.segment.wrong-type", "cause"},
    {R"({"aws":{"ec2":"i-1"}})", "xray.segment.wrong-type", "aws.ec2"},
    {R"({"sql":{"sanitized_query":1}})", "xray.segment.wrong-type", "sql.sanitized_query"},
    {R"({"annotations":["a"]})", "xray.segment.wrong-type", "annotations"},
    {R"({"subsegments":{}})", "xray.segment.wrong-type", "subsegments"},
    {R"({"subsegments":[1]})", "xray.segment.wrong-type", "subsegments[0]"},
    {R"({"parent_id":"x"})", "xray.segment.wrong-value", "parent_id"},
    {many_links, "xray.segment.too-many-links", "links"},
    {R"({"type":"segment"})", "xray.segment.wrong-value", "type"},
    {R"({"cause":"short"})", "xray.segment.wrong-value", "cause"},
    {R"({"sql":{"preparation":"none"}})", "xray.segment.wrong-value", "sql.preparation"},
    {R"({"precursor_ids":["b98d009f113b9486",7]})", "xray.segment.wrong-value", "precursor_ids"},
    {long_version, "xray.segment.value-too-long", "service.version"},
    {R"({"start_time":1795222805.5,"end_time":1795222806})", "xray.segment.time-in-future", "start_time"},
    {R"({"subsegments":[{"id":"b98d009f113b9486","name":"x","start_time":1795222504.6,"end_time":1795222504.8}]})",
     "xray.subsegment.outlives-parent", "subsegments[0].end_time"},
    {R"({"Dummy":false})", "xray.segment.unknown-member", "Dummy"},
    {R"({"trace_id":"1-5759e988-bd862e3fe1be46a994272793"})", "xray.segment.trace-id-too-old", "trace_id"},
    {R"({"trace_id":"1-ff59e988-bd862e3fe1be46a994272793"})", "xray.segment.trace-id-in-future", "trace_id"},
    {R"({"start_time":1795222504600,"end_time":1795222504700})", "xray.segment.time-in-milliseconds", "start_time"},
    {R"({"end_time":1795222504.5})", "xray.segment.ends-before-start", "end_time"},
    {R"({"type":"subsegment"})", "xray.subsegment.missing-parent-id", ""},
};

INSTANTIATE_TEST_SUITE_P(Document, LossyDocument, ::testing::ValuesIn(losses));

// Every member that has a type, as a pointer, with a value of another type.
constexpr std::pair<std::string_view, std::string_view> typed_members[] = {
    {"/aws", "[]"},
    {"/aws/account_id", "1"},
    {"/aws/cloudwatch_logs", "{}"},
    {"/aws/cloudwatch_logs/0", "1"},
    {"/aws/cloudwatch_logs/0/log_group", "1"},
    {"/aws/cloudwatch_logs/0/arn", "1"},
    {"/aws/ec2", "[]"},
    {"/aws/ec2/instance_id", "1"},
    {"/aws/ec2/instance_size", "1"},
    {"/aws/ec2/ami_id", "1"},
    {"/aws/ec2/availability_zone", "1"},
    {"/aws/ecs", "[]"},
    {"/aws/ecs/container", "1"},
    {"/aws/ecs/container_id", "1"},
    {"/aws/ecs/container_arn", "1"},
    {"/aws/ecs/task_arn", "1"},
    {"/aws/ecs/task_family", "1"},
    {"/aws/ecs/cluster_arn", "1"},
    {"/aws/ecs/launch_type", "1"},
    {"/aws/eks", "[]"},
    {"/aws/eks/pod", "1"},
    {"/aws/eks/cluster_name", "1"},
    {"/aws/eks/container_id", "1"},
    {"/aws/elastic_beanstalk", "[]"},
    {"/aws/elastic_beanstalk/environment_name", "1"},
    {"/aws/elastic_beanstalk/version_label", "1"},
    {"/aws/elastic_beanstalk/deployment_id", "\"1\""},
    {"/aws/xray", "[]"},
    {"/aws/xray/sdk", "1"},
    {"/aws/xray/sdk_version", "1"},
    {"/aws/xray/auto_instrumentation", "1"},
    {"/aws/xray/sampling_rule_name", "1"},
    {"/aws/xray/rule_name", "1"},
    {"/aws/xray/package", "1"},
    {"/aws/operation", "1"},
    {"/aws/region", "1"},
    {"/aws/request_id", "1"},
    {"/aws/table_name", "1"},
    {"/aws/queue_url", "1"},
    {"/aws/retries", "\"1\""},
    {"/aws/resource_names", "{}"},
    {"/sql", "[]"},
    {"/sql/connection_string", "1"},
    {"/sql/url", "1"},
    {"/sql/sanitized_query", "1"},
    {"/sql/database_type", "1"},
    {"/sql/database_version", "1"},
    {"/sql/driver_version", "1"},
    {"/sql/user", "1"},
    {"/sql/preparation", "1"},
    {"/type", "1"},
    {"/http", "[]"},
    {"/http/request", "[]"},
    {"/http/request/method", "1"},
    {"/http/request/url", "1"},
    {"/http/request/user_agent", "1"},
    {"/http/request/client_ip", "1"},
    {"/http/request/traced", "1"},
    {"/http/request/x_forwarded_for", "1"},
    {"/http/response", "[]"},
    {"/http/response/status", "\"200\""},
    {"/http/response/content_length", "\"1\""},
    {"/user", "1"},
    {"/error", "1"},
    {"/fault", "1"},
    {"/throttle", "1"},
    {"/cause", "1"},
    {"/cause/working_directory", "1"},
    {"/cause/paths", "{}"},
    {"/cause/exceptions", "{}"},
    {"/cause/exceptions/0", "1"},
    {"/cause/exceptions/0/id", "1"},
    {"/cause/exceptions/0/message", "1"},
    {"/cause/exceptions/0/type", "1"},
    {"/cause/exceptions/0/remote", "1"},
    {"/cause/exceptions/0/cause", "1"},
    {"/cause/exceptions/0/truncated", "\"1\""},
    {"/cause/exceptions/0/skipped", "\"1\""},
    {"/cause/exceptions/0/stack", "{}"},
    {"/cause/exceptions/0/stack/0", "1"},
    {"/cause/exceptions/0/stack/0/path", "1"},
    {"/cause/exceptions/0/stack/0/line", "\"1\""},
    {"/cause/exceptions/0/stack/0/label", "1"},
    {"/links", "{}"},
    {"/links/0", "1"},
    {"/links/0/trace_id", "1"},
    {"/links/0/id", "1"},
    {"/links/0/attributes", "1"},
    {"/origin", "1"},
    {"/service", "[]"},
    {"/service/version", "1"},
    {"/metadata", "[]"},
    {"/inferred", "1"},
    {"/parent_id", "1"},
    {"/namespace", "1"},
    {"/in_progress", "1"},
    {"/annotations", "[]"},
    {"/subsegments", "{}"},
    {"/subsegments/0", "1"},
    {"/resource_arn", "1"},
    {"/precursor_ids", "{}"},
};

// "/cause/exceptions/0/id" as findings write it.
std::string place_of(std::string_view pointer) {
  std::string place;
  for (pointer.remove_prefix(1); !pointer.empty();) {
    const auto part = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(std::min(part.size() + 1, pointer.size()));
    place += part == "0" ? "[0]" : place.empty() ? std::string(part) : "." + std::string(part);
  }
  return place;
}

TEST(Document, LosesEachMemberThatHasAnotherType) {
  for (const auto& [pointer, value] : typed_members) {
    auto document = segment();
    document[ordered_json::json_pointer(std::string(pointer))] = ordered_json::parse(value);
    const auto judgement = judge_json(document);
    EXPECT_EQ(answer(judgement), "(taken)") << pointer;
    ASSERT_THAT(ids(judgement.findings), ElementsAre("xray.segment.wrong-type")) << pointer;
    EXPECT_EQ(judgement.findings[0].place, place_of(pointer));
    document[ordered_json::json_pointer(std::string(pointer))] = nullptr;
    EXPECT_EQ(answer(judge_json(document)), "(taken)") << pointer;
  }
}

TEST(Document, OfTenThousandSubsegmentsIsTooLarge) {
  auto document = segment();
  for (int i = 0; i < 10'000; ++i) document["subsegments"].push_back(subsegment());
  const auto judgement = judge_json(document);
  EXPECT_EQ(judgement.refused->code, "SegmentTooLarge");
  EXPECT_THAT(ids(judgement.findings), ElementsAre("xray.segment.too-large"));
}

TEST(Document, KeepsFiftyAnnotations) {
  auto document = segment();
  for (int i = 0; i < 50; ++i) document["annotations"][fmt::format("a{}", i)] = i;
  EXPECT_THAT(judge_json(document).findings, IsEmpty());
  document["annotations"]["one_more"] = 1;
  EXPECT_THAT(ids(judge_json(document).findings), ElementsAre("xray.annotation.too-many"));
}

TEST(Document, ListsTwentyFindingsAtMost) {
  auto document = segment();
  for (int i = 0; i < 100; ++i) document["annotations"][fmt::format("a-{}", i)] = i;
  const auto found = judge_json(document).findings;
  ASSERT_EQ(found.size(), 20u);
  EXPECT_EQ(found.back().id, "xray.segment.more-findings");
}

TEST(Document, TakesTheLastOfSeveralMembers) {
  auto text = segment().dump();
  text.replace(text.rfind('}'), 1, R"(,"name":"a?b"})");
  EXPECT_EQ(judge_text(text).refused->code, "InvalidName");
}

}  // namespace
}  // namespace understudy::xray
