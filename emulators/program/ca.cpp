// understudy ca: makes or shows the certificate authority that `serve --tls` uses.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>

#include "program/authority.h"
#include "program/commands.h"
#include "tls/host_names.h"
#include "tls/trust.h"

namespace understudy::program {
namespace {

struct CaOptions {
  std::string folder;
  std::string export_to;
  bool path = false;
};

int fail(const std::string& why) {
  fmt::print(stderr, "understudy: {}\n", why);
  return exit_nothing_started;
}

int export_certificate(const tls::Authority& authority, const std::string& to) {
  std::ofstream file(to, std::ios::binary | std::ios::trunc);
  file << authority.certificate;
  file.close();
  if (!file) return fail(fmt::format("cannot write {}", to));
  return 0;
}

int show(const tls::Authority& authority) {
  const auto description = tls::describe(authority);
  if (!description) return fail(description.error());
  const std::string file = authority.certificate_file.string();
  fmt::print("certificate  {}{}\nsubject      {}\nSHA-256      {}\nvalid until  {}\n", file,
             authority.made ? " (made now)" : "", description->subject, description->fingerprint,
             description->not_after);
  fmt::print("vouches for  {} {}\n", fmt::join(tls::local_names, " "), fmt::join(tls::local_addresses, " "));
  for (const std::string& host : vendor_hosts()) fmt::print("             {}\n", host);
  fmt::print("\nClients trust it by the variable that they read; each names this one file:\n");
  for (const std::string_view variable : tls::trust_variables) fmt::print("  export {}={}\n", variable, file);
  return 0;
}

int run(const CaOptions& options) {
  const auto authority = open_authority(options.folder);
  if (!authority) return fail(authority.error());
  if (!options.export_to.empty()) return export_certificate(*authority, options.export_to);
  if (!options.path) return show(*authority);
  fmt::print("{}\n", authority->certificate_file.string());
  return 0;
}

}  // namespace

std::vector<std::string> vendor_hosts() {
  std::vector<std::string> hosts;
  for (const recording::Vendor* vendor : vendors()) {
    for (const std::string& host : vendor->hosts()) hosts.push_back(host);
  }
  return hosts;
}

std::expected<tls::Authority, std::string> open_authority(const std::string& folder) {
  std::filesystem::path where = folder;
  if (folder.empty()) {
    const auto usual = tls::default_folder();
    if (!usual) return std::unexpected(usual.error());
    where = *usual;
  }
  // Absolute, as the path goes into other processes' environments.
  std::error_code ignored;
  return tls::ensure_authority(std::filesystem::absolute(where, ignored), vendor_hosts());
}

void add_ca(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CaOptions>();
  CLI::App* command = app.add_subcommand("ca", "Make or show the local certificate authority of serve --tls.");
  command->footer("Example: export REQUESTS_CA_BUNDLE=\"$(understudy ca --path)\"");
  command->add_option("--ca-dir", options->folder, "Its folder (default: $XDG_STATE_HOME/understudy)");
  auto* path = command->add_flag("--path", options->path, "Print the certificate's file and nothing else");
  command->add_option("--export", options->export_to, "Copy the certificate (never the key) to this file")
      ->excludes(path);
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace understudy::program
