#include "xray/daemon_log.h"

#include <gmock/gmock.h>

#include "tests/xray/support.h"

namespace understudy::xray {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::string_view header = "{\"format\":\"json\",\"version\":1}\n";

class Daemon {
 public:
  explicit Daemon(DaemonLog::Level least = DaemonLog::Level::info)
      : log(least, [this](const std::string& line) { lines.push_back(line); }) {}

  void datagram(const std::string& bytes, std::int64_t now_ns = 0) {
    (void)session.datagram(bytes);
    log.add(session.entries().back(), now_ns);
  }
  void segments(int count, std::int64_t now_ns = 0, std::string_view name = "backend-flask") {
    for (int i = 0; i < count; ++i) {
      datagram(std::string(header) + nlohmann::json{{"id", "c1323c773d79457e"},
                                                    {"name", name},
                                                    {"start_time", 1795222504.6},
                                                    {"end_time", 1795222504.7},
                                                    {"trace_id", "1-6b00ebe8-c09045740abe454752beac88"}}
                                         .dump(),
               now_ns);
    }
  }

  std::vector<std::string> lines;
  Session session;
  DaemonLog log;
};

TEST(DaemonLog, SendsABatchASecondAfterTheLastOne) {
  Daemon daemon;
  daemon.segments(1, 0);
  daemon.log.tick(second_ns - 1);
  EXPECT_THAT(daemon.lines, IsEmpty());
  daemon.log.tick(second_ns);
  EXPECT_THAT(daemon.lines, ElementsAre("[Info] Successfully sent batch of 1 segments (0.000 seconds)"));
  daemon.log.tick(9 * second_ns);
  EXPECT_THAT(daemon.lines, SizeIs(1)) << "nothing waits";
}

TEST(DaemonLog, SendsAtFiftySegmentsAtOnce) {
  Daemon daemon;
  daemon.segments(50);
  EXPECT_THAT(daemon.lines, ElementsAre("[Info] Successfully sent batch of 50 segments (0.000 seconds)"));
  daemon.segments(1);
  daemon.log.stopped("terminated", 0, 0);
  EXPECT_THAT(daemon.lines, ElementsAre(::testing::_, "[Info] Got shutdown signal: terminated",
                                        "[Info] Successfully sent batch of 1 segments (0.000 seconds)"));
}

TEST(DaemonLog, NamesWhatTheServiceRefused) {
  Daemon daemon;
  daemon.segments(1);
  daemon.segments(1, 0, "a?b");
  daemon.datagram(std::string(header) + "[]");
  daemon.log.tick(2 * second_ns);
  EXPECT_THAT(daemon.lines,
              ElementsAre("[Info] Sent batch of 3 segments but had 2 Unprocessed segments (0.000 seconds)",
                          "[Error] Unprocessed trace 1-6b00ebe8-c09045740abe454752beac88, segment: {\n"
                          "  ErrorCode: \"InvalidName\",\n  Id: \"c1323c773d79457e\",\n"
                          "  Message: \"Invalid segment. ErrorCode: InvalidName\"\n}",
                          "[Error] Unprocessed segment: {\n  ErrorCode: \"MissingId\",\n"
                          "  Message: \"Invalid segment. ErrorCode: MissingId\"\n}"));
}

TEST(DaemonLog, WarnsOfDatagramsThatItDrops) {
  Daemon daemon;
  daemon.datagram("");
  daemon.datagram("garbage");
  daemon.datagram(std::string(header));
  daemon.datagram("{}\n{}");
  daemon.log.tick(2 * second_ns);
  EXPECT_THAT(daemon.lines, ElementsAre("[Warn] Missing header: garbage", "[Warn] Missing header or segment: garbage",
                                        R"([Warn] Missing header or segment: {"format":"json","version":1})",
                                        "[Warn] Invalid header: {}"));
}

TEST(DaemonLog, StartsWithTheLinesOfTheRealOne) {
  Daemon daemon;
  const DaemonLog::Start start{"ca-central-1", "0.0.0.0:2000", "0.0.0.0:2000", 643, true, "", "", ""};
  daemon.log.starting(start);
  daemon.log.started(start);
  EXPECT_THAT(daemon.lines,
              ElementsAre("[Info] Initializing AWS X-Ray daemon 3.3.6", "[Info] Using buffer memory limit of 643 MB",
                          "[Info] 10288 segment buffers allocated", "[Info] Using region: ca-central-1",
                          "[Info] HTTP Proxy server using X-Ray Endpoint : "
                          "https://xray.ca-central-1.amazonaws.com",
                          "[Info] Starting proxy http server on 0.0.0.0:2000"));
}

TEST(DaemonLog, SaysMoreAtDebugLevel) {
  Daemon daemon(daemon_log_level("dev"));
  (void)daemon.session.call("/GetSamplingRules", "{}");
  daemon.log.add(daemon.session.entries().back(), 0);
  daemon.segments(1);
  daemon.log.tick(second_ns);
  EXPECT_THAT(daemon.lines, ElementsAre("[Debug] Received request on HTTP Proxy server : /GetSamplingRules",
                                        "[Debug] processor: sending partial batch",
                                        "[Debug] processor: segment batch size: 1. capacity: 50",
                                        "[Info] Successfully sent batch of 1 segments (0.000 seconds)"));
  EXPECT_EQ(daemon_log_level("prod"), DaemonLog::Level::info);
}

TEST(DaemonLog, SaysAllOfItsStartAndEndAtDebugLevel) {
  Daemon daemon(DaemonLog::Level::debug);
  const DaemonLog::Start start{"cn-north-1", "127.0.0.1:2000", "127.0.0.1:2001",    3,
                               false,        "arn:x",          "http://proxy:3128", "http://localhost:1"};
  daemon.log.starting(start);
  daemon.log.started(start);
  daemon.log.tcp_failed("port 2001 is taken");
  daemon.log.stopped("interrupt", 0, 17);
  EXPECT_THAT(
      daemon.lines,
      ElementsAre("[Info] Initializing AWS X-Ray daemon 3.3.6", "[Debug] Listening on UDP 127.0.0.1:2000",
                  "[Info] Using buffer memory limit of 3 MB", "[Info] 48 segment buffers allocated",
                  "[Debug] Using proxy address: http://proxy:3128", "[Info] Using region: cn-north-1",
                  "[Debug] ARN of the AWS resource running the daemon: arn:x",
                  ::testing::StartsWith("[Error] Get instance id metadata failed: RequestError: send request failed\n"
                                        "caused by: Get \"http://169.254.169.254/latest/meta-data/instance-id\": "),
                  "[Debug] Using Endpoint read from Config file: http://localhost:1",
                  "[Info] HTTP Proxy server using X-Ray Endpoint : http://localhost:1", "[Debug] Telemetry initiated",
                  "[Info] Starting proxy http server on 127.0.0.1:2001", "[Debug] Batch size: 48",
                  "[Error] proxy http server failed to listen: port 2001 is taken",
                  "[Info] Got shutdown signal: interrupt",
                  "[Debug] Shutdown Initiated. Current epoch in nanoseconds: 17",
                  "[Debug] Trace segment: received: 0, truncated: 0, processed: 0",
                  "[Debug] Shutdown finished. Current epoch in nanoseconds: 17"));
}

TEST(DaemonLog, NamesTheEndpointOfEachPartition) {
  const std::pair<std::string_view, std::string_view> endpoints[] = {
      {"eu-west-1", "https://xray.eu-west-1.amazonaws.com"},
      {"cn-north-1", "https://xray.cn-north-1.amazonaws.com.cn"},
      {"us-iso-east-1", "https://xray.us-iso-east-1.c2s.ic.gov"},
      {"us-isob-east-1", "https://xray.us-isob-east-1.sc2s.sgov.gov"}};
  for (const auto& [region, endpoint] : endpoints) {
    Daemon daemon;
    daemon.log.started({std::string(region), "", "", 3, true, "", "", ""});
    EXPECT_EQ(daemon.lines.front(), fmt::format("[Info] HTTP Proxy server using X-Ray Endpoint : {}", endpoint));
  }
}

// 3 MB are 48 buffers.
TEST(DaemonLog, SendsBatchesOfAsManySegmentsAsItHasBuffers) {
  Daemon daemon;
  daemon.log.started({"eu-west-1", "", "", 3, true, "", "", ""});
  daemon.lines.clear();
  daemon.segments(48);
  EXPECT_THAT(daemon.lines, ElementsAre("[Info] Successfully sent batch of 48 segments (0.000 seconds)"));
}

TEST(DaemonLog, SendsTelemetryOnceASegmentCame) {
  Daemon daemon(DaemonLog::Level::debug);
  daemon.log.tick(0);
  daemon.log.tick(60 * second_ns);
  EXPECT_THAT(daemon.lines, ElementsAre("[Debug] Skipped telemetry data as no segments found"));
  daemon.segments(1, 61 * second_ns);
  daemon.log.tick(62 * second_ns);
  daemon.lines.clear();
  daemon.log.tick(119 * second_ns);
  EXPECT_THAT(daemon.lines, IsEmpty());
  daemon.log.tick(120 * second_ns);
  daemon.log.tick(180 * second_ns);
  EXPECT_THAT(daemon.lines, ElementsAre("[Debug] Send 1 telemetry record(s)", "[Debug] Send 1 telemetry record(s)"));
}

}  // namespace
}  // namespace understudy::xray
