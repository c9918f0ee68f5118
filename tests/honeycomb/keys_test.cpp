#include "honeycomb/keys.h"

#include <gtest/gtest.h>

#include <string>

namespace understudy::honeycomb {
namespace {

struct Case {
  const char* key;
  KeyKind kind;
};

constexpr Case cases[] = {
    {"abcdefghij1234567890", KeyKind::configuration},
    {"abcdefghij1234567890ab", KeyKind::configuration},
    {"ABCDEFGHIJ1234567890abc", KeyKind::configuration},
    {"abcdefghij123456789", KeyKind::unknown},       // 19
    {"abcdefghij1234567890abcd", KeyKind::unknown},  // 24
    {"abcdefghij123456789_ab", KeyKind::unknown},
    {"0123456789abcdef0123456789abcdef", KeyKind::classic_configuration},
    {"0123456789ABCDEF0123456789ABCDEF", KeyKind::unknown},   // upper case: not classic
    {"0123456789abcdef0123456789abcde", KeyKind::unknown},    // 31
    {"0123456789abcdef0123456789abcdef0", KeyKind::unknown},  // 33
    {"0123456789abcdef0123456789abcdeg", KeyKind::unknown},   // not hex
    {"hcaik_0123456789abcdefghjkmnpqrs0123456789abcdefghijklmnopqrstuv", KeyKind::ingest},
    {"hcxik_0123456789abcdefghjkmnpqrs0123456789abcdefghijklmnopqrstuv", KeyKind::ingest},
    {"hcaic_0123456789abcdefghjkmnpqrs0123456789abcdefghijklmnopqrstuv", KeyKind::classic_ingest},
    {"hcaic_0123456789ABCdefghjkmnpqrs0123456789abcdefghijklmnopqrstuv", KeyKind::unknown},
    {"hcaik_0123456789abcdefghjkmnpqrs0123456789abcdefghijklmnopqrstu", KeyKind::unknown},    // 63
    {"hcaik_0123456789abcdefghjkmnpqrs0123456789abcdefghijklmnopqrstuvw", KeyKind::unknown},  // 65
    {"hc1ik_0123456789abcdefghjkmnpqrs0123456789abcdefghijklmnopqrstuv", KeyKind::unknown},
    {"hcaik_0123456789abcdefghjkmnpqrs", KeyKind::ingest_id},
    {"hcalk_0123456789abcdefghjkmnpqrs", KeyKind::configuration_id},
    {"hcamk_0123456789abcdefghjkmnpqrs", KeyKind::management},
    {"hcamk_0123456789abcdefghjkmnpqrs:0123456789abcdefghijklmnopqrstuv", KeyKind::management},
    {"hcaen_0123456789abcdefghjkmnpqrs", KeyKind::other_id},
    {"hcxtm_0123456789abcdefghjkmnpqrs", KeyKind::other_id},
    {"hcxus_0123456789abcdefghjkmnpqrs", KeyKind::other_id},
    {"", KeyKind::unknown},
    {"hcaik_", KeyKind::unknown},
};

TEST(Keys, AreToldByTheirShape) {
  for (const Case& each : cases) EXPECT_EQ(classify(each.key), each.kind) << each.key;
}

TEST(Keys, ThatSendAndThatAreClassic) {
  EXPECT_TRUE(is_sending(KeyKind::ingest));
  EXPECT_TRUE(is_sending(KeyKind::classic_configuration));
  EXPECT_FALSE(is_sending(KeyKind::ingest_id));
  EXPECT_FALSE(is_sending(KeyKind::management));
  EXPECT_TRUE(is_classic(KeyKind::classic_ingest));
  EXPECT_TRUE(is_classic(KeyKind::classic_configuration));
  EXPECT_FALSE(is_classic(KeyKind::ingest));
  EXPECT_FALSE(is_classic(KeyKind::configuration));
}

TEST(Keys, NamesGoThereAndBack) {
  for (int i = 0; i <= static_cast<int>(KeyKind::unknown); ++i) {
    const auto kind = static_cast<KeyKind>(i);
    EXPECT_EQ(key_kind_of(name_of(kind)), kind);
  }
  EXPECT_EQ(key_kind_of("nonsense"), std::nullopt);
}

TEST(Keys, AreMasked) {
  EXPECT_EQ(masked("abcdefghij1234567890ab"), "abcd...(22 characters)");
  EXPECT_EQ(masked("secret"), "...(6 characters)");
  EXPECT_EQ(masked("a\nc\tefghij1234567890ab"), "a?c?...(22 characters)");
}

TEST(Keys, OddBytesAreFound) {
  EXPECT_FALSE(odd_byte("abc_123").has_value());
  ASSERT_TRUE(odd_byte("abc\"").has_value());
  EXPECT_EQ(odd_byte("abc\"")->offset, 3U);
  EXPECT_EQ(odd_byte("abc\"")->byte, '"');
  EXPECT_EQ(odd_byte("\xC3\xA4")->byte, 0xC3);
}

TEST(Keys, HaveAnIdThatDoesNotTellThem) {
  const std::string key = "abcdefghij1234567890ab";
  EXPECT_EQ(key_id(key).size(), 12U);
  EXPECT_EQ(key_id(key), key_id(key));
  EXPECT_NE(key_id(key), key_id("abcdefghij1234567890ac"));
  EXPECT_EQ(key_id("hcaik_0123456789abcdefghjkmnpqrs0123456789abcdefghijklmnopqrstuv"),
            "hcaik_0123456789abcdefghjkmnpqrs");
}

}  // namespace
}  // namespace understudy::honeycomb
