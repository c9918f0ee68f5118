// Judging a contract by a capture.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "contract/contract.h"
#include "contract/evidence.h"

namespace understudy::contract {

// How one expectation came out.
struct Verdict {
  std::string title;
  std::size_t line = 0;  // in the contract's file
  bool holds = true;
  std::uint64_t seen = 0;  // records that were selected
  std::string message;     // what is wrong, in one sentence
  std::string show;        // the command that shows the raw bytes of the nearest miss; empty: there is none
};

struct Judgement {
  std::vector<Verdict> verdicts;  // in the contract's order; findings last

  bool holds() const;
  std::size_t failed() const;
};

// The error is that of the evidence: it could not be read.
std::expected<Judgement, std::string> judge(const Contract& contract, const Evidence& evidence);

}  // namespace understudy::contract
