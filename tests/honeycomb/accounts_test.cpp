// Accounts and settings: what is wrong with them is said by name.
#include "tests/honeycomb/room.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

struct Wrong {
  std::string_view text;
  std::string_view error;
};

class Configuration : public Room {};

constexpr Wrong wrong_accounts[] = {
    {R"([])", "honeycomb: must be an object"},
    {R"({"key":[]})", "honeycomb.key: is not known here; known are keys"},
    {R"({"keys":{}})", "honeycomb.keys: must be an array"},
    {R"({"keys":[{}]})", "honeycomb.keys[0].key: must be the key"},
    {R"({"keys":[{"key":""}]})", "honeycomb.keys[0].key: must be the key"},
    {R"({"keys":["a"]})", "honeycomb.keys[0]: must be an object"},
    {R"({"keys":[{"key":"a","kind":"management"}]})", "honeycomb.keys[0].kind: must be ingest"},
    {R"({"keys":[{"key":"a","kind":1}]})", "honeycomb.keys[0].kind: must be ingest"},
    {R"({"keys":[{"key":"a","kind":"classic_configuration"}]})", "honeycomb.keys[0].kind: a key of this shape is not"},
    {R"({"keys":[{"key":"0123456789abcdef0123456789abcdef","kind":"ingest"}]})",
     "honeycomb.keys[0].kind: a key of this shape is classic_configuration"},
    {R"({"keys":[{"key":"a"},{"key":"a"}]})", "honeycomb.keys[1].key: is listed twice"},
    {R"({"keys":[{"key":"a","environment":"test"}]})", "honeycomb.keys[0].environment: must be an object"},
    {R"({"keys":[{"key":"a","environment":{"name":1}}]})", "honeycomb.keys[0].environment.name: must be a string"},
    {R"({"keys":[{"key":"a","environment":{}}]})", "honeycomb.keys[0].environment: needs a name"},
    {R"({"keys":[{"key":"0123456789abcdef0123456789abcdef","environment":{"name":"a"}}]})",
     "honeycomb.keys[0].environment: a classic key has no environment"},
    {R"({"keys":[{"key":"a","team":{"nam":"a"}}]})", "honeycomb.keys[0].team.nam: is not known here"},
    {R"({"keys":[{"key":"a","region":"asia"}]})", "honeycomb.keys[0].region: must be us or eu"},
    {R"({"keys":[{"key":"a","permissions":{"event":true}}]})", "honeycomb.keys[0].permissions.event: is no permission"},
    {R"({"keys":[{"key":"a","permissions":{"events":1}}]})", "honeycomb.keys[0].permissions.events: must be true or"},
    {R"({"keys":[{"key":"a","kind":"ingest","permissions":{"events":true}}]})",
     "honeycomb.keys[0].permissions.events: an ingest key has the permission createDatasets alone"},
};

TEST_F(Configuration, WrongAccounts) {
  for (const Wrong& each : wrong_accounts) {
    const auto checked = vendor_->check_accounts(json::parse(each.text));
    ASSERT_FALSE(checked.has_value()) << each.text;
    EXPECT_THAT(checked.error(), HasSubstr(each.error));
  }
}

TEST_F(Configuration, GoodAccounts) {
  for (const std::string_view text :
       {R"({})", R"({"keys":[]})", R"({"keys":[{"key":"my-own-key"}]})",
        R"({"keys":[{"key":"my-own-key","kind":"ingest","environment":{"name":"a"},"team":{"slug":"b"}}]})"}) {
    EXPECT_TRUE(vendor_->check_accounts(json::parse(text)).has_value()) << text;
  }
}

TEST_F(Configuration, ListedKeysMayHaveAnyShape) {
  accounts({{{"key", "my-own-key"}}});
  EXPECT_EQ(send(protobuf().with("x-honeycomb-team", "my-own-key")).status, 200);
}

TEST_F(Configuration, AKeyIsKnownInItsOwnRegionAlone) {
  accounts({{{"key", good_key}, {"region", "eu"}}});
  const Sent abroad = protobuf().with("Host", "api.honeycomb.io:443");
  const auto reply = send(abroad);
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(reply.body, HasSubstr("unknown API key"));
  ASSERT_EQ(found(), std::vector<std::string>{"honeycomb.key.other-region"});
  EXPECT_EQ(last_entry().findings[0].detail, "abcd...(22 characters) is a key of the region eu, the host is of us");
  EXPECT_EQ(send(grpc().with(":authority", "api.honeycomb.io")).grpc_status, 16);
  for (const Sent& sent : {abroad.to("/1/events/a").saying(R"({"a":1})"), abroad.to("/1/auth").by("GET"),
                           abroad.to("/1/datasets").by("GET"), abroad.to("/1/markers/a").by("GET")}) {
    EXPECT_EQ(send(sent).status, 401) << sent.target;
    EXPECT_EQ(found(), std::vector<std::string>{"honeycomb.key.other-region"}) << sent.target;
  }
  EXPECT_EQ(send(protobuf().with("Host", "api.eu1.honeycomb.io")).status, 200);
  EXPECT_EQ(send(protobuf().with("Host", "localhost:4318")).status, 200);
}

TEST_F(Configuration, AnEmptyListKnowsNoKey) {
  accounts(json::array());
  EXPECT_EQ(send(protobuf()).status, 401);
}

TEST_F(Configuration, DumpShowsAccountsAndSettingsButNoKey) {
  accounts({{{"key", good_key}}});
  settings({{"body_limit_bytes", 5}});
  EXPECT_THAT(dump(), HasSubstr("kind configuration environment 'test'"));
  EXPECT_THAT(dump(), HasSubstr("setting body_limit_bytes 5"));
  EXPECT_THAT(dump(), Not(HasSubstr(std::string(good_key))));
}

constexpr Wrong wrong_settings[] = {
    {R"([])", "honeycomb settings: must be an object"},
    {R"({"preflight":1})", "honeycomb.preflight: is no setting; settings are preflight_status"},
    {R"({"preflight_status":201})", "honeycomb.preflight_status: must be one of [200,204]"},
    {R"({"allow_origin":"all"})", "honeycomb.allow_origin: must be one of [\"*\",\"echo\"]"},
    {R"({"body_limit_bytes":-1})", "honeycomb.body_limit_bytes: must be a number that is not negative"},
    {R"({"body_limit_bytes":"1"})", "honeycomb.body_limit_bytes: must be a number that is not negative"},
    {R"({"unknown_key_message":1})", "honeycomb.unknown_key_message: must be a string"},
};

TEST_F(Configuration, WrongSettings) {
  for (const Wrong& each : wrong_settings) {
    const auto checked = vendor_->check_settings(json::parse(each.text));
    ASSERT_FALSE(checked.has_value()) << each.text;
    EXPECT_THAT(checked.error(), HasSubstr(each.error));
  }
}

}  // namespace
}  // namespace understudy::honeycomb
