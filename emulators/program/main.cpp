// understudy: local fakes of Honeycomb, X-Ray, CloudWatch Logs and Rollbar that record everything.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "base/near_miss.h"
#include "base/version.h"
#include "program/commands.h"

namespace {

// CLI11 would say no more than that a command is wanted.
bool is_command(const CLI::App& app, std::string_view given) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  if (given.starts_with('-') || std::ranges::find(names, given) != names.end()) return true;
  const std::vector<std::string_view> known(names.begin(), names.end());
  const std::string_view near = understudy::nearest_name(given, known);
  fmt::print(stderr, "understudy: \"{}\" is no command: {}\n", given,
             near.empty() ? "see \"understudy --help\"" : fmt::format("write \"{}\", or see --help", near));
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a full quota is an error of write(), not a death
  if (argc > 1 && std::string_view(argv[1]) == "xray-daemon") {
    return understudy::program::run_xray_daemon({argv + 2, argv + argc});
  }
  CLI::App app{"Local fakes of Honeycomb, X-Ray, CloudWatch Logs and Rollbar that record everything they are sent.",
               "understudy"};
  app.set_version_flag("--version", std::string(understudy::version));
  app.require_subcommand(1);
  app.failure_message([](const CLI::App* failed, const CLI::Error& error) {
    const auto commands = failed->get_subcommands();
    const std::string command = commands.empty() ? "" : " " + commands.front()->get_name();
    return fmt::format("understudy: {}: see \"understudy{} --help\"\n", error.what(), command);
  });
  int exit_code = 0;
  understudy::program::add_serve(app, exit_code);
  understudy::program::add_show(app, exit_code);
  understudy::program::add_tail(app, exit_code);
  understudy::program::add_export(app, exit_code);
  understudy::program::add_env(app, exit_code);
  understudy::program::add_check(app, exit_code);
  understudy::program::add_health(app, exit_code);
  understudy::program::add_ca(app, exit_code);
  understudy::program::add_explain(app, exit_code);
  understudy::program::add_xray_daemon(app);
  if (argc > 1 && !is_command(app, argv[1])) return understudy::program::exit_nothing_started;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : understudy::program::exit_nothing_started;
  }
  return exit_code;
}
