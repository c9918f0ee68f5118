// What the harness saw at the backend against what came here: a response that names a trace promises it.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/bytes.h"
#include "recording/record.h"
#include "xray/derive_parts.h"
#include "xray/names.h"
#include "xray/rules.h"

namespace understudy::xray {
namespace {

using nlohmann::ordered_json;
using recording::Record;

constexpr std::string_view trace_header = "x-amzn-trace-id";
constexpr std::string_view no_trace = "1-00000000-000000000000000000000000";  // of a request that was not sampled

// The header among `headers`, an object or a list of pairs, whatever its case; empty if it is not there.
std::string header_of(const ordered_json& exchange, std::string_view headers) {
  const auto all = exchange.find(headers);
  if (all == exchange.end()) return "";
  if (all->is_object()) {
    for (const auto& [name, value] : all->items()) {
      if (equals_ignoring_case(name, trace_header) && value.is_string()) return value.get<std::string>();
    }
  }
  return "";
}

// "Root" of "Root=1-...;Sampled=1"; blanks after the semicolon are skipped.
std::string_view part_of(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    const auto part = trim(header.substr(0, end));
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && equals_ignoring_case(part.substr(0, equals), name)) {
      return part.substr(equals + 1);
    }
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return {};
}

// What not every SDK reads in a header that a request carries [code]: in words; empty: all read it.
std::string not_read_everywhere(std::string_view header) {
  static constexpr std::string_view canonical[] = {"Root", "Parent", "Sampled", "Self", "Lineage"};
  bool is_first = true;
  while (true) {
    const auto end = std::min(header.find(';'), header.size());
    const auto part = header.substr(0, end);
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      return trim(part).empty() ? "a semicolon behind the last part" : fmt::format("{} without =", part);
    }
    if (!is_first && part.front() == ' ') return fmt::format("a blank before {}", trim(part));
    const auto key = trim(part.substr(0, equals));
    for (const auto known : canonical) {
      if (equals_ignoring_case(key, known) && key != known) return fmt::format("{} for {}", key, known);
    }
    if (end == header.size()) return "";
    header.remove_prefix(end + 1);
    is_first = false;
  }
}

class DrivenDeriver final : public Deriver {
 public:
  void add(const Record& record) override {
    if (record.kind == "segment" || record.kind == "subsegment") {
      const auto trace = record.fields.find("trace_id");
      if (trace != record.fields.end() && trace->is_string()) came_.insert(trace->get<std::string>());
    } else if (record.kind == "sampling_request" || record.kind == "sampling_statistics") {
      rules_were_fetched_ = true;
    } else if (record.kind == "drops") {
      if (dropped_ == 0) first_drop_ = record.entry;
      dropped_ += record.fields.value("dropped", std::uint64_t{0});
    } else if (record.kind == "driven") {
      driven(record);
    }
  }

  std::vector<recording::Vendor::DerivedFinding> findings() const override {
    std::vector<recording::Vendor::DerivedFinding> all;
    for (const auto& [trace, promise] : promised_) {
      if (came_.contains(trace)) continue;
      all.push_back({found(id::trace_promised, "response header X-Amzn-Trace-Id",
                           fmt::format("{}: trace {} never came", promise.request, trace)),
                     promise.entry});
    }
    if (dropped_ > 0) {
      all.push_back(
          {found(id::datagram_kernel_dropped, "door xray", fmt::format("{} datagrams", dropped_)), first_drop_});
    }
    if (not_sampled_upstream_ > 0) {
      all.push_back({found(id::not_sampled_upstream, "request header X-Amzn-Trace-Id",
                           fmt::format("{} requests", not_sampled_upstream_)),
                     first_not_sampled_});
    }
    for (const auto& [id, noted] : noted_) {
      all.push_back({found(id, "request header X-Amzn-Trace-Id", noted.request), noted.entry});
    }
    if (unsampled_ > 0 && !rules_were_fetched_) {
      all.push_back({found(id::local_fallback, "response header X-Amzn-Trace-Id",
                           fmt::format("{} requests, {} sampled by local rules", unsampled_ + promised_.size(),
                                       promised_.size())),
                     first_unsampled_});
    }
    return all;
  }

 private:
  struct Promise {
    std::string request;
    std::uint64_t entry = 0;
  };

  void driven(const Record& record) {
    if (!record.fields.is_object()) return;
    const auto asked = header_of(record.fields, "request_headers");
    if (!asked.empty()) header(record, asked);
    if (part_of(asked, "Sampled") == "0") {
      if (not_sampled_upstream_++ == 0) first_not_sampled_ = record.entry;
      return;
    }
    const auto answered = header_of(record.fields, "response_headers");
    const std::string root(part_of(answered, "Root"));
    if (root == no_trace || part_of(answered, "Sampled") == "0") {
      if (unsampled_++ == 0) first_unsampled_ = record.entry;
    } else if (is_trace_id(root)) {
      promised_.try_emplace(
          root, Promise{fmt::format("{} {}", record.fields.value("method", ""), record.fields.value("url", "")),
                        record.entry});
    }
  }

  // A trace header that was sent to the backend; the first of each kind is told.
  void header(const Record& record, const std::string& text) {
    const auto note = [&](std::string_view id, std::string_view why) {
      noted_.try_emplace(id, Promise{fmt::format("{}: {}", why, text), record.entry});
    };
    if (const auto wrong = not_read_everywhere(text); !wrong.empty()) note(id::header_not_read_everywhere, wrong);
    if (part_of(text, "Sampled") == "?") note(id::header_asks, "Sampled=?");
    if (!part_of(text, "Root").empty() && part_of(text, "Parent").empty()) note(id::header_without_parent, "no Parent");
  }

  std::set<std::string> came_;
  std::map<std::string_view, Promise> noted_;
  std::map<std::string, Promise> promised_;
  std::uint64_t dropped_ = 0;
  std::uint64_t first_drop_ = 0;
  std::uint64_t not_sampled_upstream_ = 0;
  std::uint64_t first_not_sampled_ = 0;
  std::uint64_t unsampled_ = 0;
  std::uint64_t first_unsampled_ = 0;
  bool rules_were_fetched_ = false;
};

}  // namespace

std::unique_ptr<Deriver> make_driven_deriver() { return std::make_unique<DrivenDeriver>(); }

}  // namespace understudy::xray
