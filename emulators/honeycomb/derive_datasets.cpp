#include "honeycomb/derive_datasets.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "honeycomb/json_text.h"
#include "honeycomb/rules.h"
#include "honeycomb/sample_rate.h"
#include "recording/moment.h"
#include "recording/record.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Record;

constexpr std::int64_t second_ns = 1'000'000'000;

std::optional<std::uint64_t> number_of_hex(std::string_view hex) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), number, 16);
  if (error != std::errc() || end != hex.data() + hex.size()) return std::nullopt;
  return number;
}

const ordered_json* attributes_of(const ordered_json& object) {
  const auto found = object.find("attributes");
  return found == object.end() || !found->is_object() ? nullptr : &*found;
}

// The span's own attributes, or those that it inherits.
template <typename Holds>
bool any_attributes(const Record& record, Holds holds) {
  const ordered_json* const own = attributes_of(record.fields);
  if (own != nullptr && holds(*own)) return true;
  for (const auto* of : {"scope", "resource"}) {
    const auto found = record.fields.find(of);
    if (found == record.fields.end()) continue;
    const ordered_json* const inherited = attributes_of(*found);
    if (inherited != nullptr && holds(*inherited)) return true;
  }
  return false;
}

bool tells_rate(const Record& record) {
  if (text_of(record.fields, "trace_state").find("th") != std::string_view::npos) return true;
  return any_attributes(record, [](const ordered_json& attributes) {
    return attributes.contains(sample_rate_key) || attributes.contains(other_sample_rate_key);
  });
}

std::string_view language_of(const Record& record) {
  const auto resource = record.fields.find("resource");
  if (resource == record.fields.end()) return {};
  const ordered_json* const attributes = attributes_of(*resource);
  return attributes == nullptr ? std::string_view() : text_of(*attributes, "telemetry.sdk.language");
}

// Of one thing the names before and after the HTTP conventions became stable. [docs: semantic-conventions, HTTP]
struct Renamed {
  std::string_view before;
  std::string_view after;
};
constexpr Renamed renamed[] = {{"http.method", "http.request.method"},
                               {"http.status_code", "http.response.status_code"},
                               {"http.url", "url.full"},
                               {"http.target", "url.path"},
                               {"http.scheme", "url.scheme"}};

}  // namespace

void TraceIds::add(std::string_view trace_id) {
  constexpr std::size_t digits = 32, half = 16, quarter = 8;
  if (trace_id.size() != digits) return;
  const auto high = number_of_hex(trace_id.substr(0, half));
  const auto low = number_of_hex(trace_id.substr(half));
  if (!high || !low) return;
  constexpr int bits_of_part = 4 * quarter;
  const std::uint64_t parts = *high ^ *low;
  const auto folded = static_cast<std::uint32_t>(parts >> bits_of_part) ^ static_cast<std::uint32_t>(parts);
  const auto signed_low = static_cast<double>(static_cast<std::int64_t>(*low));
  // [code: opentelemetry-python and -go: the lower half; -java: its magnitude; -js: four parts folded]
  const double shares[] = {std::ldexp(static_cast<double>(*low), -64), std::ldexp(std::fabs(signed_low), -63),
                           std::ldexp(static_cast<double>(folded), -32)};
  for (std::size_t i = 0; i < shares_.size(); ++i) {
    shares_[i].most = std::max(shares_[i].most, shares[i]);
    shares_[i].sum += shares[i];
  }
  ++count_;
}

double TraceIds::sampled_share() const {
  constexpr double chance = 1e-9;   // that ids of all traces lie so
  constexpr double least = 0.0005;  // below, the ids are counted up rather than drawn
  constexpr double early = 0.3, late = 0.7;
  for (const Shares& each : shares_) {
    if (count_ == 0 || each.most < least || std::pow(each.most, static_cast<double>(count_)) > chance) continue;
    const double middle = each.sum / static_cast<double>(count_) / each.most;  // 0.5 where they are spread evenly
    if (middle > early && middle < late) return each.most;
  }
  return 0;
}

void DatasetFindings::add(const Record& record) {
  const std::string_view name = text_of(record.fields, "dataset");
  auto found = datasets_.find(name);
  if (found == datasets_.end()) found = datasets_.emplace(std::string(name), Dataset{}).first;
  Dataset& dataset = found->second;
  add_times(record, dataset);
  const std::string_view language = language_of(record);
  if (!language.empty() && !dataset.languages.contains(language)) {
    dataset.languages.emplace(std::string(language), record.entry);
  }
  if (record.kind == "span") add_span(record, dataset, name);
}

void DatasetFindings::add_times(const Record& record, Dataset& dataset) {
  last_ns_ = std::max(last_ns_, record.time_ns);
  if (dataset.entries == 0 || record.entry != dataset.last_entry) {
    ++dataset.entries;
    if (dataset.last_ns != 0) {
      dataset.longest_gap_ns = std::max(dataset.longest_gap_ns, record.time_ns - dataset.last_ns);
    }
  }
  dataset.last_entry = record.entry;
  dataset.last_ns = std::max(dataset.last_ns, record.time_ns);
}

void DatasetFindings::add_span(const Record& record, Dataset& dataset, std::string_view name) {
  if (!record.fields.contains("parent_span_id")) {
    dataset.traces.add(text_of(record.fields, "trace_id"));
    dataset.tells_rate = dataset.tells_rate || tells_rate(record);
  }
  const std::string_view kind = text_of(record.fields, "kind");
  if (kind == "SERVER" || kind == "CLIENT") check_names(record, dataset, name);
}

// Both names of a thing may stand in a span: that is what the SDKs' switch "dup" does.
void DatasetFindings::check_names(const Record& record, Dataset& dataset, std::string_view name) {
  const ordered_json* const attributes = attributes_of(record.fields);
  if (attributes == nullptr) return;
  std::string_view before, after;
  for (const Renamed& each : renamed) {
    const bool has_before = attributes->contains(each.before);
    const bool has_after = attributes->contains(each.after);
    if (has_before && !has_after) before = each.before;
    if (has_after && !has_before) after = each.after;
  }
  if (before.empty() || after.empty()) return;
  const std::string_view span = text_of(record.fields, "name");
  constexpr std::size_t most_names = 100;
  if (dataset.mixed.size() >= most_names || !dataset.mixed.emplace(span).second) return;
  found_.push_back({finding(rule::semconv_mixed, fmt::format("dataset {}", name),
                            fmt::format("span \"{}\": {} and {}", span, before, after)),
                    record.entry});
}

void DatasetFindings::add_to(std::vector<recording::Vendor::DerivedFinding>& findings) const {
  constexpr std::int64_t least_silence_ns = 300 * second_ns;
  constexpr std::int64_t gaps = 10;  // so much longer than any silence before
  constexpr std::uint64_t least_entries = 3;
  findings.insert(findings.end(), found_.begin(), found_.end());
  for (const auto& [name, dataset] : datasets_) {
    const std::string place = fmt::format("dataset {}", name);
    if (const double share = dataset.tells_rate ? 0 : dataset.traces.sampled_share(); share > 0) {
      findings.push_back({finding(rule::sampling_not_told, place,
                                  fmt::format("the ids of all {} traces lie in the lowest {:.1f} %",
                                              dataset.traces.count(), share * 100)),
                          dataset.last_entry});
    }
    if (dataset.languages.size() > 1) {
      std::string languages;
      std::uint64_t entry = 0;
      for (const auto& [language, first] : dataset.languages) {
        languages += fmt::format("{}{} (entry {})", languages.empty() ? "" : ", ", language, first);
        entry = std::max(entry, first);
      }
      findings.push_back({finding(rule::dataset_two_sdks, place, std::move(languages)), entry});
    }
    const std::int64_t silence = last_ns_ - dataset.last_ns;
    if (dataset.entries >= least_entries && silence > std::max(least_silence_ns, gaps * dataset.longest_gap_ns)) {
      findings.push_back({finding(rule::dataset_silent, place,
                                  fmt::format("since {}; other datasets went on until {}",
                                              recording::rfc3339(dataset.last_ns), recording::rfc3339(last_ns_))),
                          dataset.last_entry});
    }
  }
}

}  // namespace understudy::honeycomb
