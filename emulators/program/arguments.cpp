#include "program/arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "program/commands.h"

namespace understudy::program {

void add_source_options(CLI::App& command, SourceOptions& options) {
  CLI::Option* url = command.add_option("--url", options.url,
                                        "Console of a running server ($UNDERSTUDY_URL, else http://127.0.0.1:4700)");
  command.add_option("--journal", options.journal, "Read this capture instead, also while it is written")
      ->excludes(url);
  command.add_option("--session", options.session, "The session (default: default)");
  command.add_flag("--show-secrets", options.show_secrets, "Show keys and tokens");
}

void add_selection_options(CLI::App& command, SelectionOptions& options, bool limited) {
  command.add_option("--vendor", options.vendor, "Of this vendor only");
  command.add_option("--where", options.where, "A condition: 'duration_ms > 100'; may be given several times")
      ->allow_extra_args(false);
  command.add_option("--after", options.after, "Only entries after this one");
  if (limited) command.add_option("--limit", options.limit, "At most so many (default 1000)");
}

Result<Ask> ask_of(const SelectionOptions& options) {
  Ask ask;
  ask.vendor = options.vendor;
  if (!options.vendor.empty()) {
    std::vector<std::string_view> names;
    for (const recording::Vendor* vendor : vendors()) names.push_back(vendor->name());
    if (std::find(names.begin(), names.end(), options.vendor) == names.end()) {
      return std::unexpected(
          Failure{fmt::format("--vendor {}: no such vendor, use one of {}", options.vendor, fmt::join(names, ", "))});
    }
  }
  std::vector<recording::Condition> conditions;
  for (const std::string& text : options.where) {
    auto condition = recording::Filter::condition_from_text(text);
    if (!condition) return std::unexpected(Failure{"--where: " + condition.error().text()});
    conditions.push_back(std::move(*condition));
  }
  ask.where = recording::Filter(std::move(conditions));
  if (options.after.empty()) return ask;
  std::uint64_t after = 0;
  const char* end = options.after.data() + options.after.size();
  const auto read = std::from_chars(options.after.data(), end, after);
  if (read.ec != std::errc() || read.ptr != end || after > INT64_MAX) {
    return std::unexpected(Failure{fmt::format("--after {}: give the number of an entry", options.after)});
  }
  ask.after = after;
  return ask;
}

int fail(const std::string& why) {
  fmt::print(stderr, "understudy: {}\n", why);
  return exit_nothing_started;
}

}  // namespace understudy::program
