// What the X-Ray service makes of one segment document: the one reader behind PutTraceSegments and the daemon's intake.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recording/finding.h"

namespace understudy::xray {

// An item of UnprocessedTraceSegments.
struct Unprocessed {
  std::string_view code;  // "InvalidName"
  bool in_subsegment = false;
  std::string id;  // of the document; empty: the member is left out

  // "Invalid segment. ErrorCode: MissingId", "Invalid subsegment. ErrorCode: InvalidName, Cause: null"; a sentence of
  // its own for the size of a trace.
  std::string message() const;
};

struct Judgement {
  std::optional<Unprocessed> refused;  // one bad subsegment refuses the whole document
  std::vector<recording::Finding> findings;
};

// Where a document stands in what was sent.
struct DocumentPlace {
  std::string prefix;                   // of every finding's place: "TraceSegmentDocuments[3]." or nothing
  std::optional<std::uint64_t> offset;  // of the document in the body, if its bytes stand there as they are
};

// What a document is refused with that is good but for the size of its trace [snapshot].
Unprocessed above_trace_size(std::string_view document);

// `instant_ns` is the vendor's. At least 64 readable bytes follow `document`. Costs about a microsecond for 2 KB where
// nothing is found.
Judgement judge(std::string_view document, std::int64_t instant_ns, const DocumentPlace& place);

}  // namespace understudy::xray
