// understudy check: judges contracts by what was recorded, live or from disk.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "contract/contract.h"
#include "contract/judge.h"
#include "program/arguments.h"
#include "program/commands.h"

namespace understudy::program {

using nlohmann::ordered_json;
using recording::Record;

namespace {

struct CheckOptions {
  SourceOptions source;
  std::vector<std::string> contracts;
  int fail_code = exit_verdict_failed;
  bool quiet = false;
};

recording::Severity severity_named(std::string_view name) {
  for (const auto severity : {recording::Severity::error, recording::Severity::warning}) {
    if (name_of(severity) == name) return severity;
  }
  return recording::Severity::info;
}

session::FoldedFinding finding_from_json(const ordered_json& json) {
  session::FoldedFinding finding;
  finding.id = json.value("id", "");
  finding.severity = severity_named(json.value("severity", ""));
  finding.place = json.value("place", "");
  finding.message = json.value("message", "");
  finding.mend = json.value("mend", "");
  finding.count = json.value("count", std::uint64_t{0});
  finding.examples = json.value("examples", std::vector<std::uint64_t>());
  return finding;
}

// What a command reads, as evidence.
class SourceEvidence final : public contract::Evidence {
 public:
  SourceEvidence(Source& source, const SourceOptions& options) : source_(source), session_(options.session) {
    option_ = options.journal.empty() ? "--url " + url_of(options) : "--journal " + options.journal;
  }

  std::expected<void, std::string> records(std::string_view vendor, std::string_view kind,
                                           const See& see) const override {
    Ask ask;
    ask.vendor = vendor;
    if (!kind.empty()) ask.kinds = {std::string(kind)};
    const auto read = for_each_record(source_, ask, [&see](Record&& record) { return see(std::move(record)), true; });
    if (!read) return std::unexpected(read.error().why);
    return {};
  }

  std::expected<std::vector<session::FoldedFinding>, std::string> findings() const override {
    const auto read = source_.findings("");
    if (!read) return std::unexpected(read.error().why);
    std::vector<session::FoldedFinding> findings;
    for (const ordered_json& json : *read) findings.push_back(finding_from_json(json));
    return findings;
  }

  std::string show(std::string_view id) const override {
    const bool whole = id.find('/') != std::string_view::npos;
    return contract::show_command(whole ? std::string(id) : fmt::format("{}/{}", session_, id), option_);
  }

 private:
  Source& source_;
  std::string session_;
  std::string option_;
};

void print(const contract::Contract& contract, const contract::Verdict& verdict, bool quiet) {
  if (verdict.holds) {
    if (!quiet) fmt::print("ok      {}\n", verdict.title);
    return;
  }
  fmt::print("FAILED  {}\n        {}\n", verdict.title, verdict.message);
  if (!verdict.show.empty()) fmt::print("        its bytes: {}\n", verdict.show);
  fmt::print("        {}:{}\n", contract.name, verdict.line);
}

// How many expectations failed.
Result<std::size_t> check(const CheckOptions& options) {
  std::vector<contract::Contract> contracts;
  for (const std::string& file : options.contracts) {
    auto read = contract::read_contract_file(file);
    if (!read) return std::unexpected(Failure{read.error()});
    contracts.push_back(std::move(*read));
  }
  const auto source = open_source(options.source);
  if (!source) return std::unexpected(source.error());
  const SourceEvidence evidence(**source, options.source);
  std::size_t failed = 0;
  std::size_t all = 0;
  for (const contract::Contract& contract : contracts) {
    const auto judgement = contract::judge(contract, evidence);
    if (!judgement) return std::unexpected(Failure{judgement.error()});
    for (const contract::Verdict& verdict : judgement->verdicts) print(contract, verdict, options.quiet);
    failed += judgement->failed();
    all += judgement->verdicts.size();
  }
  fmt::print("{} of {} expectations hold\n", all - failed, all);
  return failed;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = app.add_subcommand("check", "Judge a contract by what was recorded.");
  command->footer(
      "Exits with 0 if every expectation holds, 3 if one does not, 2 if nothing could be judged.\n"
      "Example: understudy check --contract week-2.yaml --journal captures");
  command->add_option("--contract", options->contracts, "The file; may be given several times")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--fail-code", options->fail_code, "Exit code where an expectation does not hold (default 3)")
      ->check(CLI::Range(0, 255));
  command->add_flag("--quiet", options->quiet, "Print what failed, and the last line");
  add_source_options(*command, options->source);
  command->callback([options, &exit_code] {
    const auto failed = check(*options);
    if (!failed) {
      exit_code = fail(failed.error().why);
    } else if (*failed > 0) {
      exit_code = options->fail_code;
    }
  });
}

}  // namespace understudy::program
