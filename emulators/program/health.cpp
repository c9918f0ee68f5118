// understudy health: whether a running server is ready, for a container's health check.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "program/arguments.h"
#include "program/commands.h"

namespace understudy::program {
namespace {

// One code for red and for no answer: health checks know healthy (0) and unhealthy (1), and Docker reserves 2.
constexpr int exit_unhealthy = 1;

int health(const SourceOptions& options) {
  const auto health = fetch_health(url_of(options), options.session);
  if (!health) {
    fail(health.error().why);
    return exit_unhealthy;
  }
  const std::string status = health->value("status", "");
  fmt::print("{}\n", status);
  if (status == "green") return 0;
  for (const auto& reason : health->value("reasons", nlohmann::ordered_json::array())) {
    fmt::print("{}\n", reason.is_string() ? reason.get<std::string>() : reason.dump());
  }
  return exit_unhealthy;
}

}  // namespace

void add_health(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<SourceOptions>();
  CLI::App* command = app.add_subcommand("health", "Say whether a running server is ready; exit code 0 or 1.");
  command->footer("Example: understudy health --url http://vendors:4700");
  command->add_option("--url", options->url,
                      "Console of a running server ($UNDERSTUDY_URL, else http://127.0.0.1:4700)");
  command->add_option("--session", options->session, "The session (default: default)");
  command->callback([options, &exit_code] { exit_code = health(*options); });
}

}  // namespace understudy::program
