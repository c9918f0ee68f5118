// Each row of refusals byte for byte, over HTTP with protobuf and JSON and over gRPC.
#include "tests/honeycomb/exports.h"
#include "tests/honeycomb/room.h"

namespace understudy::honeycomb {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::string_view missing_key = "missing 'x-honeycomb-team' header";
constexpr std::string_view missing_dataset = "missing 'x-honeycomb-dataset' header";
constexpr std::string_view unknown_key = "unknown API key - check your credentials, region, and API URL";
constexpr std::string_view unparsable = "failed to parse OTLP request body";

// google.rpc.Status with its field 2 alone.
std::string status_bytes(std::string_view message) {
  return "\x12" + std::string(1, static_cast<char>(message.size())) + std::string(message);
}

class Refusals : public Room {
 protected:
  void expect_protobuf(const Sent& sent, int status, std::string_view message) {
    const auto reply = send(sent);
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(header_of(reply, "Content-Type"), "application/x-protobuf");
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(reply.body, status_bytes(message));
    EXPECT_FALSE(reply.grpc_status.has_value());
    EXPECT_THAT(last_entry().effect, IsEmpty());
  }
  void expect_json(const Sent& sent, int status, std::string_view message) {
    const auto reply = send(sent);
    EXPECT_EQ(reply.status, status);
    EXPECT_EQ(header_of(reply, "Content-Type"), "application/json");
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(reply.body, nlohmann::json({{"message", message}}).dump());
    EXPECT_THAT(last_entry().effect, IsEmpty());
  }
  void expect_grpc(const Sent& sent, int status, std::string_view message) {
    const auto reply = send(sent);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.grpc_status, status);
    EXPECT_EQ(reply.grpc_message, message);
    EXPECT_EQ(reply.body, "");
    EXPECT_THAT(last_entry().effect, IsEmpty());
  }
  void expect_in_each_form(std::string_view header, std::string_view value, std::string_view message) {
    expect_protobuf(protobuf().with(header, value), 401, message);
    expect_json(json_text().with(header, value), 401, message);
    expect_grpc(grpc().with(header, value), 16, message);
  }
};

TEST_F(Refusals, KeyAbsent) {
  expect_protobuf(protobuf().without("x-honeycomb-team"), 401, missing_key);
  EXPECT_EQ(send(protobuf().without("x-honeycomb-team")).body, "\x12\x21" + std::string(missing_key));
  expect_json(json_text().without("x-honeycomb-team"), 401, missing_key);
  expect_grpc(grpc().without("x-honeycomb-team"), 16, missing_key);
}

TEST_F(Refusals, KeyEmpty) { expect_in_each_form("x-honeycomb-team", "", missing_key); }

TEST_F(Refusals, KeyOfNoShape) {
  expect_in_each_form("x-honeycomb-team", "nonsense", unknown_key);
  EXPECT_EQ(send(protobuf().with("x-honeycomb-team", "nonsense")).body, "\x12\x3d" + std::string(unknown_key));
}

TEST_F(Refusals, KeyThatIsAnIdOrForManagement) {
  expect_in_each_form("x-honeycomb-team", "hcalk_0123456789abcdefghjkmnpqrs", unknown_key);
  expect_in_each_form("x-honeycomb-team", "hcaik_0123456789abcdefghjkmnpqrs", unknown_key);
  expect_in_each_form("x-honeycomb-team", "hcamk_0123456789abcdefghjkmnpqrs:0123456789abcdefghijklmnopqrstuv",
                      unknown_key);
}

TEST_F(Refusals, KeyThatNoAccountKnows) {
  accounts({{{"key", ingest_key}}});
  expect_in_each_form("x-honeycomb-team", good_key, unknown_key);
  EXPECT_EQ(send(protobuf().with("x-honeycomb-team", ingest_key)).status, 200);
}

TEST_F(Refusals, ClassicKeyWithoutDataset) {
  for (const std::string_view key : {classic_key, classic_ingest_key}) {
    expect_in_each_form("x-honeycomb-team", key, missing_dataset);
    expect_in_each_form("x-honeycomb-team", key, missing_dataset);
    expect_protobuf(protobuf().with("x-honeycomb-team", key).to("/v1/metrics"), 401, missing_dataset);
    expect_grpc(grpc().with("x-honeycomb-team", key).to(metrics_rpc), 16, missing_dataset);
    // Logs know a dataset of their own.
    EXPECT_EQ(send(protobuf().with("x-honeycomb-team", key).to("/v1/logs")).status, 200);
    EXPECT_EQ(send(protobuf().with("x-honeycomb-team", key).with("x-honeycomb-dataset", "mine")).status, 200);
  }
  EXPECT_EQ(send(protobuf().with("x-honeycomb-team", classic_key)).body, "\x12\x24" + std::string(missing_dataset));
}

TEST_F(Refusals, ClassicKeyWithoutDatasetComesBeforeTheUnknownKey) {
  accounts({{{"key", good_key}}});
  expect_protobuf(protobuf().with("x-honeycomb-team", classic_key), 401, missing_dataset);
}

TEST_F(Refusals, ContentTypeInPlainText) {
  constexpr std::string_view text =
      "unsupported content-type, valid types are: application/protobuf, application/x-protobuf, application/json";
  static_assert(text.size() == 105);
  for (const std::string_view type : {"", "text/plain", "application/json; charset=utf-8", "application/JSON",
                                      "application/x-protobuf;", "application/grpc"}) {
    const auto reply = send(protobuf().with("Content-Type", type));
    EXPECT_EQ(reply.status, 415) << type;
    EXPECT_EQ(header_of(reply, "Content-Type"), "text/plain");
    EXPECT_EQ(reply.body, text);
    EXPECT_EQ(header_of(reply, "Access-Control-Allow-Origin"), "*");
  }
  EXPECT_EQ(send(protobuf().without("Content-Type")).status, 415);
}

TEST_F(Refusals, ContentTypeComesBeforeTheKeyAndTheKeyBeforeTheBody) {
  EXPECT_EQ(send(protobuf("\xff").without("x-honeycomb-team").with("Content-Type", "text/plain")).status, 415);
  expect_protobuf(protobuf("\xff").without("x-honeycomb-team"), 401, missing_key);
  expect_protobuf(protobuf("\xff").with("x-honeycomb-team", "nonsense"), 401, unknown_key);
  expect_protobuf(protobuf("\xff").with("x-honeycomb-team", "nonsense").with("Content-Encoding", "deflate"), 401,
                  unknown_key);
}

TEST_F(Refusals, GrpcReadsTheMessageBeforeTheKey) {
  expect_grpc(grpc("\xff").without("x-honeycomb-team"), 13,
              "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data");
}

TEST_F(Refusals, BodyThatCannotBeParsed) {
  expect_protobuf(protobuf("\xff"), 400, unparsable);
  EXPECT_EQ(send(protobuf("\xff")).body, "\x12\x21" + std::string(unparsable));
  expect_protobuf(protobuf(spans_of("backend-flask")).saying(spans_of("backend-flask").substr(0, 20)), 400, unparsable);
  expect_json(json_text("{"), 400, unparsable);
  expect_json(json_text(""), 400, unparsable);
  expect_grpc(grpc("\xff"), 13, "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data");
}

TEST_F(Refusals, TextThatIsNotUtf8) {
  // resource_spans[0].schema_url
  expect_protobuf(protobuf(from_hex("0a041a02fffe")), 400, unparsable);
  EXPECT_THAT(found(), ElementsAre("honeycomb.body.unparsable"));
  EXPECT_THAT(last_entry().findings[0].detail, ::testing::HasSubstr("schema_url"));
}

TEST_F(Refusals, ContentEncodings) {
  expect_protobuf(protobuf("x").with("Content-Encoding", "deflate"), 400,
                  "failed to parse OTLP request body: unsupported content encoding \"deflate\"");
  expect_json(json_text("x").with("Content-Encoding", "br"), 400,
              "failed to parse OTLP request body: unsupported content encoding \"br\"");
  expect_protobuf(protobuf("x").with("Content-Encoding", "GZIP"), 400,
                  "failed to parse OTLP request body: unsupported content encoding \"GZIP\"");
  expect_grpc(
      [] {
        Sent sent = grpc("x").with("grpc-encoding", "deflate");
        sent.grpc_compressed = true;
        return sent;
      }(),
      12, "grpc: Decompressor is not installed for grpc-encoding \"deflate\"");
}

// The direct translator alone looks at it: the bytes are read as they came, and what is no coding at all passes.
TEST_F(Refusals, ContentEncodingsThatTheClassicTranslatorReadsAsNone) {
  const auto expect_read_as_none = [this](std::string_view target, const std::string& body) {
    SCOPED_TRACE(target);
    expect_protobuf(protobuf("x").to(target).with("Content-Encoding", "deflate"), 400, unparsable);
    EXPECT_THAT(found(), ElementsAre("honeycomb.content-encoding.deflate"));
    expect_json(json_text("x").to(target).with("Content-Encoding", "br"), 400, unparsable);
    EXPECT_THAT(found(), ElementsAre("honeycomb.content-encoding.unsupported"));
    EXPECT_EQ(send(protobuf(body).to(target).with("Content-Encoding", "identity")).status, 200);
    EXPECT_EQ(records_of_last().size(), 1);
  };
  expect_read_as_none("/v1/logs", logs_of("backend-flask"));
  expect_read_as_none("/v1/metrics", metrics_of("backend-flask"));
  expect_protobuf(protobuf(spans_of("backend-flask")).with("Content-Encoding", "identity"), 400,
                  "failed to parse OTLP request body: unsupported content encoding \"identity\"");
  settings({{"trace_translator", "classic"}});
  expect_read_as_none("/v1/traces", spans_of("backend-flask"));
}

TEST_F(Refusals, DamagedCompression) {
  expect_protobuf(protobuf("not gzip").with("Content-Encoding", "gzip"), 400, unparsable);
  expect_json(json_text("not zstd").with("Content-Encoding", "zstd"), 400, unparsable);
  Sent sent = grpc("not gzip").with("grpc-encoding", "gzip");
  sent.grpc_compressed = true;
  expect_grpc(sent, 13, "grpc: failed to decompress the received message: gzip: invalid header");
  expect_grpc(
      [&] {
        Sent unnamed = sent.without("grpc-encoding");
        return unnamed;
      }(),
      13, "grpc: compressed flag set with identity or empty encoding");
}

TEST_F(Refusals, BodyOverTheLimit) {
  settings({{"body_limit_bytes", 10}, {"grpc_message_limit_bytes", 10}});
  expect_protobuf(protobuf("12345678901"), 400, unparsable);
  EXPECT_THAT(found(), ElementsAre("honeycomb.body.too-large"));
  expect_grpc(grpc("12345678901"), 8, "grpc: received message larger than max (11 vs. 10)");
  settings({{"body_limit_bytes", 10}, {"body_limit_status", 413}});
  expect_protobuf(protobuf("12345678901"), 413, unparsable);
}

TEST_F(Refusals, UnknownKeyWordingIsASetting) {
  settings({{"unknown_key_message", "who are you"}});
  expect_protobuf(protobuf().with("x-honeycomb-team", "nonsense"), 401, "who are you");
  expect_grpc(grpc().with("x-honeycomb-team", "nonsense"), 16, unknown_key);
}

TEST_F(Refusals, KeyWithoutPermission) {
  accounts({{{"key", good_key}, {"permissions", {{"events", false}}}}});
  expect_in_each_form("x-honeycomb-team", good_key, unknown_key);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.may-not-send"));
}

TEST_F(Refusals, NewDatasetWithoutPermission) {
  accounts({{{"key", good_key}}, {{"key", ingest_key}, {"permissions", {{"createDatasets", false}}}}});
  const Sent sent = protobuf(spans_of("backend-flask")).with("x-honeycomb-team", ingest_key);
  expect_protobuf(sent, 401, unknown_key);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.may-not-create-datasets"));
  EXPECT_EQ(send(protobuf(spans_of("backend-flask"))).status, 200);
  EXPECT_EQ(send(sent).status, 200);  // by now the dataset exists
  settings({{"new_dataset_without_permission", "drop"}});
  EXPECT_EQ(send(sent.saying(spans_of("another"))).status, 200);
  EXPECT_THAT(found(), ElementsAre("honeycomb.key.may-not-create-datasets"));
  EXPECT_THAT(last_entry().effect, IsEmpty());
  EXPECT_THAT(records_of_last(), IsEmpty());
}

TEST_F(Refusals, BelowARequest) {
  using Reason = recording::Refusal::Reason;
  const auto refused = [&](Reason reason, recording::Protocol protocol) {
    return vendor_->refuse({reason, "detail"}, protocol);
  };
  EXPECT_EQ(refused(Reason::bad_head, recording::Protocol::http1).status, 400);
  EXPECT_EQ(refused(Reason::head_too_large, recording::Protocol::http1).status, 431);
  EXPECT_EQ(refused(Reason::body_too_large, recording::Protocol::http1).status, 413);
  EXPECT_EQ(refused(Reason::timeout, recording::Protocol::http1).status, 408);
  EXPECT_EQ(refused(Reason::overloaded, recording::Protocol::http1).status, 503);
  EXPECT_EQ(header_of(refused(Reason::overloaded, recording::Protocol::http1), "Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(refused(Reason::overloaded, recording::Protocol::grpc).grpc_status, 14);
  EXPECT_EQ(refused(Reason::body_too_large, recording::Protocol::grpc).grpc_status, 8);
  EXPECT_THAT(refused(Reason::unknown_session, recording::Protocol::http1).body, StartsWith("404 Not Found: detail"));
}

}  // namespace
}  // namespace understudy::honeycomb
