// understudy show: what was recorded, as a table or as JSON.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/near_miss.h"
#include "program/arguments.h"
#include "program/commands.h"
#include "program/show_entry.h"
#include "program/traces.h"
#include "program/views.h"

namespace understudy::program {

using nlohmann::ordered_json;
using recording::Record;

namespace {

struct ShowOptions {
  SourceOptions source;
  SelectionOptions selection;
  std::string what;
  std::string format = "table";
  std::size_t bytes = 4096;
};

std::string text_of(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// Prints items one by one: a line each, or the elements of one JSON list.
class JsonOut {
 public:
  explicit JsonOut(bool list) : list_(list) {
    if (list_) fmt::print("[");
  }
  void add(const ordered_json& json) {
    if (list_) fmt::print("{}\n{}", count_++ == 0 ? "" : ",", text_of(json));
    if (!list_) fmt::print("{}\n", text_of(json));
  }
  void end() const {
    if (list_) fmt::print("\n]\n");
  }

 private:
  bool list_;
  std::size_t count_ = 0;
};

void tell_of_more(const ShowOptions& options) {
  fmt::print(stderr, "understudy: there are more than {}: raise --limit, or narrow with --where\n",
             options.selection.limit);
}

// Counts up to the limit; says once that there is more.
class Limit {
 public:
  explicit Limit(const ShowOptions& options) : options_(options) {}
  bool take() {
    if (taken_ == options_.selection.limit) return tell_of_more(options_), false;
    return ++taken_, true;
  }

 private:
  const ShowOptions& options_;
  std::uint64_t taken_ = 0;
};

void print_table(const Table& table, std::string_view what) {
  if (table.empty()) {
    fmt::print(stderr, "understudy: no {}\n", what);
  } else {
    fmt::print("{}", table.text(terminal_width()));
  }
}

Result<void> show_records(Source& source, const ShowOptions& options, const View& view, Ask ask) {
  ask.kinds = view.kinds;
  Limit limit(options);
  Table table = table_of(view);
  const bool as_table = options.format == "table";
  std::optional<JsonOut> out;
  if (!as_table) out.emplace(options.format == "json");
  const auto done = for_each_record(source, ask, [&](Record&& record) {
    if (!limit.take()) return false;
    as_table ? table.add(row_of(view, record)) : out->add(recording::to_json(record));
    return true;
  });
  if (!done) return done;
  as_table ? print_table(table, view.name) : out->end();
  return {};
}

Result<void> show_traces(Source& source, const ShowOptions& options, Ask ask) {
  ask.kinds = {"span"};
  Traces traces;
  const auto done = for_each_record(source, ask, [&](Record&& record) {
    traces.add(record);
    return true;
  });
  if (!done) return done;
  std::vector<Trace> shown(traces.all().begin(),
                           traces.all().begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(
                                                      options.selection.limit, traces.all().size())));
  if (shown.size() < traces.all().size()) tell_of_more(options);
  if (options.format == "table") return print_table(table_of(shown), "traces"), Result<void>{};
  JsonOut out(options.format == "json");
  for (const Trace& trace : shown) out.add(to_json(trace));
  out.end();
  return {};
}

std::string request_of(const ordered_json& entry) {
  if (entry.value("method", "").empty()) return entry.value("protocol", "") == "udp" ? "datagram" : "";
  std::string text = fmt::format("{} {}", entry.value("method", ""), entry.value("target", ""));
  if (entry.contains("operation")) text += ' ' + entry.value("operation", "");
  return text;
}

std::vector<std::string> exchange_row(const ordered_json& entry) {
  const auto text = [&](const char* member) {
    if (!entry.contains(member) || entry[member].is_null()) return std::string("-");
    return entry[member].is_string() ? entry[member].get<std::string>() : entry[member].dump();
  };
  return {human_time(text("received")),
          text("ordinal"),
          text("vendor"),
          text("protocol"),
          entry.value("kind", "") == "fragment" ? "fragment" : text("status"),
          human_size(entry.value("body_bytes", std::uint64_t{0})),
          human_size(entry.value("reply_bytes", std::uint64_t{0})),
          entry.value("findings", 0) == 0 ? "" : text("findings"),
          request_of(entry)};
}

Result<void> show_exchanges(Source& source, const ShowOptions& options, const Ask& ask) {
  Limit limit(options);
  Table table({{"TIME"},
               {"ENTRY", true},
               {"VENDOR"},
               {"PROTOCOL"},
               {"STATUS"},
               {"BODY", true},
               {"REPLY", true},
               {"FINDINGS", true},
               {"REQUEST"}});
  const bool as_table = options.format == "table";
  std::optional<JsonOut> out;
  if (!as_table) out.emplace(options.format == "json");
  const auto done = for_each_exchange(source, ask, [&](ordered_json&& entry) {
    // A condition on an exchange is one on the members of its line.
    Record line;
    line.fields = entry;
    if (!ask.where.matches(line)) return true;
    if (!limit.take()) return false;
    as_table ? table.add(exchange_row(entry)) : out->add(entry);
    return true;
  });
  if (!done) return done;
  as_table ? print_table(table, "exchanges") : out->end();
  return {};
}

Result<void> show_findings(Source& source, const ShowOptions& options, const Ask& ask) {
  const auto findings = source.findings(ask.vendor);
  if (!findings) return std::unexpected(findings.error());
  Limit limit(options);
  Table table({{"SEVERITY"}, {"COUNT", true}, {"ENTRY", true}, {"THE VENDOR"}, {"FINDING"}, {"PLACE"}, {"WHAT"}});
  const bool as_table = options.format == "table";
  std::optional<JsonOut> out;
  if (!as_table) out.emplace(options.format == "json");
  for (const ordered_json& finding : *findings) {
    Record line;
    line.fields = finding;
    if (!ask.where.matches(line)) continue;
    if (!limit.take()) break;
    if (!as_table) {
      out->add(finding);
      continue;
    }
    const std::string detail = finding.value("detail", "");
    table.add({finding.value("severity", ""), finding["count"].dump(),
               finding["examples"].empty() ? "" : finding["examples"][0].dump(), finding.value("disposition", ""),
               finding.value("id", ""), finding.value("place", ""),
               finding.value("message", "") + (detail.empty() ? "" : " (" + detail + ")")});
  }
  as_table ? print_table(table, "findings") : out->end();
  return {};
}

std::vector<std::string_view> words() {
  std::vector<std::string_view> words = {"traces", "exchanges", "findings"};
  for (const View& view : record_views()) words.push_back(view.name);
  return words;
}

Result<void> show_one(const ShowOptions& given, const EntryId& id) {
  ShowOptions options = given;
  if (!id.session.empty()) options.source.session = id.session;
  const auto source = open_source(options.source);
  if (!source) return std::unexpected(source.error());
  if (options.format != "table") {
    const auto entry = (*source)->entry(id.entry);
    if (!entry) return std::unexpected(entry.error());
    fmt::print("{}\n", options.format == "json" ? entry->dump(2, ' ', false, ordered_json::error_handler_t::replace)
                                                : text_of(*entry));
    return {};
  }
  const auto text = entry_text(**source, id, options.bytes);
  if (!text) return std::unexpected(text.error());
  fmt::print("{}", *text);
  return {};
}

Result<void> show(const ShowOptions& options) {
  const auto known = words();
  if (std::find(known.begin(), known.end(), options.what) == known.end()) {
    if (const auto id = entry_id_from(options.what)) return show_one(options, *id);
    const std::string_view near = nearest_name(options.what, known);
    return std::unexpected(
        Failure{fmt::format("show {}: {}", options.what,
                            near.empty() ? fmt::format("show one of {}, or an id", fmt::join(known, ", "))
                                         : fmt::format("did you mean {}?", near))});
  }
  const auto ask = ask_of(options.selection);
  if (!ask) return std::unexpected(ask.error());
  const auto source = open_source(options.source);
  if (!source) return std::unexpected(source.error());
  if (options.what == "traces") return show_traces(**source, options, *ask);
  if (options.what == "exchanges") return show_exchanges(**source, options, *ask);
  if (options.what == "findings") return show_findings(**source, options, *ask);
  return show_records(**source, options, *find_view(options.what), *ask);
}

}  // namespace

void add_show(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = app.add_subcommand("show", "Show what was recorded.");
  command->footer(
      "Examples: understudy show spans --where 'name starts-with GET' --where 'duration_ms > 100'\n"
      "          understudy show findings\n"
      "          understudy show default/7        head, records, raw bytes with offsets, reply, findings");
  command
      ->add_option("what", options->what, fmt::format("{}, or the id of an entry or record", fmt::join(words(), ", ")))
      ->required();
  command->add_option("--format", options->format, "table, json or ndjson (default: table)")
      ->check(CLI::IsMember({"table", "json", "ndjson"}));
  command->add_option("--bytes", options->bytes, "Most bytes of a dump; 0 is all (default 4096)");
  add_selection_options(*command, options->selection, true);
  add_source_options(*command, options->source);
  command->callback([options, &exit_code] {
    if (const auto shown = show(*options); !shown) exit_code = fail(shown.error().why);
  });
}

}  // namespace understudy::program
