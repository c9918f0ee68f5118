// understudy xray-daemon: stands where amazon/aws-xray-daemon stood, with its flags, its cfg.yaml and its log.
#include <fmt/format.h>
#include <netdb.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/version.h"
#include "console/console.h"
#include "program/arguments.h"
#include "program/commands.h"
#include "program/daemon_log_thread.h"
#include "program/process.h"
#include "program/xray_daemon_options.h"
#include "session/sessions.h"
#include "xray/limits.h"

namespace understudy::program {
namespace {

constexpr std::string_view door = "xray";
constexpr std::uint64_t least_buffer_mb = 3;

struct Address {
  std::string host;  // numeric
  std::uint16_t port = 0;
  auto operator<=>(const Address&) const = default;
};

// "127.0.0.1:2000", "xray-daemon:2000", ":2000" (all addresses).
std::expected<Address, std::string> resolve(const std::string& text) {
  const auto wrong = [&](std::string_view why) { return std::unexpected(fmt::format("address {}: {}", text, why)); };
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return wrong("missing port in address");
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) host = "0.0.0.0";
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const auto port = text.substr(colon + 1);
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    return wrong(gai_strerror(error));
  }
  char numeric[NI_MAXHOST];
  getnameinfo(found->ai_addr, found->ai_addrlen, numeric, sizeof numeric, nullptr, 0, NI_NUMERICHOST);
  freeaddrinfo(found);
  return Address{numeric, static_cast<std::uint16_t>(std::atoi(port.c_str()))};
}

std::uint64_t default_buffer_mb() {
  const auto bytes = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(getpagesize());
  return std::max(least_buffer_mb, bytes / 100 >> 20);
}

std::expected<std::uint16_t, std::string> open_door(session::Sessions& sessions, const Address& address, bool takes_tcp,
                                                    bool takes_udp) {
  transport::Listen listen;
  listen.door = door;
  listen.limits.body_bytes = xray::largest_plain_body;
  listen.address = address.host;
  listen.port = address.port;
  listen.tcp = takes_tcp;
  listen.udp = takes_udp;
  return sessions.listen(listen);
}

// The ports, which are free ones where the options say 0.
struct Doors {
  Address udp;
  Address tcp;
  bool is_tcp_open = false;  // with UDP, so that a free port is one number
};

std::expected<Doors, std::string> open_udp(session::Sessions& sessions, const XrayDaemonOptions& options) {
  const auto udp = resolve(options.udp_address);
  const auto tcp = resolve(options.tcp_address);
  if (!udp) return std::unexpected(udp.error());
  if (!tcp) return std::unexpected(tcp.error());
  const bool is_any_port = *udp == *tcp && udp->port == 0;
  Doors doors{*udp, *tcp, is_any_port && options.start_delay_s == 0};
  const auto port = open_door(sessions, doors.udp, doors.is_tcp_open, true);
  if (!port) return std::unexpected(port.error());
  doors.udp.port = *port;
  if (is_any_port) doors.tcp.port = *port;
  return doors;
}

std::string with_port(const std::string& address, std::uint16_t port) {
  return fmt::format("{}:{}", address.substr(0, address.rfind(':')), port);
}

std::expected<std::uint16_t, std::string> open_console(transport::Server& server, console::Console& console,
                                                       const std::string& text) {
  const auto address = resolve(text);
  if (!address) return std::unexpected(address.error());
  transport::Listen listen;
  listen.door = "console";
  listen.address = address->host;
  listen.port = address->port;
  return server.listen(listen, console);
}

// The daemon's own ends: an error line in its log's form, exit code 1.
int refuse(const std::string& why) {
  fmt::print(stderr, "[Error] {}\n", why);
  return 1;
}

std::string write_ready(const XrayDaemonOptions& options, const Doors& doors, std::uint16_t console) {
  if (options.ready_file.empty()) return "";
  nlohmann::ordered_json ready = {
      {"version", version}, {"pid", getpid()}, {"ports", {{"xray_udp", doors.udp.port}, {"xray", doors.tcp.port}}}};
  if (console != 0) ready["ports"]["console"] = console;
  return write_ready_file(options.ready_file, ready.dump(2));
}

// From the first line of the log to the last. UDP is open, and its packets wait until the server runs, as they wait in
// front of the real daemon while it looks for an instance's metadata.
int run_doors(transport::Server& server, session::Sessions& sessions, StopSignals& signals, DaemonLogThread& log,
              XrayDaemonOptions& options, Doors& doors) {
  options.udp_address = with_port(options.udp_address, doors.udp.port);
  xray::DaemonLog::Start start{options.region,     options.udp_address,  options.tcp_address,   options.buffer_mb,
                               options.local_mode, options.resource_arn, options.proxy_address, options.endpoint};
  log.log().starting(start);
  if (options.start_delay_s > 0 && signals.came_within(std::chrono::seconds(options.start_delay_s))) return 0;
  std::string tcp_error;
  if (!doors.is_tcp_open) {
    const auto port = open_door(sessions, doors.tcp, true, false);
    doors.tcp.port = port.value_or(0);
    if (!port) tcp_error = port.error();
  }
  if (doors.tcp.port != 0) start.tcp_address = with_port(options.tcp_address, doors.tcp.port);
  log.log().started(start);
  if (!tcp_error.empty()) log.log().tcp_failed(tcp_error);
  std::unique_ptr<console::Console> console;
  std::uint16_t console_port = 0;
  if (!options.console_address.empty()) {
    console = std::make_unique<console::Console>(sessions);
    const auto number = open_console(server, *console, options.console_address);
    if (!number) return fail(number.error());
    console_port = *number;
  }
  log.run();
  if (auto error = write_ready(options, doors, console_port); !error.empty()) return fail(error);
  signals.call([&server] { server.stop(); });
  server.run();
  sessions.settle();
  return 0;
}

int serve(XrayDaemonOptions options) {
  raise_file_limit();
  StopSignals signals;
  transport::Server server;
  session::SessionsOptions of_sessions;
  if (!options.journal.empty()) of_sessions.journal = options.journal;
  session::Sessions sessions(server, vendors(), of_sessions);
  session::NewSession first;
  first.name = "default";
  const auto session = sessions.create(first, {});
  if (!session) return fail(session.error());
  const nlohmann::json settings = {{"xray", {{"daemon_region", options.region}}}};
  if (auto set = (*session)->set_settings(settings); !set) return fail(set.error());
  auto doors = open_udp(sessions, options);
  if (!doors) return refuse(doors.error());
  std::FILE* log_file = options.log_file.empty() ? stdout : std::fopen(options.log_file.c_str(), "ae");
  if (log_file == nullptr) return fail(fmt::format("cannot write the log file {}", options.log_file));
  int code = 0;
  {
    DaemonLogThread log(*session, log_file, xray::daemon_log_level(options.log_level));
    code = run_doors(server, sessions, signals, log, options, *doors);
    log.stopped_by(signals.received());
  }
  if (log_file != stdout) std::fclose(log_file);
  return code;
}

}  // namespace

int run_xray_daemon(std::vector<std::string> arguments) {
  XrayDaemonInput input;
  input.arguments = std::move(arguments);
  if (const char* region = std::getenv("AWS_REGION")) input.environment["AWS_REGION"] = region;
  auto options = read_xray_daemon_options(input);
  if (!options) {
    fmt::print(stderr, "{}\n{}", options.error(), xray_daemon_usage());
    return exit_nothing_started;
  }
  if (options->wants_help) return fmt::print("{}", xray_daemon_usage()), 0;
  if (options->wants_version) {
    fmt::print("AWS X-Ray daemon version: {}\n", xray::daemon_version);
    return 0;
  }
  for (const auto& word : options->ignored) {
    fmt::print(stderr, "understudy: \"{}\" is not read, as the real daemon does not read it either{}\n", word,
               word.contains(' ') ? ": in a compose file, write the command as a list, one flag an item" : "");
  }
  if (options->region.empty()) {
    return refuse(
        "Cannot fetch region variable from config file, environment variables, ecs metadata, or ec2 metadata. Use "
        "local-mode to use the local config region.");
  }
  if (options->buffer_mb == 0) options->buffer_mb = default_buffer_mb();
  if (options->buffer_mb < least_buffer_mb) {
    return refuse("Not enough Buffers Memory Allocated. Min Buffers Memory required: 3 MB.");
  }
  return serve(std::move(*options));
}

void add_xray_daemon(CLI::App& app) {
  app.add_subcommand("xray-daemon", "Stand in for the X-Ray daemon, with its own flags (-b, -t, -n, -c ...) and log.");
}

}  // namespace understudy::program
