#include "session/findings.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "base/ascii.h"
#include "recording/moment.h"
#include "recording/sees_requested.h"
#include "session/refusal_rules.h"

namespace understudy::session {

using nlohmann::ordered_json;
using recording::Entry;
using recording::Finding;
using recording::FindingRule;
using recording::Record;

namespace {

// "spans[17].name" -> "spans[*].name"
std::string without_indexes(std::string_view place) {
  std::string result;
  for (std::size_t i = 0; i < place.size(); ++i) {
    result += place[i];
    if (place[i] != '[') continue;
    std::size_t end = i + 1;
    while (end < place.size() && is_digit(place[end])) ++end;
    if (end == i + 1 || end == place.size() || place[end] != ']') continue;
    result += '*';
    i = end - 1;
  }
  return result;
}

class Fold {
 public:
  explicit Fold(const Vendors& vendors) : vendors_(vendors) {}

  void add(const Finding& finding, std::string_view vendor, std::uint64_t ordinal, std::int64_t time_ns) {
    auto key = std::make_tuple(std::string(vendor), finding.id, without_indexes(finding.place));
    const auto [at, is_new] = index_.try_emplace(std::move(key), folded_.size());
    if (is_new) begin(finding, vendor, time_ns);
    FoldedFinding& folded = folded_[at->second];
    if (folded.place != finding.place) folded.place = std::get<2>(at->first);
    folded.first_ns = std::min(folded.first_ns, time_ns);
    folded.last_ns = std::max(folded.last_ns, time_ns);
    ++folded.count;
    auto& examples = folded.examples;
    if (examples.size() < finding_examples && std::find(examples.begin(), examples.end(), ordinal) == examples.end()) {
      examples.push_back(ordinal);
    }
  }

  std::vector<FoldedFinding> take() {
    std::vector<FoldedFinding> sorted;
    for (const auto severity : {recording::Severity::error, recording::Severity::warning, recording::Severity::info}) {
      std::copy_if(folded_.begin(), folded_.end(), std::back_inserter(sorted),
                   [severity](const FoldedFinding& finding) { return finding.severity == severity; });
    }
    return sorted;
  }

 private:
  void begin(const Finding& finding, std::string_view vendor, std::int64_t time_ns) {
    FoldedFinding& folded = folded_.emplace_back();
    folded.id = finding.id;
    folded.vendor = vendor;
    folded.place = finding.place;
    folded.detail = finding.detail;
    folded.first_ns = folded.last_ns = time_ns;
    const FindingRule* rule = find_rule(vendors_, finding.id);
    if (rule == nullptr) {  // a capture of another version of this program
      folded.message = finding.detail;
      return;
    }
    folded.severity = rule->severity;
    folded.disposition = rule->disposition;
    folded.evidence = rule->evidence;
    folded.message = rule->message;
    folded.mend = rule->mend;
    folded.source = rule->source;
  }

  const Vendors& vendors_;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> index_;
  std::vector<FoldedFinding> folded_;
};

std::expected<void, std::string> add_decided(const Capture& capture, std::uint64_t end, std::string_view vendor,
                                             Fold& fold) {
  for (std::uint64_t ordinal = capture.start; ordinal < end; ++ordinal) {
    if (!capture.journal->row(ordinal).has_findings) continue;
    const auto entry = capture.journal->read(ordinal);
    if (!entry) return std::unexpected(entry.error());
    if (!vendor.empty() && entry->vendor != vendor) continue;
    for (const Finding& finding : entry->findings) fold.add(finding, entry->vendor, ordinal, entry->moment.wall_ns);
  }
  return {};
}

// What happened beside the exchanges, in the form in which derivers take everything: a request of the harness to the
// backend (its members as they were given), and datagrams that the kernel dropped.
std::optional<Record> beside(const Capture& capture, std::uint64_t ordinal) {
  const auto kind = capture.journal->row(ordinal).kind;
  if (kind != recording::EntryKind::driven && kind != recording::EntryKind::drops) return std::nullopt;
  const auto entry = capture.journal->read(ordinal);
  if (!entry) return std::nullopt;
  Record record;
  record.kind = recording::name_of(kind);
  record.entry = ordinal;
  record.time_ns = entry->moment.wall_ns;
  record.fields = kind == recording::EntryKind::drops ? ordered_json{{"dropped", entry->total_bytes}}
                                                      : ordered_json::parse(entry->text, nullptr, false);
  return record;
}

std::expected<void, std::string> add_derived(const Capture& capture, std::uint64_t end, const recording::Vendor& vendor,
                                             Fold& fold) {
  const auto deriver = vendor.make_deriver();
  if (deriver == nullptr) return {};
  const auto* requested = dynamic_cast<const recording::SeesRequested*>(deriver.get());
  for (std::uint64_t ordinal = capture.start; ordinal < end; ++ordinal) {
    if (const auto record = beside(capture, ordinal)) deriver->add(*record);
    const auto take = [&](Record&& record, const Entry&) { deriver->add(record); };
    auto read = read_records(capture, ordinal, vendor.name(), take);
    if (read && requested != nullptr) {
      read = read_records(capture, ordinal, vendor.name(), take, requested->kind_on_request());
    }
    if (!read) return std::unexpected(read.error());
  }
  for (const auto& derived : deriver->findings()) {
    const auto entry = capture.journal->read(derived.entry);
    if (!entry) return std::unexpected(entry.error());
    fold.add(derived.finding, vendor.name(), derived.entry, entry->moment.wall_ns);
  }
  return {};
}

}  // namespace

std::expected<std::vector<FoldedFinding>, std::string> read_findings(const Capture& capture, std::uint64_t end,
                                                                     std::string_view vendor) {
  Fold fold(*capture.vendors);
  if (auto added = add_decided(capture, end, vendor, fold); !added) return std::unexpected(added.error());
  for (const recording::Vendor* of : *capture.vendors) {
    if (!vendor.empty() && of->name() != vendor) continue;
    if (auto added = add_derived(capture, end, *of, fold); !added) return std::unexpected(added.error());
  }
  return fold.take();
}

ordered_json to_json(const FoldedFinding& finding) {
  return {{"id", finding.id},
          {"severity", name_of(finding.severity)},
          {"vendor", finding.vendor},
          {"place", finding.place},
          {"message", finding.message},
          {"detail", finding.detail},
          {"disposition", name_of(finding.disposition)},
          {"mend", finding.mend},
          {"evidence", name_of(finding.evidence)},
          {"source", finding.source},
          {"first", recording::rfc3339(finding.first_ns)},
          {"last", recording::rfc3339(finding.last_ns)},
          {"count", finding.count},
          {"examples", finding.examples}};
}

ordered_json to_json(const Finding& finding, const Vendors& vendors) {
  ordered_json json = {{"id", finding.id}};
  const FindingRule* rule = find_rule(vendors, finding.id);
  if (rule != nullptr) json["severity"] = name_of(rule->severity);
  json["place"] = finding.place;
  json["message"] = rule != nullptr ? std::string(rule->message) : finding.detail;
  json["detail"] = finding.detail;
  if (finding.length > 0) json["bytes"] = {{"offset", finding.offset}, {"length", finding.length}};
  if (rule != nullptr) {
    json["disposition"] = name_of(rule->disposition);
    json["mend"] = rule->mend;
    json["evidence"] = name_of(rule->evidence);
    json["source"] = rule->source;
  }
  return json;
}

}  // namespace understudy::session
