// understudy tail: what comes in, as it comes in, one line a record.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "program/arguments.h"
#include "program/commands.h"
#include "program/views.h"

namespace understudy::program {
namespace {

struct TailOptions {
  SourceOptions source;
  SelectionOptions selection;
  std::string kind;
  std::string format = "table";
  std::uint64_t count = 0;
};

Result<void> tail(const TailOptions& options) {
  auto ask = ask_of(options.selection);
  if (!ask) return std::unexpected(ask.error());
  if (!options.kind.empty()) ask->kinds = {options.kind};
  const auto source = open_source(options.source);
  if (!source) return std::unexpected(source.error());
  std::uint64_t seen = 0;
  return (*source)->follow(*ask, [&](const recording::Record& record) {
    using nlohmann::ordered_json;
    const std::string line = options.format == "ndjson" ? recording::to_json(record).dump(
                                                              -1, ' ', false, ordered_json::error_handler_t::replace)
                                                        : line_of(record);
    const bool written = std::fputs((line + '\n').c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return written && ++seen != options.count;  // a closed pipe is an end like any other
  });
}

}  // namespace

void add_tail(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<TailOptions>();
  CLI::App* command = app.add_subcommand("tail", "Show what comes in, as it comes in, one line a record.");
  command->footer("Example: understudy tail --kind span --where 'status.code = ERROR'");
  command->add_option("--kind", options->kind, "Of this kind only: span, segment, log_event, item, ...");
  command->add_option("--count", options->count, "End after so many records (default: go on)");
  command->add_option("--format", options->format, "table or ndjson (default: table)")
      ->check(CLI::IsMember({"table", "ndjson"}));
  add_selection_options(*command, options->selection, false);
  add_source_options(*command, options->source);
  command->callback([options, &exit_code] {
    if (const auto done = tail(*options); !done) exit_code = fail(done.error().why);
  });
}

}  // namespace understudy::program
