#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

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
  const auto no_address = run({"xray-daemon", "-n", "us-east-1", "-b", "nowhere"});
  EXPECT_EQ(no_address.code, 1);
  EXPECT_THAT(no_address.err, HasSubstr("missing port in address"));
  EXPECT_THAT(run({"xray-daemon", "-n", "can-central-1"}).err, HasSubstr("'can-central-1' is no region"));
}

// The program with its log behind a pipe.
class Daemon {
 public:
  explicit Daemon(std::vector<std::string> more) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
    std::vector<std::string> arguments = {"xray-daemon", "-c", "/dev/null", "-n", "ca-central-1", "-o"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    pid_ = start(arguments, {}, ends[1], STDERR_FILENO);
    close(ends[1]);
    out_ = fdopen(ends[0], "r");
  }
  ~Daemon() {
    if (pid_ > 0) stop(SIGKILL);
    std::fclose(out_);
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // What stands behind `text` in the first line that has it; all lines until then are in `log`.
  std::string wait_for(std::string_view text) {
    char line[4096];
    while (std::fgets(line, sizeof line, out_) != nullptr) {
      log += line;
      if (const auto at = std::string_view(line).find(text); at != std::string_view::npos)
        return line + at + text.size();
    }
    ADD_FAILURE() << "no line with " << text << " in\n" << log;
    return "0";
  }
  int stop(int signal) {
    kill(pid_, signal);
    int status = -1;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    char line[4096];
    while (std::fgets(line, sizeof line, out_) != nullptr) log += line;
    return status;
  }

  std::string log;

 private:
  pid_t pid_ = -1;
  std::FILE* out_ = nullptr;
};

TEST(XrayDaemon, AnswersOnItsPortsAndLogs) {
  Daemon daemon({"-b", "127.0.0.1:0", "-t", "127.0.0.1:0"});
  httplib::Client client("127.0.0.1", std::stoi(daemon.wait_for("Starting proxy http server on 127.0.0.1:")));
  const auto rules = client.Post("/GetSamplingRules", "{}", "application/json");
  ASSERT_TRUE(rules);
  EXPECT_THAT(rules->body, HasSubstr("arn:aws:xray:ca-central-1:000000000000:sampling-rule/Default"));
  EXPECT_EQ(daemon.stop(SIGTERM), 0);
  EXPECT_THAT(daemon.log, HasSubstr("[Info] Got shutdown signal: terminated"));
}

TEST(XrayDaemon, NamesTheSignalThatEndsIt) {
  Daemon daemon({"-b", "127.0.0.1:0", "-t", "127.0.0.1:0", "-l", "dev"});
  (void)daemon.wait_for("Batch size: 50");
  EXPECT_EQ(daemon.stop(SIGINT), 0);
  EXPECT_THAT(daemon.log, HasSubstr("[Info] Got shutdown signal: interrupt"));
  EXPECT_THAT(daemon.log, HasSubstr("[Debug] Shutdown finished. Current epoch in nanoseconds: "));
}

// As the real one, which looks for an instance's metadata before its proxy answers.
TEST(XrayDaemon, LetsClientsWaitWhereAskedTo) {
  Daemon daemon({"-b", "127.0.0.1:0", "-t", "127.0.0.1:0", "-l", "dev", "--start-delay", "600"});
  const auto port = std::stoi(daemon.wait_for("Listening on UDP 127.0.0.1:"));
  (void)daemon.wait_for("Using region: ca-central-1");
  httplib::Client client("127.0.0.1", port);
  EXPECT_EQ(client.Post("/GetSamplingRules", "{}", "application/json").error(), httplib::Error::Connection);
  EXPECT_EQ(daemon.stop(SIGTERM), 0);
  EXPECT_THAT(daemon.log, ::testing::Not(HasSubstr("Starting proxy")));
}

TEST(XrayDaemon, GoesOnWithoutATcpPortThatIsTaken) {
  const int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(taken, reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(taken, 1), 0);
  ASSERT_EQ(getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto port = std::to_string(ntohs(address.sin_port));
  Daemon daemon({"-b", "127.0.0.1:0", "-t", "127.0.0.1:" + port});
  EXPECT_THAT(daemon.wait_for("[Error] proxy http server failed to listen: "), HasSubstr(port));
  EXPECT_EQ(daemon.stop(SIGTERM), 0);
  close(taken);
}

}  // namespace
}  // namespace understudy::program
