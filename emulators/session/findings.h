// The findings of a capture, folded: one row for each id and place, however often it was found.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "recording/finding.h"
#include "session/reader.h"

namespace understudy::session {

struct FoldedFinding {
  std::string id;
  std::string vendor;
  recording::Severity severity = recording::Severity::warning;
  recording::Disposition disposition = recording::Disposition::accepts;
  recording::Evidence evidence = recording::Evidence::guess;
  std::string place;  // places that differ in list indexes alone are one: "spans[*].name"
  std::string message;
  std::string detail;  // what was seen the first time
  std::string mend;
  std::string source;
  std::int64_t first_ns = 0;  // when the first and the last entry with it came
  std::int64_t last_ns = 0;
  std::uint64_t count = 0;
  std::vector<std::uint64_t> examples;  // the first entries with it
};

constexpr std::size_t finding_examples = 5;

// What the doors decided and what the vendors derive from all records, of entries from the capture's start to `end`.
// Derivers are shown two more kinds of records, which no vendor makes: "driven", with the members that the harness
// gave, and "drops" {dropped}, of the kernel. `vendor` narrows it; empty: all. The worst first, then in order of
// appearance. The error is that of the journal.
std::expected<std::vector<FoldedFinding>, std::string> read_findings(const Capture& capture, std::uint64_t end,
                                                                     std::string_view vendor);

nlohmann::ordered_json to_json(const FoldedFinding& finding);
// One occurrence, as an entry keeps it, with what its rule says.
nlohmann::ordered_json to_json(const recording::Finding& finding, const Vendors& vendors);

}  // namespace understudy::session
