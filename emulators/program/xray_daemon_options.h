// The command line, environment and cfg.yaml of the real X-Ray daemon [code: aws/aws-xray-daemon pkg/cfg, cmd/tracing].
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::program {

struct XrayDaemonOptions {
  std::string udp_address = "127.0.0.1:2000";
  std::string tcp_address = "127.0.0.1:2000";
  std::string region;
  std::string resource_arn;
  std::string proxy_address;
  std::string endpoint;
  std::string log_file;  // empty: standard output
  std::string log_level = "prod";
  std::uint64_t buffer_mb = 0;  // 0: 1 % of the memory
  bool local_mode = false;
  bool wants_version = false;
  bool wants_help = false;
  std::vector<std::string> ignored;  // what stood behind the first word that is no flag: the daemon reads none of it

  // Not the daemon's own.
  std::string journal;
  std::string console_address;  // empty: no console
  std::string ready_file;
  std::uint64_t start_delay_s = 0;  // until TCP answers and UDP is read
};

struct XrayDaemonInput {
  std::vector<std::string> arguments;
  std::map<std::string, std::string, std::less<>> environment;
  std::vector<std::string> default_configurations = {"/etc/amazon/xray/cfg.yaml", "cfg.yaml"};  // the first that exists
};

// Flags win over cfg.yaml, and that wins over the environment. The error is one line.
std::expected<XrayDaemonOptions, std::string> read_xray_daemon_options(const XrayDaemonInput& input);

std::string xray_daemon_usage();

}  // namespace understudy::program
