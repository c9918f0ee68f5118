// A finding: one thing that is wrong or noteworthy about what a client sent, in words that help to mend it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace understudy::recording {

enum class Severity : std::uint8_t { info = 0, warning = 1, error = 2 };

// What the real vendor does with it.
enum class Disposition : std::uint8_t { accepts = 0, refuses = 1, drops_silently = 2, misfiles = 3 };

// How well a rule is known: read in source, recorded from the real service, vendor's documentation, seen with a real
// client here, or our choice where no source was found.
enum class Evidence : std::uint8_t { code = 0, snapshot = 1, docs = 2, run = 3, guess = 4 };

std::string_view name_of(Severity severity);
std::string_view name_of(Disposition disposition);
std::string_view name_of(Evidence evidence);

// A row of a vendor's table of findings. Ids are stable: "<vendor>.<subject>.<what>".
struct FindingRule {
  std::string_view id;
  Severity severity;
  Disposition disposition;
  std::string_view message;  // one sentence; what is the case
  std::string_view mend;     // one sentence; what to do about it
  Evidence evidence;
  std::string_view source;  // the primary source of the rule
};

// One occurrence, as decided at a door and kept in the entry.
struct Finding {
  std::string id;            // of a FindingRule
  std::string place;         // where: "header authorization", "resource_spans[0].scope_spans[0].spans[3].name"
  std::string detail;        // what was seen there; never a secret
  std::uint64_t offset = 0;  // the bytes of the body it is about; length 0: the whole request
  std::uint64_t length = 0;
};

}  // namespace understudy::recording
