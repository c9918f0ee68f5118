// The straight line in small: decide, keep the entry, apply, on requests that are built by hand.
//
// At its end each lab proves itself: the recorded effects folded into a fresh state give the live one, and deciding
// again gives the recorded replies.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cloudwatch_logs/cloudwatch_logs.h"
#include "recording/continuation.h"
#include "recording/record.h"
#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

class Lab : public recording::EntrySource {
 public:
  static constexpr std::int64_t start_ms = 1'795'222'519'000;  // 2026-11-21T00:55:19Z

  Lab() : vendor(make_vendor()), state(vendor->make_state()), index(vendor->make_index()) {}
  ~Lab() override { prove(); }

  // A call as boto3 makes it; `body` as it is.
  recording::Decision call(std::string_view operation, std::string_view body, std::string_view more_headers = "") {
    return send(fmt::format("POST / HTTP/1.1\r\nHost: localhost:4566\r\nX-Amz-Target: Logs_20140328.{}\r\n"
                            "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Date: 20261121T005519Z\r\n"
                            "Authorization: {}\r\n{}\r\n",
                            operation, authorization, more_headers),
                body);
  }

  recording::Decision send(std::string head, std::string_view body) {
    auto& kept = entries_.emplace_back();
    kept.entry.ordinal = entries_.size() - 1;
    kept.entry.door = "aws";
    kept.entry.moment = {now_ms * 1'000'000, 0, now_ms * 1'000'000};
    kept.entry.head = std::move(head);
    kept.body = std::string(body) + std::string(64, '\0');
    kept.entry.body = std::string_view(kept.body).substr(0, body.size());
    auto decision = decide(kept.entry, *state, *index);
    goes_on = dynamic_cast<const recording::Continuing&>(*vendor).continuation(*state, kept.entry.request(), decision,
                                                                               context_of(kept.entry));
    kept.entry.reply = decision.reply;
    kept.entry.effect = decision.effect;
    kept.entry.findings = decision.findings;
    EXPECT_TRUE(decision.effect.empty() || !decision.read) << "a read operation changes nothing";
    if (!decision.effect.empty()) apply(kept.entry, *state);
    index->add(kept.entry);
    return decision;
  }

  // The reply's body, of a call that must succeed.
  nlohmann::json ask(std::string_view operation, std::string_view body) {
    const auto decision = call(operation, body);
    EXPECT_EQ(decision.reply.status, 200) << decision.reply.body;
    return decision.reply.body.empty() ? nlohmann::json() : nlohmann::json::parse(decision.reply.body);
  }

  void make_stream(std::string_view group = "g", std::string_view stream = "s") {
    call("CreateLogGroup", fmt::format(R"({{"logGroupName":"{}"}})", group));
    ask("CreateLogStream", fmt::format(R"({{"logGroupName":"{}","logStreamName":"{}"}})", group, stream));
  }

  static nlohmann::json batch(const std::vector<std::pair<std::int64_t, std::string>>& events,
                              std::string_view group = "g", std::string_view stream = "s") {
    nlohmann::json json = {{"logGroupName", group}, {"logStreamName", stream}, {"logEvents", nlohmann::json::array()}};
    for (const auto& [timestamp, message] : events) {
      json["logEvents"].push_back({{"timestamp", timestamp}, {"message", message}});
    }
    return json;
  }
  recording::Decision put(const std::vector<std::pair<std::int64_t, std::string>>& events, std::string_view group = "g",
                          std::string_view stream = "s") {
    return call("PutLogEvents", batch(events, group, stream).dump());
  }

  // What the deriver makes of all that was recorded.
  std::vector<recording::Finding> derived() const {
    const auto deriver = vendor->make_deriver();
    for (const auto& kept : entries_) {
      const auto take = [&](recording::Record&& record) {
        record.entry = kept.entry.ordinal;
        deriver->add(record);
      };
      vendor->records(kept.entry, take);
      vendor->records_on_request("log_call", kept.entry, take);
    }
    std::vector<recording::Finding> found;
    for (auto& one : deriver->findings()) found.push_back(std::move(one.finding));
    return found;
  }

  std::vector<recording::Record> calls() const {
    std::vector<recording::Record> all;
    for (const auto& kept : entries_) {
      vendor->records_on_request("log_call", kept.entry,
                                 [&](recording::Record&& record) { all.push_back(std::move(record)); });
    }
    return all;
  }

  std::vector<recording::Record> records() const {
    std::vector<recording::Record> all;
    for (const auto& kept : entries_) {
      vendor->records(kept.entry, [&](recording::Record&& record) { all.push_back(std::move(record)); });
    }
    return all;
  }

  std::expected<recording::Entry, std::string> read(std::uint64_t ordinal) const override {
    if (ordinal >= entries_.size()) return std::unexpected("no such entry");
    return entries_[ordinal].entry;
  }

  void give_accounts(const nlohmann::json& accounts) {
    ASSERT_TRUE(vendor->check_accounts(accounts));
    vendor->apply_accounts(*state, accounts);
    accounts_ = accounts;
  }

  void give_settings(const nlohmann::json& settings) {
    ASSERT_TRUE(vendor->check_settings(settings));
    vendor->apply_settings(*state, settings);
    settings_ = settings;
  }

  std::unique_ptr<recording::Vendor> vendor;
  std::unique_ptr<recording::State> state;
  std::unique_ptr<recording::Index> index;
  std::shared_ptr<recording::Continuation> goes_on;  // after the last reply
  std::int64_t now_ms = start_ms;
  std::string authorization =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/logs/aws4_request, SignedHeaders=host;x-amz-date, "
      "Signature=" +
      std::string(64, 'a');

 private:
  struct Kept {
    recording::Entry entry;
    std::string body;
  };

  recording::Context context_of(const recording::Entry& entry) const {
    return {entry.moment, recording::Entropy(1, vendor->name(), entry.ordinal), entry.ordinal, *this};
  }

  // What is answered later is answered at once, over an index of all entries before.
  recording::Decision decide(const recording::Entry& entry, const recording::State& from,
                             recording::Index& entries_before) const {
    const auto context = context_of(entry);
    auto decision = vendor->decide(from, entry.request(), context);
    if (!decision.later) return decision;
    EXPECT_TRUE(decision.findings.empty() && decision.effect.empty());
    auto answer = decision.later(entries_before, context);
    decision.reply = std::move(answer.reply);
    decision.findings = std::move(answer.findings);
    decision.read = true;
    return decision;
  }

  void apply(const recording::Entry& entry, recording::State& to) const {
    vendor->apply(to, {entry.ordinal, entry.moment, entry.effect, entry.body});
  }

  void prove() const {
    const auto folded = vendor->make_state();
    const auto index_again = vendor->make_index();
    if (!accounts_.is_null()) vendor->apply_accounts(*folded, accounts_);
    if (!settings_.is_null()) vendor->apply_settings(*folded, settings_);
    for (const auto& kept : entries_) {
      const auto again = decide(kept.entry, *folded, *index_again);
      EXPECT_EQ(again.reply.body, kept.entry.reply.body);
      EXPECT_EQ(again.reply.headers, kept.entry.reply.headers);
      EXPECT_EQ(again.effect, kept.entry.effect);
      if (!kept.entry.effect.empty()) apply(kept.entry, *folded);
      index_again->add(kept.entry);
    }
    EXPECT_EQ(vendor->dump(*folded), vendor->dump(*state));
  }

  std::deque<Kept> entries_;  // views into it stay
  nlohmann::json accounts_;   // given before the first call
  nlohmann::json settings_;   // likewise, or before one that they matter to
};

// What a refused call answered: `type` and `message` of the error, and the id of the first finding.
struct Refused {
  std::string type;
  std::string message;
  std::string finding;
};

inline Refused refused(const recording::Decision& decision) {
  EXPECT_EQ(decision.reply.status, 400) << decision.reply.body;
  EXPECT_TRUE(decision.effect.empty());
  const auto body = nlohmann::json::parse(decision.reply.body, nullptr, false);
  return {body.value("__type", ""), body.value("message", ""),
          decision.findings.empty() ? "" : decision.findings.front().id};
}

}  // namespace understudy::cloudwatch_logs
