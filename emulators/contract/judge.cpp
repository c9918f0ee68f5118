#include "contract/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "base/near_miss.h"
#include "contract/traces.h"

namespace understudy::contract {

using recording::Filter;
using recording::Record;

namespace {

constexpr std::size_t most_reasons = 3;  // that a sentence names

std::string joined(const std::vector<std::string>& parts) {
  const std::size_t shown = std::min(parts.size(), most_reasons);
  std::string text = fmt::format("{}", fmt::join(parts.begin(), parts.begin() + static_cast<long>(shown), "; "));
  if (shown < parts.size()) text += fmt::format("; and {} more", parts.size() - shown);
  return text;
}

// The record that came nearest to a filter.
class NearestMiss {
 public:
  void offer(const Record& record, const Filter& where) {
    ++offered_;
    const std::size_t met = where.count_met(record);
    if (nearest_ && met <= met_) return;
    nearest_ = record;
    met_ = met;
  }
  void explain(const Filter& where, std::string_view kind, const Evidence& evidence, Verdict& verdict) const {
    if (!nearest_) {
      verdict.message += fmt::format("; no {} came at all", counted(1, kind).substr(2));
      return;
    }
    std::vector<std::string> why;
    for (const auto& condition : where.conditions()) {
      if (std::string one = why_not(condition, *nearest_); !one.empty()) why.push_back(std::move(one));
    }
    verdict.message +=
        fmt::format("; the nearest of {} is the {}, which meets {} of {} conditions: {}", counted(offered_, kind),
                    sketch(*nearest_), met_, where.conditions().size(), joined(why));
    verdict.show = evidence.show(record_id(*nearest_));
  }

 private:
  std::optional<Record> nearest_;
  std::size_t met_ = 0;
  std::uint64_t offered_ = 0;
};

// One expectation while records pass by.
class Run {
 public:
  Run(const Expectation& expectation, const Traces& traces) : expectation_(expectation), traces_(traces) {}

  const std::string& kind() const { return expectation_.kind; }

  void see(const Record& record) {
    if (!expectation_.vendor.empty() && record.vendor != expectation_.vendor) return;
    if (!expectation_.kind.empty() && record.kind != expectation_.kind) return;
    if (!expectation_.where.matches(record)) return nearest_.offer(record, expectation_.where);
    ++seen_;
    if (expectation_.count.max && seen_ > *expectation_.count.max && !too_many_) too_many_ = record;
    if (!expectation_.in_order.empty()) ordered_.push_back(record);
    check_each(record);
  }

  Verdict verdict(const Evidence& evidence) {
    Verdict verdict;
    verdict.title = expectation_.title;
    verdict.line = expectation_.line;
    verdict.seen = seen_;
    if (!expectation_.count.holds(seen_)) {
      wrong_count(evidence, verdict);
    } else if (first_bad_) {
      fail(fmt::format("{} of {} {} what is demanded; the first is the {}: {}", bad_, counted(seen_, expectation_.kind),
                       bad_ == 1 ? "does not meet" : "do not meet", sketch(*first_bad_), joined(why_)),
           first_bad_, evidence, verdict);
    } else {
      check_order(evidence, verdict);
    }
    return verdict;
  }

 private:
  static void fail(std::string message, const std::optional<Record>& at, const Evidence& evidence, Verdict& verdict) {
    verdict.holds = false;
    verdict.message = std::move(message);
    if (at) verdict.show = evidence.show(record_id(*at));
  }

  void check_each(const Record& record) {
    if (expectation_.each.empty()) return;
    auto nearness = expectation_.each.nearness(record, traces_);
    if (nearness.why.empty()) return;
    if (bad_++ > 0) return;
    first_bad_ = record;
    why_ = std::move(nearness.why);
  }

  void wrong_count(const Evidence& evidence, Verdict& verdict) const {
    const std::string which =
        expectation_.where.conditions().empty() ? "came" : fmt::format("matched {}", expectation_.where.text());
    fail(fmt::format("{} {}, wanted {}", counted(seen_, expectation_.kind), which, expectation_.count.text()),
         too_many_, evidence, verdict);
    if (too_many_) {
      verdict.message += fmt::format("; the first that is too many is the {}", sketch(*too_many_));
    } else {
      nearest_.explain(expectation_.where, expectation_.kind, evidence, verdict);
    }
  }

  void check_order(const Evidence& evidence, Verdict& verdict) {
    std::stable_sort(ordered_.begin(), ordered_.end(),
                     [](const Record& left, const Record& right) { return left.time_ns < right.time_ns; });
    auto at = ordered_.cbegin();
    for (std::size_t i = 0; i < expectation_.in_order.size(); ++i) {
      const Filter& step = expectation_.in_order[i];
      const auto found = std::find_if(at, ordered_.cend(), [&](const Record& one) { return step.matches(one); });
      if (found == ordered_.cend()) return out_of_order(i, at, evidence, verdict);
      at = found + 1;
    }
  }

  // `after` is where the steps before ended.
  void out_of_order(std::size_t step, std::vector<Record>::const_iterator after, const Evidence& evidence,
                    Verdict& verdict) const {
    const Filter& wanted = expectation_.in_order[step];
    const auto earlier = std::find_if(ordered_.cbegin(), after, [&](const Record& one) { return wanted.matches(one); });
    const std::string place = fmt::format("step {} of {} ({})", step + 1, expectation_.in_order.size(), wanted.text());
    if (earlier != after) {
      return fail(fmt::format("{} came too early: the {} comes before the {} of step {}", place, sketch(*earlier),
                              sketch(*std::prev(after)), step),
                  *earlier, evidence, verdict);
    }
    fail(fmt::format("nothing came for {}", place), std::nullopt, evidence, verdict);
    NearestMiss nearest;
    for (auto one = after; one != ordered_.cend(); ++one) nearest.offer(*one, wanted);
    if (after != ordered_.cend()) nearest.explain(wanted, expectation_.kind, evidence, verdict);
  }

  const Expectation& expectation_;
  const Traces& traces_;
  std::uint64_t seen_ = 0;
  std::uint64_t bad_ = 0;
  NearestMiss nearest_;
  std::optional<Record> too_many_;
  std::optional<Record> first_bad_;
  std::vector<std::string> why_;
  std::vector<Record> ordered_;
};

bool lists(const std::vector<std::string>& ids, std::string_view id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

Verdict judge_expected(const std::string& id, std::size_t line, const std::vector<session::FoldedFinding>& findings) {
  Verdict verdict;
  verdict.title = fmt::format("finding {}", id);
  verdict.line = line;
  std::vector<std::string_view> others;
  for (const session::FoldedFinding& finding : findings) {
    if (finding.id == id) verdict.seen += finding.count;
    others.push_back(finding.id);
  }
  verdict.holds = verdict.seen > 0;
  if (verdict.holds) return verdict;
  verdict.message = fmt::format("it was not found; findings there are: {}", others.size());
  const std::string_view near = nearest_name(id, others);
  if (!near.empty()) verdict.message += fmt::format("; did you mean {}?", near);
  return verdict;
}

Verdict judge_findings(const FindingLimit& limit, const std::vector<session::FoldedFinding>& findings,
                       const Evidence& evidence) {
  Verdict verdict;
  verdict.title = fmt::format("no finding above {}", name_of(limit.not_above));
  verdict.line = limit.line;
  std::vector<std::string> told;
  for (const session::FoldedFinding& finding : findings) {
    if (finding.severity <= limit.not_above || lists(limit.allowed, finding.id) || lists(limit.expected, finding.id)) {
      continue;
    }
    told.push_back(fmt::format("{} ({}, {} times) at {}: {} {}", finding.id, name_of(finding.severity), finding.count,
                               finding.place, finding.message, finding.mend));
    if (verdict.show.empty() && !finding.examples.empty()) {
      verdict.show = evidence.show(std::to_string(finding.examples.front()));
    }
  }
  verdict.seen = findings.size();
  verdict.holds = told.empty();
  verdict.message = joined(told);
  return verdict;
}

bool needs_traces(const Contract& contract) {
  return std::any_of(contract.expectations.begin(), contract.expectations.end(),
                     [](const Expectation& one) { return one.each.asks_for_relatives(); });
}

}  // namespace

std::string Count::text() const {
  if (max == 0) return "none";
  if (max == min) return fmt::format("exactly {}", min);
  if (!max) return fmt::format("at least {}", min);
  return min == 0 ? fmt::format("at most {}", *max) : fmt::format("{} to {}", min, *max);
}

bool Judgement::holds() const { return failed() == 0; }

std::size_t Judgement::failed() const {
  return static_cast<std::size_t>(
      std::count_if(verdicts.begin(), verdicts.end(), [](const Verdict& one) { return !one.holds; }));
}

std::expected<Judgement, std::string> judge(const Contract& contract, const Evidence& evidence) {
  Traces traces;
  if (needs_traces(contract)) {  // parents come after their children, so they are read before
    const auto read = evidence.records(
        "", "", [&](Record&& record) { traces.add(std::make_shared<const Record>(std::move(record))); });
    if (!read) return std::unexpected(read.error());
  }
  std::vector<Run> runs;
  for (const Expectation& expectation : contract.expectations) runs.emplace_back(expectation, traces);
  // A kind that did not come is asked for by its name: some a vendor makes on request alone.
  std::set<std::string> unseen;
  for (const Expectation& expectation : contract.expectations) unseen.insert(expectation.kind);
  auto read = evidence.records("", "", [&](Record&& record) {
    unseen.erase(record.kind);
    for (Run& run : runs) run.see(record);
  });
  unseen.erase("");
  for (const std::string& kind : unseen) {
    if (!read) break;
    read = evidence.records("", kind, [&](Record&& record) {
      for (Run& run : runs) {
        if (run.kind() == kind) run.see(record);
      }
    });
  }
  if (!read) return std::unexpected(read.error());
  Judgement judgement;
  for (Run& run : runs) judgement.verdicts.push_back(run.verdict(evidence));
  if (contract.findings) {
    const auto findings = evidence.findings();
    if (!findings) return std::unexpected(findings.error());
    for (const std::string& id : contract.findings->expected) {
      judgement.verdicts.push_back(judge_expected(id, contract.findings->line, *findings));
    }
    judgement.verdicts.push_back(judge_findings(*contract.findings, *findings, evidence));
  }
  return judgement;
}

}  // namespace understudy::contract
