// Which records are meant: for waits, for lists, for parents.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "understudy/records.h"

namespace understudy {

// A field of the record, an operator, a value. The operators are those of Honeycomb's query builder: = != > >= < <=
// starts-with does-not-start-with ends-with does-not-end-with exists does-not-exist contains does-not-contain in
// not-in.
struct Condition {
  std::string field;
  std::string op;
  Value value = nullptr;
};

// All conditions must hold; without any, every record of the kind is meant.
template <typename R>
class Query {
 public:
  Query() = default;

  Query& where(std::string field, std::string op, Value value = nullptr) & {
    conditions_.push_back({std::move(field), std::move(op), std::move(value)});
    return *this;
  }
  Query&& where(std::string field, std::string op, Value value = nullptr) && {
    return std::move(where(std::move(field), std::move(op), std::move(value)));
  }
  // The field has this value.
  Query& with(std::string field, Value value) & { return where(std::move(field), "=", std::move(value)); }
  Query&& with(std::string field, Value value) && { return std::move(with(std::move(field), std::move(value))); }

  const std::vector<Condition>& conditions() const { return conditions_; }

 private:
  std::vector<Condition> conditions_;
};

inline Query<Span> any_span() { return {}; }
inline Query<Span> span_named(std::string name) { return Query<Span>().with("name", std::move(name)); }
// The span of a request that a server took on this route, by the attribute http.route.
inline Query<Span> server_span(std::string route) {
  return Query<Span>().with("kind", "SERVER").with("attributes.http.route", std::move(route));
}
inline Query<LogRecord> any_log_record() { return {}; }
inline Query<MetricPoint> metric_named(std::string name) { return Query<MetricPoint>().with("name", std::move(name)); }
inline Query<HoneycombEvent> any_event() { return {}; }
inline Query<HoneycombEvent> event_in(std::string dataset) {
  return Query<HoneycombEvent>().with("dataset", std::move(dataset));
}

inline Query<Segment> any_segment() { return {}; }
inline Query<Segment> segment_named(std::string name) { return Query<Segment>().with("name", std::move(name)); }
inline Query<Subsegment> any_subsegment() { return {}; }  // that was sent on its own

inline Query<LogEvent> any_log_event() { return {}; }
inline Query<LogEvent> log_event_in(std::string group) { return Query<LogEvent>().with("log_group", std::move(group)); }
inline Query<LogEvent> log_event_saying(std::string message) {
  return Query<LogEvent>().with("message", std::move(message));
}

inline Query<RollbarItem> any_item() { return {}; }
inline Query<RollbarItem> item_with_level(std::string level) {
  return Query<RollbarItem>().with("level", std::move(level));
}
inline Query<Deploy> any_deploy() { return {}; }
inline Query<Deploy> deploy_of(std::string revision) { return Query<Deploy>().with("revision", std::move(revision)); }

}  // namespace understudy
