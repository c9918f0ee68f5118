// understudy env: what to set for every SDK.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "program/arguments.h"
#include "program/commands.h"
#include "session/sessions.h"

namespace understudy::program {

using nlohmann::ordered_json;

namespace {

struct EnvOptions {
  std::string url;
  std::string session = "default";
  std::string format = "shell";
  bool fast_flush = false;
};

// What a shell takes as one word, whatever is in it.
std::string shell_quoted(const std::string& text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,:/@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + '\'';
}

// In double quotes, as dotenv files and YAML read them: both take JSON's escapes. '$' would be replaced by them.
std::string double_quoted(const std::string& text, std::string_view dollar) {
  std::string quoted;
  for (const char c : ordered_json(text).dump(-1, ' ', false, ordered_json::error_handler_t::replace)) {
    c == '$' ? quoted += dollar : quoted += c;
  }
  return quoted;
}

std::string formatted(const ordered_json& environment, const std::string& format) {
  if (format == "json") return environment.dump(2) + '\n';
  std::string text = format == "compose" ? "environment:\n" : "";
  for (const auto& [name, json] : environment.items()) {
    const std::string value = json.get<std::string>();
    if (format == "shell") text += fmt::format("export {}={}\n", name, shell_quoted(value));
    if (format == "dotenv") text += fmt::format("{}={}\n", name, double_quoted(value, "\\$"));
    if (format == "compose") text += fmt::format("  {}: {}\n", name, double_quoted(value, "$$"));
  }
  return text;
}

// What a server on the default ports would say.
ordered_json default_environment(bool fast_flush) {
  transport::Server server;
  const session::Sessions sessions(server, vendors(), {});
  ordered_json environment = ordered_json::object();
  for (const auto& [name, value] : sessions.environment(sessions.default_ports(), fast_flush))
    environment[name] = value;
  return environment;
}

Result<ordered_json> environment_of(const EnvOptions& options) {
  SourceOptions source;
  source.url = options.url;
  const std::string url = url_of(source);
  const bool named = !options.url.empty() || std::getenv("UNDERSTUDY_URL") != nullptr;
  const auto sessions = fetch_sessions(url, options.fast_flush);
  ordered_json environment;
  if (sessions) {
    for (const auto& session : (*sessions)["sessions"]) {
      if (session.value("name", "") == options.session) environment = session["environment"];
    }
    if (environment.is_null())
      return std::unexpected(Failure{fmt::format("{} has no session \"{}\"", url, options.session)});
  } else if (named) {
    return std::unexpected(sessions.error());
  } else {
    fmt::print(stderr, "understudy: no server runs; this is for the default ports\n");
    environment = default_environment(options.fast_flush);
  }
  environment["UNDERSTUDY_URL"] = url;
  return environment;
}

}  // namespace

void add_env(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<EnvOptions>();
  CLI::App* command = app.add_subcommand("env", "Print the environment that makes each SDK talk to the fakes.");
  command->footer("Example: eval \"$(understudy env --fast-flush)\"");
  command->add_option("--format", options->format, "shell, json, dotenv or compose (default: shell)")
      ->check(CLI::IsMember({"shell", "json", "dotenv", "compose"}));
  command->add_flag("--fast-flush", options->fast_flush, "Make SDKs send at once instead of in batches");
  command->add_option("--url", options->url,
                      "Console of a running server ($UNDERSTUDY_URL, else http://127.0.0.1:4700)");
  command->add_option("--session", options->session, "The session (default: default)");
  command->callback([options, &exit_code] {
    const auto environment = environment_of(*options);
    if (!environment) {
      exit_code = fail(environment.error().why);
    } else {
      fmt::print("{}", formatted(*environment, options->format));
    }
  });
}

}  // namespace understudy::program
