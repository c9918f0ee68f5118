// Honeycomb's room with a session around it, and requests by hand.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "honeycomb/honeycomb.h"
#include "recording/record.h"
#include "session/session.h"
#include "tests/places.h"

namespace understudy::honeycomb {

inline constexpr std::string_view good_key = "abcdefghij1234567890ab";
inline constexpr std::string_view ingest_key = "hcaik_0123456789abcdefghjkmnpqrs0123456789abcdefghijklmnopqrstuv";
inline constexpr std::string_view classic_key = "0123456789abcdef0123456789abcdef";
inline constexpr std::string_view classic_ingest_key =
    "hcaic_0123456789abcdefghjkmnpqrs0123456789abcdefghijklmnopqrstuv";
inline constexpr std::string_view trace_rpc = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
inline constexpr std::string_view logs_rpc = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
inline constexpr std::string_view metrics_rpc = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

// A request that owns its bytes, with the padding that a door gives.
struct Sent {
  recording::Protocol protocol = recording::Protocol::http1;
  std::string door = "honeycomb_http";
  std::string method = "POST";
  std::string target = "/v1/traces";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  bool grpc_compressed = false;

  Sent with(std::string_view name, std::string_view value) const {
    Sent changed = without(name);
    changed.headers.emplace_back(name, value);
    return changed;
  }
  Sent without(std::string_view name) const {
    Sent changed = *this;
    std::erase_if(changed.headers, [name](const auto& header) { return header.first == name; });
    return changed;
  }
  Sent to(std::string_view new_target) const {
    Sent changed = *this;
    changed.target = new_target;
    return changed;
  }
  Sent saying(std::string_view new_body) const {
    Sent changed = *this;
    changed.body = new_body;
    return changed;
  }
  Sent by(std::string_view new_method) const {
    Sent changed = *this;
    changed.method = new_method;
    return changed;
  }
  Sent through(std::string_view new_door) const {
    Sent changed = *this;
    changed.door = new_door;
    return changed;
  }
};

inline Sent protobuf(std::string_view body = {}) {
  return {.headers = {{"Content-Type", "application/x-protobuf"}, {"x-honeycomb-team", std::string(good_key)}},
          .body = std::string(body)};
}
inline Sent json_text(std::string_view body = "{}") { return protobuf(body).with("Content-Type", "application/json"); }
inline Sent grpc(std::string_view body = {}) {
  return {.protocol = recording::Protocol::grpc,
          .door = "honeycomb_grpc",
          .target = std::string(trace_rpc),
          .headers = {{"content-type", "application/grpc"}, {"x-honeycomb-team", std::string(good_key)}},
          .body = std::string(body)};
}

inline std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

inline std::string data_file(std::string_view name) {
  std::ifstream file(fmt::format("{}/tests/data/honeycomb/{}", places::source, name), std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string header_of(const recording::Reply& reply, std::string_view name) {
  for (const auto& [each, value] : reply.headers) {
    if (each == name) return value;
  }
  return "(absent)";
}

// Everything that a test sends goes the straight line; when the test ends, folding the journal must give the live
// state, and deciding each request again the same reply.
class Room : public ::testing::Test {
 protected:
  Room() : vendor_(make_vendor()), vendors_{vendor_.get()} {
    session::SessionOptions options;
    options.seed = 1;
    session_ = std::move(*session::Session::open(options, vendors_, {}));
  }

  void TearDown() override {
    for (const auto& proof : session_->prove()()) {
      EXPECT_TRUE(proof.fold_equals_live);
      EXPECT_THAT(proof.differences, ::testing::IsEmpty());
      EXPECT_EQ(proof.decided_again, sent_);
    }
  }

  recording::Reply send(const Sent& sent) {
    std::string head = sent.protocol == recording::Protocol::http1
                           ? fmt::format("{} {} HTTP/1.1\r\n", sent.method, sent.target)
                           : fmt::format(":method: {}\r\n:path: {}\r\n", sent.method, sent.target);
    for (const auto& [name, value] : sent.headers) head += fmt::format("{}: {}\r\n", name, value);
    return send_bytes(head + "\r\n", sent);
  }

  // With a head as it was recorded; of `sent` the rest counts.
  recording::Reply send_bytes(std::string_view head, const Sent& sent) {
    ++sent_;
    const std::string padded = sent.body + std::string(64, '\0');
    recording::Request request;
    request.protocol = sent.protocol;
    request.door = sent.door;
    request.head = head;
    request.body = std::string_view(padded).substr(0, sent.body.size());
    request.grpc_compressed = sent.grpc_compressed;
    recording::parse_head(request);
    auto reply = session_->handle(0, request).reply;
    last_ = session_->journal().size() - 1;
    return reply;
  }

  recording::Entry last_entry() { return std::move(*session_->journal().read(last_)); }

  // The ids of what the last request was found to have.
  std::vector<std::string> found() {
    std::vector<std::string> ids;
    for (const auto& finding : last_entry().findings) ids.push_back(finding.id);
    return ids;
  }

  std::vector<recording::Record> records_of_last() {
    std::vector<recording::Record> records;
    vendor_->records(last_entry(), [&](recording::Record&& record) {
      record.entry = last_;
      records.push_back(std::move(record));
    });
    return records;
  }

  std::string dump() { return session_->views().dump(0); }
  void accounts(const nlohmann::json& keys) {
    ASSERT_TRUE(session_->set_accounts({{"honeycomb", {{"keys", keys}}}}).has_value());
  }
  void settings(const nlohmann::json& values) {
    ASSERT_TRUE(session_->set_settings({{"honeycomb", values}}).has_value());
  }

  std::unique_ptr<recording::Vendor> vendor_;
  session::Vendors vendors_;
  std::unique_ptr<session::Session> session_;
  std::uint64_t last_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace understudy::honeycomb
