// Attribute values, sample rates, log records and metrics as Honeycomb stores them.
#include <cmath>
#include <limits>

#include "tests/honeycomb/events.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::json;
using ::testing::SizeIs;

using Value = opentelemetry::proto::common::v1::AnyValue;

class EventValues : public EventsRoom {
 protected:
  // What is stored of a span with this one attribute, without all that every span has.
  template <typename Edit>
  json store(std::string_view key, Edit&& edit) {
    const auto stored = store_span([&](Span& span) { edit(attribute(span, key)); });
    json fields = json::object();
    for (const auto& [name, value] : stored.at(0).fields.items()) {
      if (name.starts_with(key)) fields[name] = value;
    }
    return fields;
  }
};

Value& member(Value& map, std::string_view key) {
  auto& added = *map.mutable_kvlist_value()->add_values();
  added.set_key(std::string(key));
  return *added.mutable_value();
}

TEST_F(EventValues, Scalars) {
  EXPECT_EQ(store("a", [](Value& v) { v.set_string_value("text"); }), json({{"a", "text"}}));
  EXPECT_EQ(store("a", [](Value& v) { v.set_string_value(""); }), json({{"a", ""}}));
  EXPECT_EQ(store("a", [](Value& v) { v.set_bool_value(false); }), json({{"a", false}}));
  EXPECT_EQ(store("a", [](Value& v) { v.set_int_value(std::numeric_limits<std::int64_t>::min()); }),
            json({{"a", std::numeric_limits<std::int64_t>::min()}}));
  EXPECT_EQ(store("a", [](Value& v) { v.set_double_value(0.1); }), json({{"a", 0.1}}));
  EXPECT_EQ(store("a", [](Value& v) { v.set_bytes_value("\x01\x02\x03\x04"); }), json({{"a", "\"AQIDBA==\"\n"}}));
  EXPECT_EQ(store("a", [](Value&) {}), json::object());
  EXPECT_EQ(store_span([](Span& span) { attribute(span, "").set_int_value(1); }).at(0).fields.contains(""), false);
}

TEST_F(EventValues, LongTextStaysWhole) {
  const std::string text(70'000, 'x');
  EXPECT_EQ(store("a", [&](Value& v) { v.set_string_value(text); })["a"], text);
}

TEST_F(EventValues, Arrays) {
  EXPECT_EQ(store("a",
                  [](Value& v) {
                    auto& array = *v.mutable_array_value();
                    array.add_values()->set_string_value("one");
                    array.add_values()->set_bool_value(true);
                    array.add_values()->set_int_value(3);
                  }),
            json({{"a", "[\"one\",true,3]\n"}}));
  EXPECT_EQ(store("a", [](Value& v) { v.mutable_array_value(); }), json({{"a", "[]\n"}}));
  EXPECT_EQ(
      store("a",
            [](Value& v) {
              auto& array = *v.mutable_array_value();
              array.add_values()->set_string_value("<b>&\x01\t\"\\\xE2\x80\xA8\xE2\x82\xAC");
              array.add_values()->set_bytes_value("\x01");
              array.add_values();
              auto& map = *array.add_values();
              member(map, "z").set_int_value(1);
              member(map, "a").set_double_value(3);
              member(map, "z").set_int_value(2);
              map.mutable_kvlist_value()->add_values()->set_key("none");
            }),
      json({{"a", "[\"<b>&\\u0001\\t\\\"\\\\\\u2028\xE2\x82\xAC\",\"AQ==\",null,{\"a\":3,\"none\":null,\"z\":2}]\n"}}));
}

TEST_F(EventValues, NumbersInArraysAsGoWritesThem) {
  const std::pair<double, std::string_view> rows[] = {
      {3, "3"},       {-0.5, "-0.5"},       {1e20, "100000000000000000000"},    {1e21, "1e+21"}, {1e-6, "0.000001"},
      {1e-7, "1e-7"}, {1.5e-10, "1.5e-10"}, {0.1 + 0.2, "0.30000000000000004"}, {-0.0, "-0"},    {1e300, "1e+300"}};
  for (const auto& [number, text] : rows) {
    EXPECT_EQ(store("a", [&](Value& v) { v.mutable_array_value()->add_values()->set_double_value(number); }),
              json({{"a", fmt::format("[{}]\n", text)}}));
  }
}

TEST_F(EventValues, WhatJsonCannotWrite) {
  const auto edit = [](Value& v) { v.mutable_array_value()->add_values()->set_double_value(std::nan("")); };
  EXPECT_EQ(store("a", edit), json({{"a", ""}}));
  settings({{"trace_translator", "classic"}});
  EXPECT_EQ(store("a", edit), json::object());
}

TEST_F(EventValues, LongArraysAreCut) {
  const auto stored =
      store("a", [](Value& v) { v.mutable_array_value()->add_values()->set_string_value(std::string(70'000, 'x')); });
  const std::string text = stored["a"];
  EXPECT_EQ(text.size(), 65535U);
  EXPECT_EQ(text.substr(0, 3), "[\"x");
  EXPECT_EQ(text.back(), 'x');
}

TEST_F(EventValues, Maps) {
  EXPECT_EQ(store("map1", [](Value& v) { member(v, "level1").set_string_value("value1"); }),
            json({{"map1.level1", "value1"}}));
  const auto nested = [](int depth, std::string_view text) {
    return [=](Value& v) {
      Value* at = &v;
      for (int level = depth; level > 0; --level) at = &member(*at, fmt::format("level{}", level));
      at->set_string_value(std::string(text));
    };
  };
  EXPECT_EQ(store("map5", nested(5, "value5")), json({{"map5.level5.level4.level3.level2.level1", "value5"}}));
  EXPECT_EQ(store("map6", nested(6, "value6")),
            json({{"map6.level6.level5.level4.level3.level2", "{\"level1\":\"value6\"}\n"}}));
  EXPECT_EQ(store("map7", nested(7, "value7")),
            json({{"map7.level7.level6.level5.level4.level3", "{\"level2\":{\"level1\":\"value7\"}}\n"}}));
  EXPECT_EQ(store("map", [](Value& v) { v.mutable_kvlist_value(); }), json::object());
  EXPECT_EQ(store("map",
                  [](Value& v) {
                    member(v, "list").mutable_array_value()->add_values()->set_int_value(1);
                    member(v, "").set_int_value(1);
                    member(v, "none");
                  }),
            json({{"map.list", "[1]\n"}}));
}

TEST_F(EventValues, ManyAttributes) {
  const auto stored = store_span([](Span& span) {
    for (int i = 0; i < 10'000; ++i) attribute(span, fmt::format("key{}", i)).set_int_value(i);
  });
  EXPECT_EQ(stored.at(0).fields["key9999"], 9999);
  EXPECT_THAT(stored.at(0).fields, SizeIs(10'000 + 12));
}

// ---- sample rates

struct RateRow {
  std::function<void(Value&)> set;
  std::int64_t rate;
};

TEST_F(EventValues, SampleRateAttribute) {
  const RateRow rows[] = {
      {[](Value& v) { v.set_int_value(10); }, 10},
      {[](Value& v) { v.set_int_value(-100); }, 1},
      {[](Value& v) { v.set_int_value(0); }, 1},
      {[](Value& v) { v.set_int_value(std::numeric_limits<std::int64_t>::max()); }, 2147483647},
      {[](Value& v) { v.set_double_value(100.6); }, 101},
      {[](Value& v) { v.set_double_value(100.5); }, 101},
      {[](Value& v) { v.set_double_value(100.4); }, 100},
      {[](Value& v) { v.set_double_value(0.2); }, 1},
      {[](Value& v) { v.set_double_value(std::nan("")); }, 1},
      {[](Value& v) { v.set_double_value(1e300); }, 2147483647},
      {[](Value& v) { v.set_string_value("100.6"); }, 101},
      {[](Value& v) { v.set_string_value("+7"); }, 7},
      {[](Value& v) { v.set_string_value(" 7"); }, 1},
      {[](Value& v) { v.set_string_value("foo"); }, 1},
      {[](Value& v) { v.set_string_value(""); }, 1},
      {[](Value& v) { v.set_bool_value(true); }, 1},
      {[](Value&) {}, 1},
  };
  for (const auto* translator : {"direct", "classic"}) {
    settings({{"trace_translator", translator}});
    for (const auto* key : {"sampleRate", "SampleRate"}) {
      for (const RateRow& row : rows) {
        const auto stored = store_span([&](Span& span) { row.set(attribute(span, key)); });
        EXPECT_EQ(stored.at(0).sample_rate, row.rate) << translator << " " << &row - rows;
        EXPECT_FALSE(stored.at(0).fields.contains(key));
      }
    }
  }
  EXPECT_EQ(store_span([](Span& span) { attribute(span, "samplerate").set_int_value(9); }).at(0).sample_rate, 1);
}

TEST_F(EventValues, WhichSampleRateCounts) {
  const auto edit = [](Span& span, auto&, auto& group) {
    attribute(*group.mutable_resource(), "sampleRate").set_int_value(10);
    span.set_trace_state("ot=th:c");
    span.add_events();
    span.add_links();
  };
  for (const StoredEvent& event : store_span(edit)) {
    EXPECT_EQ(event.sample_rate, 10) << event.kind;
    EXPECT_FALSE(event.fields.contains("sampleRate"));
  }
  // The nearest level counts; a spelling counts within its list alone.
  auto stored = store_span([](Span& span, auto& scope, auto&) {
    attribute(scope, "sampleRate").set_int_value(3);
    attribute(span, "SampleRate").set_int_value(2);
  });
  EXPECT_EQ(stored.at(0).sample_rate, 2);
  const auto both = [](Span& span) {
    attribute(span, "sampleRate").set_int_value(3);
    attribute(span, "SampleRate").set_int_value(2);
  };
  stored = store_span(both);
  EXPECT_EQ(stored.at(0).sample_rate, 3);
  EXPECT_EQ(stored.at(0).fields["SampleRate"], 2);
  stored = store_span([](Span& span) {
    attribute(span, "SampleRate").set_int_value(2);
    attribute(span, "sampleRate").set_int_value(3);
  });
  EXPECT_EQ(stored.at(0).sample_rate, 3);
  EXPECT_FALSE(stored.at(0).fields.contains("SampleRate"));
  // Of one spelling that comes twice the first.
  stored = store_span([](Span& span) {
    attribute(span, "sampleRate").set_int_value(3);
    attribute(span, "sampleRate").set_int_value(5);
  });
  EXPECT_EQ(stored.at(0).sample_rate, 3);

  settings({{"trace_translator", "classic"}});
  stored = store_span(edit);
  EXPECT_EQ(stored.at(0).sample_rate, 10);
  EXPECT_EQ(stored.at(0).fields["sampleRate"], 10);  // only the span's own fields are cleaned
  EXPECT_FALSE(stored.at(2).fields.contains("sampleRate"));
  EXPECT_EQ(store_span(both).at(0).fields["SampleRate"], 2);
}

struct TraceState {
  std::string_view text;
  std::int64_t rate;
};

TEST_F(EventValues, SampleRateOfTheTraceState) {
  constexpr TraceState rows[] = {
      {"ot=th:0", 1},
      {"ot=th:8", 2},
      {"ot=th:c", 4},
      {"ot=th:C", 4},
      {"ot=th:e", 8},
      {"policy=Bidder,ot=p:8;r:62;th:c", 4},
      {"a=1,ot=th:c,b=2", 4},
      {"ot=th:c,ot=th:8", 4},
      {"th=c", 4},
      {"th=c;other=value", 4},
      {"ot=th:ff04298fdf6760", 260},
      {"ot=th:", 1},
      {"ot=th: c ", 1},
      {"ot=th:xyz", 1},
      {"ot=th:-8", 1},
      {"ot=th:123456789012345", 1},
      {"tenant@ot=th:c", 1},
      {"th=c,other=value", 1},
      {"policy=Bidder", 1},
      {"", 1},
  };
  for (const auto* translator : {"direct", "classic"}) {
    settings({{"trace_translator", translator}});
    for (const TraceState& row : rows) {
      const auto stored = store_span([&](Span& span) { span.set_trace_state(std::string(row.text)); });
      EXPECT_EQ(stored.at(0).sample_rate, row.rate) << row.text;
    }
  }
}

// 260.23: above a hundred the fraction does not count, for no span.
TEST_F(EventValues, RateAboveAHundredIsCutOff) {
  for (char i = 0; i < 100; ++i) {
    const auto stored = store_span([&](Span& span) {
      span.set_trace_state("ot=th:ff04298fdf6760");
      span.set_span_id(std::string("span000") + i);
    });
    EXPECT_EQ(stored.at(0).sample_rate, 260);
  }
}

// 16/3: five or six, so that the mean is right, and for one span always the same.
TEST_F(EventValues, RateBetweenTwoIntegers) {
  int sixes = 0;
  for (int i = 0; i < 300; ++i) {
    const auto stored = store_span([&](Span& span) {
      span.set_trace_state("ot=th:d");
      span.set_trace_id(fmt::format("{:016}", i));
    });
    const auto rate = stored.at(0).sample_rate;
    ASSERT_TRUE(rate == 5 || rate == 6) << rate;
    EXPECT_EQ(stored_of_last().at(0).sample_rate, rate);
    sixes += rate == 6 ? 1 : 0;
  }
  EXPECT_GT(sixes, 60);
  EXPECT_LT(sixes, 140);
}

// ---- logs

class LogEvents : public EventsRoom {
 protected:
  using Log = opentelemetry::proto::logs::v1::LogRecord;
  template <typename Edit>
  StoredEvent store_log(Edit&& edit) {
    LogsRequest request;
    auto& group = *request.add_resource_logs();
    name_service(group, "backend-flask");
    auto& scope = *group.add_scope_logs();
    scope.mutable_scope()->set_name("app");
    edit(*scope.add_log_records());
    send(protobuf(request.SerializeAsString()).to("/v1/logs"));
    return stored_of_last().at(0);
  }
};

TEST_F(LogEvents, EveryField) {
  const auto stored = store_log([](Log& log) {
    log.set_time_unix_nano(1'677'000'000'000'000'000);
    log.set_severity_number(opentelemetry::proto::logs::v1::SEVERITY_NUMBER_WARN2);
    log.set_severity_text("WARN");
    log.set_flags(1);
    log.set_trace_id("0123456789abcdef");
    log.set_span_id("span0000");
    log.set_event_name("login");
    log.mutable_body()->set_string_value("a line");
    attribute(log, "SampleRate").set_int_value(4);
    attribute(log, "user").set_string_value("u1");
  });
  EXPECT_EQ(stored.kind, "log");
  EXPECT_EQ(stored.dataset, "backend-flask");
  EXPECT_EQ(stored.sample_rate, 4);
  EXPECT_EQ(stored.time_ns, 1'677'000'000'000'000'000);
  EXPECT_EQ(json(stored.fields), json({{"severity", "warn"},
                                       {"severity_code", 14},
                                       {"severity_text", "WARN"},
                                       {"flags", 1},
                                       {"meta.signal_type", "log"},
                                       {"meta.annotation_type", "span_event"},
                                       {"trace.trace_id", "30313233343536373839616263646566"},
                                       {"trace.parent_id", "7370616e30303030"},
                                       {"event.name", "login"},
                                       {"body", "a line"},
                                       {"user", "u1"},
                                       {"library.name", "app"},
                                       {"service.name", "backend-flask"}}));
}

TEST_F(LogEvents, BareLog) {
  const auto stored = store_log([](Log& log) { log.set_observed_time_unix_nano(5); });
  EXPECT_EQ(stored.time_ns, 0);  // the observed time is not used
  EXPECT_EQ(json(stored.fields), json({{"severity", "unspecified"},
                                       {"severity_code", 0},
                                       {"flags", 0},
                                       {"meta.signal_type", "log"},
                                       {"library.name", "app"},
                                       {"service.name", "backend-flask"}}));
}

TEST_F(LogEvents, Severities) {
  constexpr std::string_view names[] = {"trace", "debug", "info", "warn", "error", "fatal"};
  for (int number = 1; number <= 24; ++number) {
    const auto stored = store_log([&](Log& log) {
      log.set_severity_number(static_cast<opentelemetry::proto::logs::v1::SeverityNumber>(number));
    });
    EXPECT_EQ(stored.fields["severity"], names[(number - 1) / 4]);
    EXPECT_EQ(stored.fields["severity_code"], number);
  }
  const auto stored = store_log(
      [](Log& log) { log.set_severity_number(static_cast<opentelemetry::proto::logs::v1::SeverityNumber>(25)); });
  EXPECT_EQ(stored.fields["severity"], "unspecified");
  EXPECT_EQ(stored.fields["severity_code"], 25);
}

TEST_F(LogEvents, Bodies) {
  const auto body_of = [&](auto&& edit) {
    const auto stored = store_log([&](Log& log) { edit(*log.mutable_body()); });
    json fields = json::object();
    for (const auto& [name, value] : stored.fields.items()) {
      if (name.starts_with("body")) fields[name] = value;
    }
    return fields;
  };
  EXPECT_EQ(body_of([](Value& v) { v.set_int_value(5); }), json({{"body", 5}}));
  EXPECT_EQ(body_of([](Value& v) { v.mutable_array_value()->add_values()->set_int_value(5); }),
            json({{"body", "[5]\n"}}));
  EXPECT_EQ(body_of([](Value&) {}), json({{"body", "null\n"}}));
  EXPECT_EQ(body_of([](Value& v) {
              member(v, "k").set_int_value(1);
              member(member(v, "m"), "n").set_bool_value(true);
            }),
            json({{"body.k", 1}, {"body.m.n", true}, {"body", "{\"k\":1,\"m\":{\"n\":true}}\n"}}));
  const auto stored = store_log([](Log& log) {
    log.mutable_body()->set_string_value("a line");
    attribute(log, "body").set_string_value("the attribute");
  });
  EXPECT_EQ(stored.fields["body"], "the attribute");
}

// ---- metrics

class MetricEvents : public EventsRoom {
 protected:
  using Group = opentelemetry::proto::metrics::v1::ResourceMetrics;
  template <typename Edit>
  std::vector<StoredEvent> store_metrics(Edit&& edit) {
    MetricsRequest request;
    auto& group = *request.add_resource_metrics();
    name_service(group, "backend-flask");
    auto& scope = *group.add_scope_metrics();
    scope.mutable_scope()->set_name("not stored");
    edit(scope);
    send(protobuf(request.SerializeAsString()).to("/v1/metrics").with("x-honeycomb-dataset", "numbers"));
    return stored_of_last();
  }
};

constexpr std::uint64_t at = 1'677'000'000'900'000'000;

TEST_F(MetricEvents, PointsOfOneSecondAndOneSetOfAttributesAreOneEvent) {
  const auto stored = store_metrics([](auto& scope) {
    const auto point_of = [](auto& metric, std::string_view host, std::uint64_t time) -> auto& {
      auto& point = *metric.add_data_points();
      point.set_time_unix_nano(time);
      attribute(point, "host").set_string_value(std::string(host));
      return point;
    };
    auto& gauge = *scope.add_metrics();
    gauge.set_name("app.load");
    gauge.set_unit("1");
    point_of(*gauge.mutable_gauge(), "a", at).set_as_double(0.5);
    point_of(*gauge.mutable_gauge(), "b", at).set_as_double(0.7);
    point_of(*gauge.mutable_gauge(), "a", at + 1'000'000'000).set_as_double(0.9);
    auto& sum = *scope.add_metrics();
    sum.set_name("app.requests");
    point_of(*sum.mutable_sum(), "a", at + 50'000'000).set_as_int(3);
    auto& again = point_of(*sum.mutable_sum(), "a", at + 60'000'000);
    again.set_as_int(4);
  });
  ASSERT_THAT(stored, SizeIs(3));
  EXPECT_EQ(stored[0].dataset, "numbers");
  EXPECT_EQ(stored[0].time_ns, 1'677'000'000'000'000'000);
  EXPECT_EQ(stored[0].sample_rate, 1);
  EXPECT_EQ(json(stored[0].fields), json({{"app.load", 0.5},
                                          {"app.requests", 4},
                                          {"host", "a"},
                                          {"service.name", "backend-flask"},
                                          {"meta.signal_type", "metric"},
                                          {"meta.annotation_type", "metric_event"}}));
  EXPECT_EQ(stored[1].fields["host"], "b");
  EXPECT_EQ(stored[1].origin, 1U);
  EXPECT_EQ(stored[2].time_ns, 1'677'000'001'000'000'000);
  EXPECT_FALSE(stored[2].fields.contains("app.requests"));
}

TEST_F(MetricEvents, Histogram) {
  const auto stored = store_metrics([](auto& scope) {
    auto& metric = *scope.add_metrics();
    metric.set_name("h");
    auto& point = *metric.mutable_histogram()->add_data_points();
    point.set_time_unix_nano(at);
    point.set_count(2100);
    point.set_sum(29391);
    for (const std::uint64_t count : {1, 1771, 231, 97, 0, 0}) point.add_bucket_counts(count);
    for (const double bound : {10, 25, 50, 75, 100}) point.add_explicit_bounds(bound);
  });
  EXPECT_EQ(json(stored.at(0).fields), json({{"h.count", 2100},
                                             {"h.sum", 29391.0},
                                             {"h.avg", 13.995714285714286},
                                             {"h.p001", 10.0},
                                             {"h.p01", 10.0},
                                             {"h.p05", 10.0},
                                             {"h.p10", 10.0},
                                             {"h.p25", 10.0},
                                             {"h.p50", 10.0},
                                             {"h.p75", 10.0},
                                             {"h.p90", 25.0},
                                             {"h.p95", 25.0},
                                             {"h.p99", 50.0},
                                             {"h.p999", 50.0},
                                             {"service.name", "backend-flask"},
                                             {"meta.signal_type", "metric"},
                                             {"meta.annotation_type", "metric_event"}}));
}

TEST_F(MetricEvents, ExponentialHistogram) {
  const auto stored = store_metrics([](auto& scope) {
    auto& metric = *scope.add_metrics();
    metric.set_name("e");
    auto& point = *metric.mutable_exponential_histogram()->add_data_points();
    point.set_count(4);
    point.set_sum(10);
    point.set_scale(2);
  });
  EXPECT_EQ(stored.at(0).fields["e.count"], 4);
  EXPECT_EQ(stored.at(0).fields["e.sum"], 10.0);
  EXPECT_EQ(stored.at(0).fields["e.avg"], 2.5);
}

TEST_F(MetricEvents, Summary) {
  const auto stored = store_metrics([](auto& scope) {
    auto& metric = *scope.add_metrics();
    metric.set_name("s");
    auto& point = *metric.mutable_summary()->add_data_points();
    point.set_count(4);
    point.set_sum(10);
    for (const double quantile : {0.0, 0.01, 0.5, 0.999, 1.0}) {
      auto& value = *point.add_quantile_values();
      value.set_quantile(quantile);
      value.set_value(quantile * 10);
    }
  });
  EXPECT_EQ(json(stored.at(0).fields), json({{"s.count", 4},
                                             {"s.sum", 10.0},
                                             {"s.avg", 2.5},
                                             {"s.min", 0.0},
                                             {"s.p01", 0.1},
                                             {"s.p50", 5.0},
                                             {"s.p999", 9.99},
                                             {"s.max", 10.0},
                                             {"service.name", "backend-flask"},
                                             {"meta.signal_type", "metric"},
                                             {"meta.annotation_type", "metric_event"}}));
}

// The resource beats the point, and both beat the metric.
TEST_F(MetricEvents, Layers) {
  const auto stored = store_metrics([](auto& scope) {
    auto& metric = *scope.add_metrics();
    metric.set_name("service.name");
    auto& point = *metric.mutable_gauge()->add_data_points();
    point.set_as_int(1);
    attribute(point, "service.name").set_string_value("from the point");
    attribute(point, "meta.signal_type").set_string_value("mine");
  });
  EXPECT_EQ(stored.at(0).fields["service.name"], "backend-flask");
  EXPECT_EQ(stored.at(0).fields["meta.signal_type"], "mine");
}

}  // namespace
}  // namespace understudy::honeycomb
