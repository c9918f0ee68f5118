// Calls about datasets, columns and queries, and spans for them to be about.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/honeycomb/exports.h"
#include "tests/honeycomb/room.h"

namespace understudy::honeycomb {

class QueryRoom : public Room {
 protected:
  using Json = nlohmann::ordered_json;
  static constexpr std::int64_t second = 1'000'000'000;

  struct Span {
    std::string user;  // empty: no such attribute
    double duration_ms = 10;
    std::int64_t rate = 1;
    std::int64_t age_s = 60;  // it began so long ago
    std::string service = "backend-flask";
  };

  using SpanMessage = opentelemetry::proto::trace::v1::Span;
  static auto set(SpanMessage& span, const char* name) -> decltype(span.add_attributes()->mutable_value()) {
    auto& attribute = *span.add_attributes();
    attribute.set_key(name);
    return attribute.mutable_value();
  }

  // One export.
  void export_spans(const std::vector<Span>& spans) {
    TraceRequest traces;
    for (const Span& each : spans) {
      add_spans(traces, each.service);
      auto& span =
          *traces.mutable_resource_spans()->rbegin()->mutable_scope_spans()->rbegin()->mutable_spans()->rbegin();
      const std::int64_t start = now_ns() - each.age_s * second;
      span.set_start_time_unix_nano(static_cast<std::uint64_t>(start));
      span.set_end_time_unix_nano(
          static_cast<std::uint64_t>(start + static_cast<std::int64_t>(each.duration_ms * 1e6)));
      if (!each.user.empty()) set(span, "app.userId")->set_string_value(each.user);
      if (each.rate != 1) set(span, "SampleRate")->set_int_value(each.rate);
    }
    ASSERT_EQ(send(protobuf(traces.SerializeAsString())).status, 200);
  }

  // Noon, from here on.
  void freeze() {
    recording::parse_rfc3339("2026-11-21T12:00:00Z", now_ns_);
    session::Clock clock;
    clock.frozen_ns = now_ns_;
    ASSERT_TRUE(session_->set_clock(clock).has_value());
  }
  std::int64_t now_ns() const {
    if (now_ns_ != 0) return now_ns_;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  recording::Reply call(std::string_view method, std::string_view target, std::string_view body = {},
                        std::string_view key = good_key) {
    return send(Sent{.method = std::string(method),
                     .target = std::string(target),
                     .headers = {{"X-Honeycomb-Team", std::string(key)}, {"Content-Type", "application/json"}},
                     .body = std::string(body)});
  }
  static Json json_of(const recording::Reply& reply) { return Json::parse(reply.body, nullptr, false); }

  // Makes a query and a result of it, and reads the result.
  Json ask(std::string_view query, std::string_view options = "", std::string_view dataset = "backend-flask") {
    const auto made = call("POST", fmt::format("/1/queries/{}", dataset), query);
    EXPECT_EQ(made.status, 200) << made.body;
    const auto result =
        call("POST", fmt::format("/1/query_results/{}", dataset),
             fmt::format(R"({{"query_id":{}{}{}}})", json_of(made)["id"].dump(), options.empty() ? "" : ",", options));
    EXPECT_EQ(result.status, 201) << result.body;
    const auto read = call("GET", header_of(result, "Location"));
    EXPECT_EQ(read.status, 200) << read.body;
    return json_of(read);
  }
  std::vector<std::string> rows(const Json& result) {
    std::vector<std::string> rows;
    for (const Json& row : result["data"]["results"]) rows.push_back(row["data"].dump());
    return rows;
  }

 private:
  std::int64_t now_ns_ = 0;
};

}  // namespace understudy::honeycomb
