// Whether a trace is one that a filter expression asks for.
#pragma once

#include <memory>
#include <string>

#include "xray/filter_expression.h"
#include "xray/index.h"

namespace understudy::xray {

// Bound to an index: texts are compared by their number, and a test of a text runs once for each text that comes by.
// Lives as long as filter and index.
class FilterMatcher {
 public:
  // `account`: that of segments which do not say one.
  FilterMatcher(const Filter& filter, TraceIndex& index, std::string_view account);
  ~FilterMatcher();
  FilterMatcher(const FilterMatcher&) = delete;
  FilterMatcher& operator=(const FilterMatcher&) = delete;

  bool matches(const Trace& trace);
  // For expressions that are one service(...) or one edge(...): whether a segment, or the call that led to it, is
  // what it asks for.
  bool matches(const Trace& trace, const Segment& segment);

 private:
  struct Node;
  class Walk;
  std::unique_ptr<Node> root_;
  TraceIndex& index_;
  std::string account_;
};

}  // namespace understudy::xray
