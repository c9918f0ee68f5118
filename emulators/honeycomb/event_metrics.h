// Data points as Honeycomb's events: the mapping that its documentation describes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "honeycomb/event_fields.h"
#include "honeycomb/events.h"
#include "otlp/walker.h"

namespace opentelemetry::proto::metrics::v1 {
class Metric;
class ExponentialHistogramDataPoint;
class HistogramDataPoint;
class NumberDataPoint;
class SummaryDataPoint;
}  // namespace opentelemetry::proto::metrics::v1

namespace understudy::honeycomb {

// Points of one second with the same resource and the same attributes, in the same order, become one event. One object
// a request. [docs: sending metrics] [code: husky, branch ee88174]
class MetricTranslator {
 public:
  explicit MetricTranslator(const SeeEvent& see) : see_(see) {}

  void add(const otlp::ItemView& metric, std::string_view dataset);
  // Passes the events on, in the order of their first points.
  void finish();

 private:
  struct Row {
    std::string_view dataset;
    std::string_view resource;
    std::string_view attributes;  // of the points: a message with the attributes as fields 1
    std::int64_t time_ns = 0;
    std::uint32_t origin = 0;
    std::vector<EventField> fields;  // of the metrics; a later one of a name wins
  };
  template <typename Data>
  void add_points(const otlp::ItemView& item, std::string_view dataset, std::string_view name, const Data& data);
  Row& row_of(const otlp::ItemView& item, std::string_view dataset, std::uint64_t time_ns, std::string attributes);
  std::string_view named(std::string_view name, std::string_view suffix);

  void put(Row& row, std::string_view name, const opentelemetry::proto::metrics::v1::NumberDataPoint& point);
  void put(Row& row, std::string_view name, const opentelemetry::proto::metrics::v1::HistogramDataPoint& point);
  void put(Row& row, std::string_view name,
           const opentelemetry::proto::metrics::v1::ExponentialHistogramDataPoint& point);
  void put(Row& row, std::string_view name, const opentelemetry::proto::metrics::v1::SummaryDataPoint& point);
  void put_summary(Row& row, std::string_view name, std::uint64_t count, double sum);

  const SeeEvent& see_;
  TextArena arena_;
  std::deque<Row> rows_;
  std::unordered_map<std::string, Row*> by_key_;
  std::uint32_t origin_ = 0;
};

}  // namespace understudy::honeycomb
