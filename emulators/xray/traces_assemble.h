// How the documents of a trace make a tree: whatever order they came in, in parts, twice, or in a circle.
#pragma once

#include "xray/index.h"

namespace understudy::xray {

// - Of documents with one id the finished one stands, else the later [docs: in_progress, then complete].
// - A subsegment on its own belongs where its parent_id says; where that leads to no segment, it belongs nowhere.
// - A call to an AWS service or a remote host that no real segment names as its parent gets an inferred segment [docs].
//   One that says traced waits for the real one instead, and the trace is partial.
// - A circle of parents is cut at the segment that started first.
// The services and texts of inferred segments go into the index.
void assemble(const Trace& trace, TraceIndex& index, Assembled& into);

}  // namespace understudy::xray
