#include "honeycomb/event_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "honeycomb/any_value.h"
#include "honeycomb/event_levels.h"
#include "otlp/metrics.pb.h"
#include "otlp/resource.pb.h"

namespace understudy::honeycomb {
namespace {

namespace metrics = opentelemetry::proto::metrics::v1;

constexpr std::int64_t second_ns = 1'000'000'000;

struct Percentile {
  std::string_view suffix;
  double share;
};
constexpr Percentile percentiles[] = {
    {"p001", 0.001}, {"p01", 0.01}, {"p05", 0.5},  // 0.5, not 0.05: so it stands in the vendor's code
    {"p10", 0.1},    {"p25", 0.25}, {"p50", 0.5},  {"p75", 0.75},
    {"p90", 0.9},    {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};

// The upper bound of the last bucket whose cumulative share does not exceed the percentile's, without interpolation;
// the first bound if there is none.
double percentile(const metrics::HistogramDataPoint& point, double share) {
  const auto& bounds = point.explicit_bounds();
  double bound = bounds[0];
  std::uint64_t seen = 0;
  for (int i = 0; i < point.bucket_counts_size(); ++i) {
    seen += point.bucket_counts(i);
    if (static_cast<double>(seen) / static_cast<double>(point.count()) > share) break;
    bound = bounds[std::min(i, bounds.size() - 1)];
  }
  return bound;
}

// ".min" and ".max" of quantiles 0 and 1; else "p" with three decimals, less one trailing 0.
std::string suffix_of_quantile(double quantile) {
  if (quantile == 0) return "min";
  if (quantile == 1) return "max";
  std::string digits = fmt::format("{:.3f}", quantile);
  digits.erase(0, digits.find('.') + 1);
  if (digits.ends_with('0')) digits.pop_back();
  return "p" + digits;
}

template <typename Point>
std::string attributes_of(const Point& point) {
  opentelemetry::proto::resource::v1::Resource attributes;  // its attributes are fields 1
  *attributes.mutable_attributes() = point.attributes();
  return attributes.SerializeAsString();
}

// Attributes of one list as fields; a later one of a name wins.
void set_attributes(std::string_view message, TextArena& arena, FieldSet& fields) {
  Flattener flattener(arena, Translator::classic);
  for_each_attribute(message, 1, [&](std::string_view key, const AnyValue& value) {
    flattener.flatten(key, value, [&](std::string_view name, FieldValue field) { fields.set(name, field); });
  });
}

}  // namespace

void MetricTranslator::add(const otlp::ItemView& item, std::string_view dataset) {
  metrics::Metric metric;
  if (!metric.ParseFromArray(item.item.data(), static_cast<int>(item.item.size()))) return;
  const std::string_view name = arena_.keep(metric.name());
  switch (metric.data_case()) {
    case metrics::Metric::kGauge:
      return add_points(item, dataset, name, metric.gauge());
    case metrics::Metric::kSum:
      return add_points(item, dataset, name, metric.sum());
    case metrics::Metric::kHistogram:
      return add_points(item, dataset, name, metric.histogram());
    case metrics::Metric::kExponentialHistogram:
      return add_points(item, dataset, name, metric.exponential_histogram());
    case metrics::Metric::kSummary:
      return add_points(item, dataset, name, metric.summary());
    case metrics::Metric::DATA_NOT_SET:
      return;
  }
}

template <typename Data>
void MetricTranslator::add_points(const otlp::ItemView& item, std::string_view dataset, std::string_view name,
                                  const Data& data) {
  for (const auto& point : data.data_points()) {
    put(row_of(item, dataset, point.time_unix_nano(), attributes_of(point)), name, point);
    ++origin_;
  }
}

MetricTranslator::Row& MetricTranslator::row_of(const otlp::ItemView& item, std::string_view dataset,
                                                std::uint64_t time_ns, std::string attributes) {
  const auto time = static_cast<std::int64_t>(
      std::min<std::uint64_t>(time_ns, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
  const std::int64_t second = time / second_ns * second_ns;
  auto [found, added] =
      by_key_.try_emplace(fmt::format("{} {}:{}{}", second, item.resource.size(), item.resource, attributes));
  if (added) {
    found->second = &rows_.emplace_back();
    *found->second = {dataset, item.resource, arena_.keep(attributes), second, origin_, {}};
  }
  return *found->second;
}

std::string_view MetricTranslator::named(std::string_view name, std::string_view suffix) {
  return arena_.keep(fmt::format("{}.{}", name, suffix));
}

void MetricTranslator::put(Row& row, std::string_view name, const metrics::NumberDataPoint& point) {
  if (name.empty()) return;
  if (point.value_case() == metrics::NumberDataPoint::kAsInt) row.fields.emplace_back(name, point.as_int());
  if (point.value_case() == metrics::NumberDataPoint::kAsDouble) row.fields.emplace_back(name, point.as_double());
}

void MetricTranslator::put_summary(Row& row, std::string_view name, std::uint64_t count, double sum) {
  row.fields.emplace_back(named(name, "count"), static_cast<std::int64_t>(count));
  row.fields.emplace_back(named(name, "sum"), sum);
  if (count > 0) row.fields.emplace_back(named(name, "avg"), sum / static_cast<double>(count));
}

void MetricTranslator::put(Row& row, std::string_view name, const metrics::HistogramDataPoint& point) {
  put_summary(row, name, point.count(), point.sum());
  if (point.explicit_bounds().empty() || point.count() == 0) return;
  for (const Percentile& each : percentiles) {
    row.fields.emplace_back(named(name, each.suffix), percentile(point, each.share));
  }
}

// The documentation came before it; what it shares with a histogram is stored alike. [guess]
void MetricTranslator::put(Row& row, std::string_view name, const metrics::ExponentialHistogramDataPoint& point) {
  put_summary(row, name, point.count(), point.sum());
}

void MetricTranslator::put(Row& row, std::string_view name, const metrics::SummaryDataPoint& point) {
  put_summary(row, name, point.count(), point.sum());
  for (const auto& at : point.quantile_values()) {
    row.fields.emplace_back(named(name, suffix_of_quantile(at.quantile())), at.value());
  }
}

// Later wins: the metrics, then what says what it is, then the points' attributes, then the resource's. Nothing of the
// scope is written.
void MetricTranslator::finish() {
  TextArena arena;
  FieldSet fields;
  Event event;
  event.kind = EventKind::metric;
  for (const Row& row : rows_) {
    arena.clear();
    event.dataset = row.dataset;
    event.time_ns = row.time_ns;
    event.origin = row.origin;
    fields.begin(event.fields);
    for (const EventField& field : row.fields) fields.set(field.name, field.value);
    fields.set("meta.signal_type", std::string_view("metric"));
    fields.set("meta.annotation_type", std::string_view("metric_event"));
    set_attributes(row.attributes, arena, fields);
    set_attributes(row.resource, arena, fields);
    see_(event);
  }
}

}  // namespace understudy::honeycomb
