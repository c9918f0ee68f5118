// How long the column store takes to be filled and asked: a million rows like spans of a web service.
//
//   bench_query [rows]
#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>

#include "query/run.h"
#include "query/table.h"

namespace {

using namespace understudy::query;

// Of this process alone, whatever else the machine does.
double cpu_ms() { return static_cast<double>(std::clock()) * 1000 / CLOCKS_PER_SEC; }

void fill(Table& table, std::size_t rows) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> durations(3, 1);
  std::string trace, span, parent;
  for (std::size_t i = 0; i < rows; ++i) {
    if (i % 512 == 0) table.begin_entry(i / 512, 1);
    if (i % 8 == 0) trace = fmt::format("{:016x}{:016x}", random(), random());
    parent = i % 8 == 0 ? "" : span;
    span = fmt::format("{:016x}", random());
    table.begin_row(static_cast<std::int64_t>(i) * 1'000'000, 1);
    table.set("service.name", "backend-flask");
    table.set("library.name", "opentelemetry.instrumentation.flask");
    table.set("library.version", "0.36b0");
    table.set("telemetry.instrumentation_library", true);
    table.set("telemetry.sdk.language", "python");
    table.set("telemetry.sdk.name", "opentelemetry");
    table.set("trace.trace_id", trace);
    table.set("trace.span_id", span);
    if (!parent.empty()) table.set("trace.parent_id", parent);
    table.set("name", i % 8 == 0 ? "/api/activities/home" : "home-activities-mock-data");
    table.set("type", i % 8 == 0 ? "server" : "internal");
    table.set("span.kind", i % 8 == 0 ? "server" : "internal");
    table.set("duration_ms", durations(random));
    table.set("status_code", std::int64_t{0});
    table.set("span.num_events", std::int64_t{0});
    table.set("span.num_links", std::int64_t{0});
    table.set("meta.signal_type", "trace");
    table.set("http.status_code", static_cast<std::int64_t>(random() % 50 == 0 ? 500 : 200));
    table.set("app.userId", fmt::format("user-{}", random() % 1000));
  }
}

void ask(const char* what, const Question& question, const Table& table) {
  const Source source{&table, table.rows()};
  double best = 1e9;
  std::size_t shown = 0;
  for (int i = 0; i < 5; ++i) {
    const double start = cpu_ms();
    const Result result = run(question, {&source, 1});
    best = std::min(best, cpu_ms() - start);
    shown = result.rows.size() + result.series.size();
  }
  fmt::print("{:<55} {:8.1f} ms  {} rows\n", what, best, shown);
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t rows = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1'000'000;
  Dictionary texts;
  Table table(texts);
  const double start = cpu_ms();
  fill(table, rows);
  fmt::print("{} rows of 19 columns: {:.0f} ms, {:.0f} MB of columns, {:.0f} MB of texts\n", rows, cpu_ms() - start,
             static_cast<double>(table.bytes()) / 1e6, static_cast<double>(texts.bytes()) / 1e6);

  using recording_op = understudy::recording::FilterOp;
  Question question;
  question.end_ns = INT64_MAX;
  question.granularity_ns = 10'000'000'000;
  question.breakdowns = {"app.userId"};
  question.calculations = {{Operation::percentile, 0.99, "duration_ms"}};
  question.orders = {Order{}};
  ask("P99(duration_ms) by app.userId", question, table);
  question.with_series = true;
  ask("the same with a series of 100 points", question, table);
  question.calculations = {{Operation::average, 0, "duration_ms"}};
  ask("AVG(duration_ms) by app.userId with series", question, table);
  question.with_series = false;
  question.conditions = {{"name", recording_op::contains, {std::string("home")}},
                         {"http.status_code", recording_op::at_least, {std::int64_t{500}}}};
  ask("AVG(duration_ms) by app.userId, two filters", question, table);
  question.conditions = {};
  question.breakdowns = {"trace.trace_id"};
  ask("AVG(duration_ms) by trace.trace_id", question, table);
  question.breakdowns = {};
  question.calculations = {{Operation::count_distinct, 0, "trace.trace_id"}, {Operation::heatmap, 0, "duration_ms"}};
  question.orders = {};
  ask("COUNT_DISTINCT(trace.trace_id), HEATMAP", question, table);
}
