#include <gmock/gmock.h>

#include <fstream>

#include "program/xray_daemon_options.h"
#include "tests/program/running.h"

namespace understudy::program {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::expected<XrayDaemonOptions, std::string> read(std::vector<std::string> arguments,
                                                   std::vector<std::string> configurations = {}) {
  return read_xray_daemon_options({std::move(arguments), {{"AWS_REGION", "eu-west-1"}}, std::move(configurations)});
}

class ConfigurationFile {
 public:
  explicit ConfigurationFile(std::string_view text) {
    std::string pattern = (std::filesystem::temp_directory_path() / "understudy-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::ofstream(path()) << text;
  }
  ~ConfigurationFile() { std::filesystem::remove_all(folder_); }
  ConfigurationFile(const ConfigurationFile&) = delete;
  ConfigurationFile& operator=(const ConfigurationFile&) = delete;
  std::string path() const { return (folder_ / "cfg.yaml").string(); }

 private:
  std::filesystem::path folder_;
};

TEST(XrayDaemonFlags, AreReadAsGoReadsThem) {
  const auto options = read({"-t", "0.0.0.0:2000", "--bind=0.0.0.0:2001", "-o", "-region", "us-east-1", "-m", "3"});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->tcp_address, "0.0.0.0:2000");
  EXPECT_EQ(options->udp_address, "0.0.0.0:2001");
  EXPECT_TRUE(options->local_mode);
  EXPECT_EQ(options->region, "us-east-1");
  EXPECT_EQ(options->buffer_mb, 3u);
  EXPECT_FALSE(read({"-o=false"})->local_mode);
}

// The image's own entry point stands before what a compose file says, so the word is the first that is no flag.
TEST(XrayDaemonFlags, InOneStringAreNotRead) {
  const auto options = read({"-t", "0.0.0.0:2000", "-b", "0.0.0.0:2000", "xray -o -b xray-daemon:2000", "-o"});
  ASSERT_TRUE(options);
  EXPECT_FALSE(options->local_mode);
  EXPECT_EQ(options->udp_address, "0.0.0.0:2000");
  EXPECT_THAT(options->ignored, ElementsAre("xray -o -b xray-daemon:2000", "-o"));
}

TEST(XrayDaemonFlags, ThatAreWrongAreRefused) {
  EXPECT_EQ(read({"-z"}).error(), "flag provided but not defined: -z");
  EXPECT_EQ(read({"-b"}).error(), "flag needs an argument: -b");
  EXPECT_EQ(read({"-m", "many"}).error(), "invalid value \"many\" for flag -m");
  EXPECT_THAT(read({"-c", "/nowhere/cfg.yaml"}).error(), HasSubstr("/nowhere/cfg.yaml"));
}

TEST(XrayDaemonConfiguration, StandsBetweenFlagsAndEnvironment) {
  const ConfigurationFile file(
      "Socket:\n  UDPAddress: \"0.0.0.0:2000\"\n  TCPAddress: \"0.0.0.0:2002\"\nTotalBufferSizeMB: 10\nConcurrency: 8\n"
      "Region: \"ca-central-1\"\nEndpoint: \"\"\nLocalMode: true\nLogging:\n  LogRotation: true\n  LogLevel: \"warn\"\n"
      "Version: 2\n");
  const auto options = read({"-t", "127.0.0.1:1"}, {"/nowhere", file.path()});
  ASSERT_TRUE(options) << options.error();
  EXPECT_EQ(options->udp_address, "0.0.0.0:2000");
  EXPECT_EQ(options->tcp_address, "127.0.0.1:1");
  EXPECT_EQ(options->region, "ca-central-1");
  EXPECT_EQ(options->log_level, "warn");
  EXPECT_TRUE(options->local_mode);
  EXPECT_EQ(read({})->region, "eu-west-1") << "of the environment";
  EXPECT_EQ(read({"-c", file.path(), "-n", "us-west-2"})->region, "us-west-2");
}

TEST(XrayDaemonConfiguration, WithAnUnknownKeyIsRefused) {
  const ConfigurationFile file("Sockets:\n  UDPAddress: x\n");
  EXPECT_EQ(read({"--config", file.path()}).error(),
            "Sockets.UDPAddress flag is invalid. Please refer to AWS X-Ray Documentation for more information.");
  const ConfigurationFile broken("a: [");
  EXPECT_THAT(read({"-c", broken.path()}).error(), StartsWith("cannot read the configuration file"));
}

TEST(XrayDaemon, SaysItsVersionAndWhatKeepsItFromStarting) {
  EXPECT_EQ(run({"xray-daemon", "-v"}).out, "AWS X-Ray daemon version: 3.3.6\n");
  EXPECT_THAT(run({"xray-daemon", "-h"}).out, StartsWith("Usage: X-Ray [options]"));
  EXPECT_EQ(run({"xray-daemon", "-z"}).code, 2);
  const auto without_region = run({"xray-daemon", "-c", "/dev/null", "-n", ""}, {"AWS_REGION="});
  EXPECT_EQ(without_region.code, 1) << without_region.err;
  const auto too_small = run({"xray-daemon", "-n", "us-east-1", "-m", "2"});
  EXPECT_EQ(too_small.code, 1);
  EXPECT_THAT(too_small.err, HasSubstr("Min Buffers Memory required: 3 MB."));
  EXPECT_THAT(run({"xray-daemon", "-n", "us-east-1", "-b", "nowhere"}).err, HasSubstr("missing port in address"));
}

TEST(XrayDaemon, AnswersOnItsPortsAndLogs) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const ConfigurationFile folder("");
  const auto ready_file = folder.path() + ".ready";
  const pid_t pid = start({"xray-daemon", "-c", "/dev/null", "-n", "ca-central-1", "-b", "127.0.0.1:0", "-t",
                           "127.0.0.1:0", "-o", "--ready-file", ready_file},
                          {}, ends[1], STDERR_FILENO);
  close(ends[1]);
  std::FILE* out = fdopen(ends[0], "r");
  char line[1024];
  std::string port;
  while (port.empty() && std::fgets(line, sizeof line, out) != nullptr) {
    const std::string_view text(line);
    constexpr std::string_view last = "Starting proxy http server on 127.0.0.1:";
    if (const auto at = text.find(last); at != std::string_view::npos) port = text.substr(at + last.size());
  }
  ASSERT_FALSE(port.empty());
  httplib::Client client("127.0.0.1", std::stoi(port));
  const auto rules = client.Post("/GetSamplingRules", "{}", "application/json");
  ASSERT_TRUE(rules);
  EXPECT_THAT(rules->body, HasSubstr("arn:aws:xray:ca-central-1:000000000000:sampling-rule/Default"));
  kill(pid, SIGTERM);
  int status = -1;
  waitpid(pid, &status, 0);
  EXPECT_EQ(status, 0);
  std::string rest;
  while (std::fgets(line, sizeof line, out) != nullptr) rest += line;
  EXPECT_THAT(rest, HasSubstr("[Info] Got shutdown signal: terminated"));
  std::fclose(out);
}

}  // namespace
}  // namespace understudy::program
