// understudy export: a whole capture for other tools.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "program/arguments.h"
#include "program/commands.h"

namespace understudy::program {

using nlohmann::ordered_json;

namespace {

struct ExportOptions {
  SourceOptions source;
  SelectionOptions selection;
  std::string format = "ndjson";
  std::string file;
};

// Where lines go: a file or the standard output. Failures are kept until the end.
class Lines {
 public:
  explicit Lines(const std::string& path)
      : path_(path), file_(path.empty() ? stdout : std::fopen(path.c_str(), "wb")) {}
  ~Lines() {
    if (file_ != nullptr && file_ != stdout) std::fclose(file_);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  bool add(const ordered_json& json) {
    const std::string line = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
    return file_ != nullptr && std::fwrite(line.data(), 1, line.size(), file_) == line.size();
  }
  Result<void> end() {
    const bool whole = file_ != nullptr && std::ferror(file_) == 0 && std::fflush(file_) == 0;
    if (whole) return {};
    return std::unexpected(
        Failure{fmt::format("cannot write {}: {}", path_.empty() ? "the output" : path_, std::strerror(errno))});
  }

 private:
  std::string path_;
  std::FILE* file_;
};

Result<void> export_all(const ExportOptions& options) {
  const auto ask = ask_of(options.selection);
  if (!ask) return std::unexpected(ask.error());
  const auto source = open_source(options.source);
  if (!source) return std::unexpected(source.error());
  Lines lines(options.file);
  const auto done = for_each_record(**source, *ask,
                                    [&](recording::Record&& record) { return lines.add(recording::to_json(record)); });
  if (!done) return done;
  const auto findings = (*source)->findings(ask->vendor);
  if (!findings) return std::unexpected(findings.error());
  for (const ordered_json& finding : *findings) {
    if (!lines.add({{"finding", finding}})) break;
  }
  return lines.end();
}

}  // namespace

void add_export(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand("export", "Write a capture for other tools.");
  command->footer(
      "Example: understudy export --journal captures -o capture.ndjson\n"
      "A line is a record, as everywhere; after them {\"finding\": {...}} for each finding.");
  command->add_option("--format", options->format, "ndjson (default)")->check(CLI::IsMember({"ndjson"}));
  command->add_option("-o,--output", options->file, "Write to this file (default: standard output)");
  add_selection_options(*command, options->selection, false);
  add_source_options(*command, options->source);
  command->callback([options, &exit_code] {
    if (const auto done = export_all(*options); !done) exit_code = fail(done.error().why);
  });
}

}  // namespace understudy::program
