#include "otlp/decode_items.h"

namespace understudy::otlp {

namespace metrics = opentelemetry::proto::metrics::v1;

namespace {

template <typename Point>
void set_value(Json& json, const Point& point) {
  if (point.value_case() == Point::kAsDouble) json["value"] = number_to_json(point.as_double());
  if (point.value_case() == Point::kAsInt) json["value"] = point.as_int();
}

Json exemplars_to_json(const google::protobuf::RepeatedPtrField<metrics::Exemplar>& exemplars) {
  Json list = Json::array();
  for (const auto& exemplar : exemplars) {
    Json json = {{"time_unix_nano", exemplar.time_unix_nano()}};
    set_value(json, exemplar);
    set_id_if_any(json, "trace_id", exemplar.trace_id());
    set_id_if_any(json, "span_id", exemplar.span_id());
    json["filtered_attributes"] = attributes_to_json(exemplar.filtered_attributes());
    list.push_back(std::move(json));
  }
  return list;
}

template <typename Numbers>
Json numbers_to_json(const Numbers& numbers) {
  Json list = Json::array();
  for (const auto number : numbers) {
    if constexpr (std::is_same_v<decltype(number), const double>) {
      list.push_back(number_to_json(number));
    } else {
      list.push_back(number);
    }
  }
  return list;
}

// What both kinds of histogram have; sum, min and max only where they were sent.
template <typename Point>
void set_distribution(Json& json, const Point& point) {
  json["count"] = point.count();
  if (point.has_sum()) json["sum"] = number_to_json(point.sum());
  if (point.has_min()) json["min"] = number_to_json(point.min());
  if (point.has_max()) json["max"] = number_to_json(point.max());
}

Json buckets_to_json(const metrics::ExponentialHistogramDataPoint::Buckets& buckets) {
  return {{"offset", buckets.offset()}, {"bucket_counts", numbers_to_json(buckets.bucket_counts())}};
}

void set_members(Json& json, const metrics::NumberDataPoint& point) { set_value(json, point); }

void set_members(Json& json, const metrics::HistogramDataPoint& point) {
  set_distribution(json, point);
  json["bucket_counts"] = numbers_to_json(point.bucket_counts());
  json["explicit_bounds"] = numbers_to_json(point.explicit_bounds());
}

void set_members(Json& json, const metrics::ExponentialHistogramDataPoint& point) {
  set_distribution(json, point);
  json["scale"] = point.scale();
  json["zero_count"] = point.zero_count();
  json["zero_threshold"] = number_to_json(point.zero_threshold());
  json["positive"] = buckets_to_json(point.positive());
  json["negative"] = buckets_to_json(point.negative());
}

void set_members(Json& json, const metrics::SummaryDataPoint& point) {
  json["count"] = point.count();
  json["sum"] = number_to_json(point.sum());
  json["quantile_values"] = Json::array();
  for (const auto& at : point.quantile_values()) {
    json["quantile_values"].push_back(
        {{"quantile", number_to_json(at.quantile())}, {"value", number_to_json(at.value())}});
  }
}

// `json` holds what the points of the metric have in common.
template <typename Data>
void take_points(const Json& common, const Data& data, const std::function<void(Json)>& take) {
  for (const auto& point : data.data_points()) {
    Json json = common;
    set_members(json, point);
    json["attributes"] = attributes_to_json(point.attributes());
    set_if_any(json, "start_time_unix_nano", point.start_time_unix_nano());
    json["time_unix_nano"] = point.time_unix_nano();
    set_if_any(json, "flags", point.flags());
    if constexpr (requires { point.exemplars(); }) {
      if (!point.exemplars().empty()) json["exemplars"] = exemplars_to_json(point.exemplars());
    }
    take(std::move(json));
  }
}

template <typename Data>
void set_temporality(Json& json, const Data& data) {
  json["aggregation_temporality"] = enum_to_json(metrics::AggregationTemporality_descriptor(),
                                                 data.aggregation_temporality(), "AGGREGATION_TEMPORALITY_");
}

}  // namespace

void metric_to_json(const metrics::Metric& metric, const std::function<void(Json)>& take) {
  Json common = {{"name", metric.name()}};
  set_if_any(common, "description", metric.description());
  common["unit"] = metric.unit();
  switch (metric.data_case()) {
    case metrics::Metric::kGauge:
      common["type"] = "gauge";
      return take_points(common, metric.gauge(), take);
    case metrics::Metric::kSum:
      common["type"] = "sum";
      set_temporality(common, metric.sum());
      common["is_monotonic"] = metric.sum().is_monotonic();
      return take_points(common, metric.sum(), take);
    case metrics::Metric::kHistogram:
      common["type"] = "histogram";
      set_temporality(common, metric.histogram());
      return take_points(common, metric.histogram(), take);
    case metrics::Metric::kExponentialHistogram:
      common["type"] = "exponential_histogram";
      set_temporality(common, metric.exponential_histogram());
      return take_points(common, metric.exponential_histogram(), take);
    case metrics::Metric::kSummary:
      common["type"] = "summary";
      return take_points(common, metric.summary(), take);
    case metrics::Metric::DATA_NOT_SET:
      return;
  }
}

}  // namespace understudy::otlp
