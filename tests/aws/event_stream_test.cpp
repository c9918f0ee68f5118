#include "aws/event_stream.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace understudy::aws {
namespace {

// The bytes were computed by a program of their own from the description in botocore/eventstream.py.
TEST(EventStream, FramesAMessageWithItsChecksums) {
  std::string bytes;
  append_message(bytes, {{"a", "bc"}}, "{}");
  EXPECT_EQ(to_hex(bytes), "000000190000000796b6bf39016107000262637b7d083b96d8");
}

TEST(EventStream, NamesEventsAndExceptions) {
  std::string bytes;
  append_event(bytes, "sessionUpdate", "{}");
  EXPECT_NE(bytes.find("\x0b:event-type\x07"), std::string::npos);
  EXPECT_NE(bytes.find("sessionUpdate"), std::string::npos);
  EXPECT_NE(bytes.find("application/x-amz-json-1.1"), std::string::npos);
  const auto first = bytes.size();
  append_exception(bytes, "SessionTimeoutException", "{}");
  EXPECT_EQ(bytes.find(":exception-type"), bytes.find(":exception-type", first)) << "the second message alone has one";
}

}  // namespace
}  // namespace understudy::aws
