#include "base/base64.h"

#include <gtest/gtest.h>

namespace understudy {
namespace {

struct Pair {
  std::string_view bytes;
  std::string_view text;
};
// The vectors of RFC 4648, section 10.
constexpr Pair pairs[] = {{"", ""},
                          {"f", "Zg=="},
                          {"fo", "Zm8="},
                          {"foo", "Zm9v"},
                          {"foob", "Zm9vYg=="},
                          {"fooba", "Zm9vYmE="},
                          {"foobar", "Zm9vYmFy"}};

TEST(Base64, WritesAndReadsTheVectors) {
  for (const Pair& pair : pairs) {
    EXPECT_EQ(to_base64(pair.bytes), pair.text);
    EXPECT_EQ(from_base64(pair.text), pair.bytes);
    EXPECT_EQ(from_base64(pair.text.substr(0, pair.text.find('='))), pair.bytes) << "without padding";
  }
}

TEST(Base64, ReadsBothAlphabets) {
  EXPECT_EQ(from_base64("-_-_"), from_base64("+/+/"));
  EXPECT_EQ(to_base64("\xfb\xff\xbf"), "+/+/");
}

TEST(Base64, RefusesWhatIsNone) {
  for (const std::string_view bad : {"A", "AAAAA", "AA=A", "=", "AA AA", "A*==", "AAA\n", "AAAA=", "A==="}) {
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace understudy
