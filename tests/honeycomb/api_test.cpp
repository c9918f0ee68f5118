// Everything that is not an export: CORS, /1/auth, unknown paths and methods, gRPC beside the exports.
#include "tests/honeycomb/exports.h"
#include "tests/honeycomb/room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Api : public Room {
 protected:
  Sent get_auth(std::string_view key) {
    return Sent{.method = "GET", .target = "/1/auth", .headers = {{"x-honeycomb-team", std::string(key)}}};
  }
};

// ---- CORS

TEST_F(Api, PreflightAsksForNoKey) {
  for (const std::string_view path : {"/v1/traces", "/v1/logs", "/v1/metrics", "/1/auth", "/1/batch/backend"}) {
    const auto reply = send(Sent{.method = "OPTIONS",
                                 .target = std::string(path),
                                 .headers = {{"Origin", "https://cruddur.com"},
                                             {"Access-Control-Request-Method", "POST"},
                                             {"Access-Control-Request-Headers", "content-type,x-honeycomb-team"}}});
    EXPECT_EQ(reply.status, 204) << path;
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Methods"), "GET, POST, PUT, PATCH, DELETE, OPTIONS");
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Headers"), "content-type,x-honeycomb-team");
    EXPECT_EQ(header_of(reply, "Access-Control-Max-Age"), "86400");
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Credentials"), "(absent)");
    EXPECT_THAT(found(), IsEmpty());
  }
}

TEST_F(Api, PreflightWithoutAskedHeadersNamesThoseThatHoneycombReads) {
  const auto reply = send(Sent{.method = "OPTIONS", .target = "/v1/traces"});
  for (const char* name :
       {"content-type", "content-encoding", "x-honeycomb-team", "x-honeycomb-dataset", "traceparent"}) {
    EXPECT_THAT(header_of(reply, "Access-Control-Allow-Headers"), HasSubstr(name));
  }
}

TEST_F(Api, PreflightWithoutTheKeysHeaderAnnouncesARequestWithoutAKey) {
  const Sent sent{.method = "OPTIONS",
                  .target = "/v1/traces",
                  .headers = {{"Origin", "https://cruddur.com"}, {"Access-Control-Request-Headers", "content-type"}}};
  EXPECT_EQ(send(sent).status, 204);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.browser-without-headers"));
}

TEST_F(Api, PreflightIsSettable) {
  settings({{"preflight_status", 200}, {"allow_origin", "echo"}});
  const auto reply =
      send(Sent{.method = "OPTIONS", .target = "/v1/traces", .headers = {{"Origin", "https://cruddur.com"}}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), "https://cruddur.com");
  EXPECT_EQ(header_of(reply, "Vary"), "Origin");
}

TEST_F(Api, EveryHttpReplyCanBeReadByABrowser) {
  for (const Sent& sent : {protobuf(), protobuf().without("x-honeycomb-team"), protobuf().to("/nothing"),
                           protobuf().by("GET"), get_auth(good_key), get_auth("nonsense"), protobuf().to("/1/nothing"),
                           Sent{.method = "OPTIONS", .target = "/nothing"}}) {
    EXPECT_EQ(header_of(send(sent), "Access-Control-Allow-Origin"), "*") << sent.method << " " << sent.target;
  }
}

// ---- /1/auth

TEST_F(Api, AuthOfAConfigurationKey) {
  const auto reply = send(get_auth(good_key));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(header_of(reply, "Content-Type"), "application/json");
  const auto body = nlohmann::ordered_json::parse(reply.body);
  EXPECT_EQ(body["id"].get<std::string>().size(), 12U);
  EXPECT_EQ(body["type"], "configuration");
  EXPECT_EQ(body["api_key_access"].dump(),
            R"({"events":true,"markers":true,"triggers":true,"boards":true,"queries":true,"columns":true,)"
            R"("createDatasets":true,"slos":true,"recipients":true,"privateBoards":true})");
  EXPECT_EQ(body["environment"].dump(), R"({"name":"test","slug":"test"})");
  EXPECT_EQ(body["team"].dump(), R"({"name":"test","slug":"test"})");
  EXPECT_TRUE(last_entry().read);
}

TEST_F(Api, AuthOfAnIngestKey) {
  accounts({{{"key", ingest_key},
             {"environment", {{"name", "Bootcamp"}, {"slug", "bootcamp"}}},
             {"team", {{"name", "Cruddur"}, {"slug", "cruddur"}}},
             {"permissions", {{"createDatasets", false}}}}});
  EXPECT_EQ(send(get_auth(ingest_key)).body,
            R"({"id":"hcaik_0123456789abcdefghjkmnpqrs","type":"ingest","api_key_access":{"createDatasets":false},)"
            R"("environment":{"name":"Bootcamp","slug":"bootcamp"},"team":{"name":"Cruddur","slug":"cruddur"}})");
}

TEST_F(Api, AuthOfAClassicKeyHasNoEnvironment) {
  for (const std::string_view key : {classic_key, classic_ingest_key}) {
    const auto body = nlohmann::json::parse(send(get_auth(key)).body);
    EXPECT_EQ(body["environment"].dump(), R"({"name":"","slug":""})");
  }
}

TEST_F(Api, AuthOfAnUnknownKey) {
  for (const std::string_view key : {"nonsense", ""}) {
    const auto reply = send(get_auth(key));
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(header_of(reply, "Content-Type"), "application/json");
    EXPECT_EQ(reply.body, R"({"error":"unknown API key - check your credentials"})");
  }
}

// ---- what nothing serves

TEST_F(Api, UnknownPath) {
  const auto reply = send(protobuf().to("/nothing"));
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(header_of(reply, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(reply.body, "404 page not found\n");
  EXPECT_THAT(found(), ElementsAre("honeycomb.path.unknown"));
}

TEST_F(Api, WrongMethod) {
  const auto reply = send(protobuf().by("GET"));
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(header_of(reply, "Allow"), "POST");
  EXPECT_EQ(reply.body, "Method Not Allowed\n");
  EXPECT_THAT(found(), ElementsAre("honeycomb.method.wrong"));
  EXPECT_EQ(header_of(send(get_auth(good_key).by("POST")), "Allow"), "GET");
}

TEST_F(Api, BodiesOfUnknownPathsAreSettable) {
  settings({{"not_found_body", "nothing here"}, {"wrong_method_body", "not so"}});
  EXPECT_EQ(send(protobuf().to("/nothing")).body, "nothing here");
  EXPECT_EQ(send(protobuf().by("PUT")).body, "not so");
}

TEST_F(Api, WhatIsNotBuiltSaysSo) {
  const auto first = send(protobuf().to("/1/maps/dependencies/requests"));
  EXPECT_EQ(first.status, 404);
  EXPECT_EQ(first.body, R"({"error":"not found"})");
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.not-built"));
  EXPECT_EQ(last_entry().findings[0].detail, "POST /1/maps/dependencies/requests");

  const auto second = send(protobuf().by("GET").to("/2/teams/cruddur/api-keys"));
  EXPECT_EQ(second.status, 404);
  EXPECT_EQ(header_of(second, "Content-Type"), "application/vnd.api+json");
  const auto error = nlohmann::json::parse(second.body)["errors"][0];
  EXPECT_EQ(error["status"], "404");
  EXPECT_EQ(error["id"].get<std::string>().size(), 32U);
  EXPECT_THAT(found(), ElementsAre("honeycomb.api.not-built"));
}

// ---- gRPC beside the exports

TEST_F(Api, GrpcUnknownServiceAndMethod) {
  auto reply = send(grpc().to("/opentelemetry.proto.collector.trace.v1.TraceService/Import"));
  EXPECT_EQ(reply.grpc_status, 12);
  EXPECT_EQ(reply.grpc_message,
            "unknown method Import for service opentelemetry.proto.collector.trace.v1.TraceService");
  EXPECT_THAT(found(), ElementsAre("honeycomb.path.unknown-rpc"));
  reply = send(grpc().to("/helloworld.Greeter/SayHello"));
  EXPECT_EQ(reply.grpc_status, 12);
  EXPECT_EQ(reply.grpc_message, "unknown service helloworld.Greeter");
  reply = send(grpc().to("/nothing"));
  EXPECT_EQ(reply.grpc_message, "malformed method name: \"/nothing\"");
  reply = send(grpc().to("/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Import"));
  EXPECT_THAT(reply.grpc_message, HasSubstr("unknown method Import"));
}

TEST_F(Api, GrpcHealth) {
  for (const auto* method : {"/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"}) {
    const auto reply = send(grpc().to(method).without("x-honeycomb-team"));
    EXPECT_EQ(reply.grpc_status, 0);
    EXPECT_EQ(reply.body, "\x08\x01");
    EXPECT_THAT(found(), IsEmpty());
  }
}

// ---- management keys

constexpr std::string_view management_key = "hcxmk_0123456789abcdefghjkmnpqrs:0123456789abcdefghijklmnopqrstuv";

TEST_F(Api, AuthOfAManagementKey) {
  const Sent asked = protobuf().by("GET").to("/2/auth").without("x-honeycomb-team");
  const auto reply = send(asked.with("Authorization", fmt::format("Bearer {}", management_key)));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(header_of(reply, "Content-Type"), "application/vnd.api+json");
  const auto body = nlohmann::json::parse(reply.body);
  EXPECT_EQ(body["data"]["id"], "hcxmk_0123456789abcdefghjkmnpqrs");
  EXPECT_EQ(body["data"]["type"], "api-keys");
  EXPECT_EQ(body["data"]["attributes"]["key_type"], "management");
  EXPECT_EQ(body["included"][0]["type"], "teams");
  EXPECT_EQ(body["included"][0]["attributes"]["slug"], "test");
  EXPECT_EQ(body["included"][0]["id"], body["data"]["relationships"]["team"]["data"]["id"]);
  EXPECT_TRUE(last_entry().read);

  const auto refused = send(asked.with("Authorization", "Bearer hcxmk_0123456789abcdefghjkmnpqrs"));
  EXPECT_EQ(refused.status, 401);
  const auto error = nlohmann::json::parse(refused.body)["errors"][0];
  EXPECT_EQ(error["code"], "unauthenticated/invalid-key");
  EXPECT_EQ(error["source"]["header"], "Authorization");
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.management-wrong"));
}

TEST_F(Api, ListedManagementKeys) {
  accounts({{{"key", management_key}, {"team", {{"name", "Cruddur"}, {"slug", "cruddur"}}}}});
  const Sent asked = protobuf().by("GET").to("/2/auth");
  const auto reply = send(asked.with("Authorization", fmt::format("Bearer {}", management_key)));
  EXPECT_EQ(nlohmann::json::parse(reply.body)["included"][0]["attributes"]["name"], "Cruddur");
  EXPECT_EQ(send(asked.with("Authorization", fmt::format("Bearer {}x", management_key))).status, 401);
  EXPECT_EQ(send(protobuf().with("x-honeycomb-team", management_key)).status, 401);
}

// ---- the vendor as the house sees it

TEST_F(Api, DoorsAndCredential) {
  ASSERT_EQ(vendor_->doors().size(), 2U);
  EXPECT_EQ(vendor_->doors()[0].name, "honeycomb_http");
  EXPECT_EQ(vendor_->doors()[0].default_port, 4318);
  EXPECT_EQ(vendor_->doors()[1].name, "honeycomb_grpc");
  EXPECT_EQ(vendor_->doors()[1].default_port, 4317);
  recording::Request request;
  request.door = "honeycomb_http";
  EXPECT_TRUE(vendor_->claims(request));
  EXPECT_EQ(vendor_->credential(request), std::nullopt);
  request.headers.push_back({"X-Honeycomb-Team", "first"});
  request.headers.push_back({"X-Honeycomb-Team", "second"});
  EXPECT_EQ(vendor_->credential(request), "first");
  request.door = "aws";
  EXPECT_FALSE(vendor_->claims(request));
}

TEST_F(Api, EnvironmentThatSdksRead) {
  const recording::Urls urls = {{"honeycomb_http", "http://127.0.0.1:4318"},
                                {"honeycomb_grpc", "http://127.0.0.1:4317"}};
  std::map<std::string, std::string> variables;
  for (const auto& [name, value] : vendor_->environment(urls, false)) variables[name] = value;
  EXPECT_EQ(variables["OTEL_EXPORTER_OTLP_ENDPOINT"], "http://127.0.0.1:4318");
  EXPECT_EQ(variables["OTEL_EXPORTER_OTLP_PROTOCOL"], "http/protobuf");
  EXPECT_EQ(variables["HONEYCOMB_API_ENDPOINT"], "http://127.0.0.1:4318");
  EXPECT_FALSE(variables.contains("OTEL_BSP_SCHEDULE_DELAY"));
  const std::string key = variables["HONEYCOMB_API_KEY"];
  EXPECT_EQ(variables["OTEL_EXPORTER_OTLP_HEADERS"], "x-honeycomb-team=" + key);
  EXPECT_EQ(send(protobuf().with("x-honeycomb-team", key)).status, 200);
  for (const auto& [name, value] : vendor_->environment(urls, true)) variables[name] = value;
  EXPECT_TRUE(variables.contains("OTEL_BSP_SCHEDULE_DELAY"));
  EXPECT_TRUE(variables.contains("OTEL_BLRP_SCHEDULE_DELAY"));
  EXPECT_TRUE(variables.contains("OTEL_METRIC_EXPORT_INTERVAL"));
}

}  // namespace
}  // namespace understudy::honeycomb
