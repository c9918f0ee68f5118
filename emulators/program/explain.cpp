// understudy explain: what a finding means, what the vendor does, how to mend it, and how that is known.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/near_miss.h"
#include "program/arguments.h"
#include "program/commands.h"
#include "program/table.h"
#include "session/refusal_rules.h"

namespace understudy::program {
namespace {

using recording::FindingRule;

std::vector<const FindingRule*> all_rules() {
  std::vector<const FindingRule*> all;
  for (const FindingRule& rule : session::refusal_rules()) all.push_back(&rule);
  for (const recording::Vendor* vendor : vendors()) {
    for (const FindingRule& rule : vendor->rules()) all.push_back(&rule);
  }
  return all;
}

nlohmann::ordered_json to_json(const FindingRule& rule) {
  return {{"id", rule.id},
          {"severity", name_of(rule.severity)},
          {"disposition", name_of(rule.disposition)},
          {"message", rule.message},
          {"mend", rule.mend},
          {"evidence", name_of(rule.evidence)},
          {"source", rule.source}};
}

std::string told(const FindingRule& rule) {
  return fmt::format(
      "{}\n  severity    {}\n  the vendor  {}\n  what it is  {}\n  mend        {}\n  known from  {}: {}\n", rule.id,
      name_of(rule.severity), name_of(rule.disposition), rule.message, rule.mend, name_of(rule.evidence), rule.source);
}

int explain(const std::string& id, const std::string& format) {
  const auto rules = all_rules();
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  Table table({{"id"}, {"severity"}, {"the vendor"}, {"what it is"}});
  for (const FindingRule* rule : rules) {
    if (!id.empty() && rule->id != id) continue;
    if (!id.empty() && format == "table") return fmt::print("{}", told(*rule)), 0;
    list.push_back(to_json(*rule));
    table.add({std::string(rule->id), std::string(name_of(rule->severity)), std::string(name_of(rule->disposition)),
               std::string(rule->message)});
  }
  if (list.empty()) {
    std::vector<std::string_view> known;
    for (const FindingRule* rule : rules) known.push_back(rule->id);
    const std::string_view near = nearest_name(id, known);
    return fail(fmt::format("no finding is called \"{}\"{}; `understudy explain` lists all", id,
                            near.empty() ? "" : fmt::format(": did you mean {}?", near)));
  }
  fmt::print("{}", format == "json" ? list.dump(2) + '\n' : table.text(terminal_width()));
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
  auto id = std::make_shared<std::string>();
  auto format = std::make_shared<std::string>("table");
  CLI::App* command =
      app.add_subcommand("explain", "Say what a finding means and how to mend it; without an id, list all.");
  command->footer("Example: understudy explain xray.segment.trace-id-too-old");
  command->add_option("ID", *id, "The finding's id");
  command->add_option("--format", *format, "table or json (default: table)")->check(CLI::IsMember({"table", "json"}));
  command->callback([id, format, &exit_code] { exit_code = explain(*id, *format); });
}

}  // namespace understudy::program
