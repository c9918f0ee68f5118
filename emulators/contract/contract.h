// A contract: what must, may and must never arrive.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/requirements.h"
#include "recording/filter.h"
#include "recording/finding.h"

namespace understudy::contract {

// How many; never: at most 0.
struct Count {
  std::uint64_t min = 1;
  std::optional<std::uint64_t> max;

  bool holds(std::uint64_t count) const { return count >= min && (!max || count <= *max); }
  std::string text() const;  // "exactly 3", "at least 1", "2 to 4", "none"
};

// Some records are selected; they are counted, and each of them is held to what is demanded.
struct Expectation {
  std::string title;
  std::size_t line = 0;  // of the file; 0: it comes from no file
  std::string vendor;    // empty: any
  std::string kind;      // empty: any
  recording::Filter where;
  Count count;
  Requirements each;
  // Among the selected, a record for each of these, one after the other by their own times. What came between does not
  // matter. Records of one time stand in the order in which they came.
  std::vector<recording::Filter> in_order;
};

// Findings above the severity fail, but for those that are allowed or expected by id. Each expected one must be there.
struct FindingLimit {
  recording::Severity not_above = recording::Severity::info;
  std::vector<std::string> allowed;
  std::vector<std::string> expected;
  std::size_t line = 0;
};

struct Contract {
  std::string name;  // of the file
  std::vector<Expectation> expectations;
  std::optional<FindingLimit> findings;
};

// Reads a contract in YAML; docs/contract.schema.json describes it. `name` is put before errors, which name line and
// column: "week-2.yaml:12:5: ...".
std::expected<Contract, std::string> read_contract(std::string_view yaml, const std::string& name);
std::expected<Contract, std::string> read_contract_file(const std::filesystem::path& path);

}  // namespace understudy::contract
