// understudy serve: opens the doors and records until SIGINT or SIGTERM.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/version.h"
#include "console/console.h"
#include "program/authority.h"
#include "program/commands.h"
#include "program/daemon_log_thread.h"
#include "program/process.h"
#include "session/sessions.h"

namespace understudy::program {
namespace {

constexpr std::string_view console_door = "console";
constexpr std::uint16_t console_port = 4700;

struct ServeOptions {
  session::SessionsOptions sessions;
  std::string journal;
  std::string ports = "default";
  std::map<std::string, std::uint16_t> chosen;  // by door
  std::string ready_file;
  std::string accounts_file;
  std::optional<std::uint64_t> seed;
  bool quiet = false;
  bool daemon_log = false;
  bool tls = false;
  std::string ca_folder;
};

int fail(const std::string& why) {
  fmt::print(stderr, "understudy: {}\n", why);
  return exit_nothing_started;
}

std::string option_name(std::string_view door) {
  std::string name = fmt::format("--{}-port", door);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::string console_url(const session::Sessions& sessions, std::uint16_t port) {
  return fmt::format("http://{}:{}", sessions.host(), port);
}

nlohmann::ordered_json ready_document(const session::Sessions& sessions, const session::Ports& doors,
                                      std::uint16_t console) {
  nlohmann::ordered_json document;
  document["version"] = version;
  document["pid"] = getpid();
  document["session"] = "default";
  for (const auto& [door, port] : doors) document["ports"][door] = port;
  document["ports"][std::string(console_door)] = console;
  for (const auto& [door, url] : sessions.urls(doors)) document["urls"][door] = url;
  document["urls"][std::string(console_door)] = console_url(sessions, console);
  if (!sessions.ca_file().empty()) document["ca"] = sessions.ca_file();
  document["environment"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : sessions.environment(doors, false)) document["environment"][name] = value;
  document["environment"]["UNDERSTUDY_URL"] = console_url(sessions, console);
  return document;
}

std::expected<nlohmann::json, std::string> read_accounts(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(fmt::format("cannot read the accounts file {}", path));
  nlohmann::json accounts = nlohmann::json::parse(file, nullptr, false);
  if (accounts.is_discarded()) return std::unexpected(fmt::format("the accounts file {} is not JSON", path));
  return accounts;
}

session::Ports wanted_ports(const ServeOptions& options, const session::Ports& defaults) {
  session::Ports wanted = defaults;
  for (auto& [door, port] : wanted) {
    if (options.ports == "auto") port = 0;
    if (const auto chosen = options.chosen.find(door); chosen != options.chosen.end()) port = chosen->second;
  }
  return wanted;
}

void print_doors(const session::Sessions& sessions, const session::Ports& doors, std::uint16_t console,
                 const transport::Server& server) {
  for (const auto& [door, url] : sessions.urls(doors)) fmt::print("{:<16} {}\n", door, url);
  fmt::print("{:<16} {}\n", console_door, console_url(sessions, console));
  for (const auto& [door, port] : doors) {
    if (const std::size_t bytes = server.udp_buffer_bytes(door); bytes != 0) {
      fmt::print("{:<16} UDP receive buffer of {} bytes\n", door, bytes);
    }
  }
  std::fflush(stdout);
}

// The service is called "CloudWatch Logs" in the SDKs, so this name is read by none: the client calls the real host.
void warn_of_dead_variables() {
  if (std::getenv("AWS_ENDPOINT_URL_LOGS") == nullptr) return;
  fmt::print(stderr,
             "understudy: AWS_ENDPOINT_URL_LOGS is set, and no AWS SDK reads it: the name is "
             "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS\n");
}

int serve(const ServeOptions& options) {
  raise_file_limit();
  warn_of_dead_variables();
  StopSignals signals;
  transport::Server server;
  session::SessionsOptions of_sessions = options.sessions;
  if (!options.journal.empty()) of_sessions.journal = options.journal;
  if (options.tls) {
    const auto authority = open_authority(options.ca_folder);
    if (!authority) return fail(authority.error());
    of_sessions.ca_file = authority->certificate_file;
    of_sessions.tls = std::make_shared<transport::Tls>(
        transport::TlsSettings{authority->certificate, authority->key, vendor_hosts()});
  }
  session::Sessions sessions(server, vendors(), of_sessions);

  const auto progress = [&](std::uint64_t done, std::uint64_t all) {
    fmt::print(stderr, "reading the journal: {} of {} MB\n", done >> 20, all >> 20);
  };
  session::NewSession first;
  first.name = "default";
  first.seed = options.seed;
  const auto session = sessions.create(first, progress);
  if (!session) return fail(session.error());
  if (!(*session)->warning().empty()) fmt::print(stderr, "understudy: {}\n", (*session)->warning());
  if (!options.accounts_file.empty()) {
    const auto accounts = read_accounts(options.accounts_file);
    if (!accounts) return fail(accounts.error());
    if (auto set = (*session)->set_accounts(*accounts); !set) {
      return fail(fmt::format("accounts file {}: {}", options.accounts_file, set.error()));
    }
  }
  const auto doors = sessions.listen(wanted_ports(options, sessions.default_ports()));
  if (!doors) return fail(doors.error());
  console::Console console(sessions);
  transport::Listen listen;
  listen.door = console_door;
  listen.address = of_sessions.bind;
  listen.tls = of_sessions.tls;
  listen.port = options.ports == "auto" ? 0 : console_port;
  if (const auto chosen = options.chosen.find(std::string(console_door)); chosen != options.chosen.end()) {
    listen.port = chosen->second;
  }
  const auto console_number = server.listen(listen, console);
  if (!console_number) return fail(console_number.error());

  if (!options.ready_file.empty()) {
    const std::string text = ready_document(sessions, *doors, *console_number).dump(2);
    if (const std::string error = write_ready_file(options.ready_file, text); !error.empty()) return fail(error);
  }
  if (!options.quiet) print_doors(sessions, *doors, *console_number, server);
  std::optional<DaemonLogThread> daemon_log;
  if (options.daemon_log) daemon_log.emplace(*session, stdout, xray::DaemonLog::Level::info).run();
  signals.call([&server] { server.stop(); });
  server.run();
  sessions.settle();
  return 0;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Open the doors and record until SIGINT or SIGTERM.");
  command->footer("Example: understudy serve --ports auto --ready-file ready.json --journal captures");
  command->add_option("--journal", options->journal, "Keep the capture in this folder (default: in memory)");
  command->add_option("--ports", options->ports, "\"auto\" takes free ports (default: each vendor's own)")
      ->check(CLI::IsMember({"auto", "default"}));
  session::Ports doors;
  for (const recording::Vendor* vendor : vendors()) {
    for (const recording::Door& door : vendor->doors()) doors.emplace(door.name, door.default_port);
  }
  doors.emplace(console_door, console_port);
  for (const auto& [door, port] : doors) {
    command->add_option(option_name(door), options->chosen[door], fmt::format("default {}", port));
  }
  command->add_option("--bind", options->sessions.bind, "Address to listen on (default: loopback only)");
  command->add_option("--ready-file", options->ready_file, "Write ports, URLs and environment to this file when ready");
  command->add_option("--accounts", options->accounts_file, "JSON file of the accounts that are known");
  command->add_option("--max-bytes", options->sessions.max_bytes, "Most bytes that a session keeps")
      ->transform(CLI::AsSizeValue(false));
  command->add_flag("--fsync", options->sessions.fsync, "Survive power loss too (slower)");
  command->add_option("--seed", options->seed, "Seed of the ids that the fakes hand out");
  command->add_flag("--tls", options->tls, "Answer TLS too, on the same ports, with certificates of the local CA");
  command->add_option("--ca-dir", options->ca_folder, "The local CA's folder (default: $XDG_STATE_HOME/understudy)");
  command->add_flag("--daemon-log", options->daemon_log, "Print what the X-Ray daemon would have logged");
  command->add_flag("--quiet", options->quiet, "Print nothing but errors");
  command->callback([options, command, &exit_code] {
    std::erase_if(options->chosen, [&](const auto& entry) { return command->count(option_name(entry.first)) == 0; });
    exit_code = serve(*options);
  });
}

}  // namespace understudy::program
