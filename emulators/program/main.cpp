// understudy: local fakes of Honeycomb, X-Ray, CloudWatch Logs and Rollbar that record everything.
#include <CLI/CLI.hpp>
#include <csignal>
#include <string_view>

#include "base/version.h"
#include "program/commands.h"

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
  app.failure_message(CLI::FailureMessage::help);
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : understudy::program::exit_nothing_started;
  }
  return exit_code;
}
