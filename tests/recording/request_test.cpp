#include "recording/request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace understudy::recording {

static bool operator==(const Header& left, const Header& right) {
  return left.name == right.name && left.value == right.value;
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Request parsed(Protocol protocol, std::string_view head) {
  Request request;
  request.protocol = protocol;
  request.head = head;
  parse_head(request);
  return request;
}

TEST(ParseHead, ReadsAnHttp1Head) {
  const Request request = parsed(Protocol::http1,
                                 "POST /v1/traces?a=b?c HTTP/1.1\r\nHost: localhost:4318\r\n"
                                 "X-Empty:\r\nx-honeycomb-team: \t key \r\n\r\n");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/traces?a=b?c");
  EXPECT_EQ(request.path(), "/v1/traces");
  EXPECT_EQ(request.query(), "a=b?c");
  EXPECT_THAT(request.headers,
              ElementsAre(Header{"Host", "localhost:4318"}, Header{"X-Empty", ""}, Header{"x-honeycomb-team", "key"}));
  EXPECT_EQ(request.header("X-Honeycomb-Team"), "key");
  EXPECT_EQ(request.header("x-empty"), "");
  EXPECT_EQ(request.header("absent"), std::nullopt);
}

TEST(ParseHead, ReadsAnHttp2HeaderList) {
  const Request request = parsed(
      Protocol::grpc,
      ":method: POST\r\n:scheme: http\r\n:path: /a.B/Export\r\n:authority: x:1\r\nte: trailers\r\nv: a:b\r\n\r\n");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a.B/Export");
  EXPECT_THAT(request.headers, ElementsAre(Header{":scheme", "http"}, Header{":authority", "x:1"},
                                           Header{"te", "trailers"}, Header{"v", "a:b"}));
}

TEST(ParseHead, ForgetsWhatWasReadBefore) {
  Request request = parsed(Protocol::http1, "GET /old HTTP/1.1\r\nA: b\r\n\r\n");
  request.head = "";
  parse_head(request);
  EXPECT_EQ(request.method, "");
  EXPECT_EQ(request.target, "");
  EXPECT_THAT(request.headers, IsEmpty());
}

TEST(ParseHead, TakesAHeadThatWasCut) {
  const Request request = parsed(Protocol::http1, "GET /x HTTP/1.1\r\nHost: a\r\nX-");
  EXPECT_EQ(request.target, "/x");
  EXPECT_THAT(request.headers, ElementsAre(Header{"Host", "a"}, Header{"X-", ""}));
}

TEST(ParseHead, APathWithoutAQueryHasNone) {
  EXPECT_EQ(parsed(Protocol::http1, "GET /x HTTP/1.1\r\n\r\n").query(), "");
  EXPECT_EQ(parsed(Protocol::http1, "GET /x? HTTP/1.1\r\n\r\n").path(), "/x");
}

}  // namespace
}  // namespace understudy::recording
