// OTLP's fourth signal: taken like the others, and kept as it came.
#include "tests/honeycomb/query_room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view path = "/v1development/profiles";
constexpr std::string_view rpc = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";
constexpr std::string_view noted = "honeycomb.profiles.no-events";

// One ResourceProfiles with a schema_url, and an empty dictionary.
const std::string one_resource = from_hex("0a051a03753a311200");

class Profiles : public QueryRoom {
 protected:
  void expect_taken(const recording::Reply& reply, std::string_view body) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.grpc_status.value_or(0), 0);
    EXPECT_EQ(reply.body, body);
    EXPECT_THAT(found(), ElementsAre(noted));
    EXPECT_THAT(records_of_last(), IsEmpty());
  }
};

TEST_F(Profiles, GoToTheirDataset) {
  expect_taken(send(protobuf(one_resource).to(path)), "");
  expect_taken(send(json_text(R"({"resourceProfiles":[{}]})").to(path)), "{}");
  expect_taken(send(grpc(one_resource).to(rpc)), "");
  expect_taken(send(protobuf(one_resource).to(path).with("x-honeycomb-team", classic_key)), "");  // no dataset needed
  const Json datasets = json_of(call("GET", "/1/datasets"));
  ASSERT_EQ(datasets.size(), 1U);
  EXPECT_EQ(datasets[0]["name"], "__profiles__");
  EXPECT_NE(datasets[0]["last_written_at"], nullptr);
  EXPECT_EQ(json_of(call("GET", "/1/columns/__profiles__")), Json::array());
}

TEST_F(Profiles, WithoutAnythingLeaveNothing) {
  EXPECT_EQ(send(protobuf().to(path)).status, 200);
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_THAT(last_entry().effect, IsEmpty());
}

TEST_F(Profiles, PassTheChecksOfExports) {
  EXPECT_EQ(send(protobuf(one_resource).to(path).without("x-honeycomb-team")).status, 401);
  EXPECT_EQ(send(grpc(one_resource).to(rpc).without("x-honeycomb-team")).grpc_status, 16);
  EXPECT_EQ(send(protobuf(one_resource).to(path).with("Content-Type", "text/plain")).status, 415);
  EXPECT_EQ(send(protobuf(one_resource).to(path).with("Content-Encoding", "deflate")).status, 400);
  EXPECT_EQ(send(protobuf(one_resource).to(path).by("GET")).status, 405);
  accounts({{{"key", good_key}, {"permissions", {{"createDatasets", false}}}}});
  EXPECT_EQ(send(protobuf(one_resource).to(path)).status, 401);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.may-not-create-datasets"));
}

TEST_F(Profiles, BodiesThatAreNone) {
  for (const auto& sent : {protobuf(one_resource.substr(0, 4)), protobuf("profiles"), json_text("[]"),
                           json_text(R"({"resourceProfiles":[)"), json_text("")}) {
    EXPECT_EQ(send(sent.to(path)).status, 400) << sent.body;
    EXPECT_THAT(found(), ElementsAre("honeycomb.body.unparsable"));
  }
  const auto reply = send(grpc("profiles").to(rpc));
  EXPECT_EQ(reply.grpc_status, 13);
  EXPECT_THAT(reply.grpc_message, HasSubstr("unmarshalling"));
}

TEST_F(Profiles, ThatAreRejectedInPart) {
  settings({{"partial_success_rejected", 2}});
  EXPECT_EQ(send(json_text("{}").to(path)).body, R"({"partialSuccess":{"rejectedProfiles":"2"}})");
}

}  // namespace
}  // namespace understudy::honeycomb
