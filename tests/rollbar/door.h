// The Rollbar room without a house around it: requests by hand, decided and applied one after the other, kept so that
// they can be folded and decided again.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "recording/entry.h"
#include "recording/record.h"
#include "recording/vendor.h"
#include "rollbar/rollbar.h"
#include "tests/places.h"

namespace understudy::rollbar {

inline constexpr std::string_view token = "0123456789abcdef0123456789abcdef";
inline constexpr std::string_view item_path = "/api/1/item/";

// The smallest item that is accepted.
inline constexpr std::string_view hello =
    R"({"data":{"environment":"production","level":"warning","body":{"message":{"body":"Hello World!"}}}})";

struct Sent {
  std::string method = "POST";
  std::string target = std::string(item_path);
  std::string headers = "X-Rollbar-Access-Token: " + std::string(token) + "\r\n";
  std::string body = std::string(hello);
};

inline Sent item(std::string_view body) { return {.body = std::string(body)}; }
inline Sent with_headers(std::string_view headers, std::string_view body = hello) {
  return {.headers = std::string(headers), .body = std::string(body)};
}

inline std::string file(std::string_view name) {
  const std::string path = std::string(places::source) + "/tests/data/rollbar/" + std::string(name);
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream.good()) << path;
  return {std::istreambuf_iterator<char>(stream), {}};
}

class Door {
 public:
  Door() : vendor(make_vendor()), state(vendor->make_state()), index(vendor->make_index()) {}

  void accounts(const nlohmann::json& value) {
    const auto checked = vendor->check_accounts(value);
    ASSERT_TRUE(checked.has_value()) << checked.error();
    vendor->apply_accounts(*state, value);
    accounts_ = value;
  }
  void settings(const nlohmann::json& value) {
    const auto checked = vendor->check_settings(value);
    ASSERT_TRUE(checked.has_value()) << checked.error();
    vendor->apply_settings(*state, value);
    settings_ = value;
  }

  const recording::Decision& send(const Sent& sent) {
    Exchange& exchange = history_.emplace_back();
    exchange.head = sent.method + " " + sent.target + " HTTP/1.1\r\nHost: api.rollbar.com\r\n" + sent.headers + "\r\n";
    exchange.body = sent.body + std::string(64, '\0');
    exchange.body_bytes = sent.body.size();
    exchange.moment = now;
    exchange.peer = peer;
    exchange.decision = decide(exchange, *state, *index, history_.size() - 1);
    apply(exchange, *state, *index, history_.size() - 1);
    return exchange.decision;
  }
  // A read operation's answer as JSON; the status must be 200.
  nlohmann::ordered_json get(const std::string& target) {
    const auto& decision = send({.method = "GET", .target = "/api/1/" + target, .body = ""});
    EXPECT_EQ(decision.reply.status, 200) << target << decision.reply.body;
    return nlohmann::ordered_json::parse(decision.reply.body, nullptr, false)["result"];
  }
  const recording::Decision& patch(const std::string& target, const nlohmann::json& changes) {
    return send({.method = "PATCH", .target = "/api/1/" + target, .body = changes.dump()});
  }
  // As a real SDK sent it: tests/data/rollbar/NAME.head and NAME.bin.
  const recording::Decision& send_recorded(const std::string& name) {
    const std::string head = file(name + ".head");
    const std::size_t line_end = head.find("\r\n");
    const std::size_t first = head.find(' '), second = head.find(' ', first + 1);
    return send({head.substr(0, first), head.substr(first + 1, second - first - 1),
                 head.substr(line_end + 2, head.size() - line_end - 4), file(name + ".bin")});
  }

  std::vector<recording::Record> records() const {
    std::vector<recording::Record> found;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      vendor->records(entry(history_[i], i), [&](recording::Record&& record) {
        record.entry = i;
        found.push_back(std::move(record));
      });
    }
    return found;
  }
  std::vector<recording::Vendor::DerivedFinding> derived() const {
    const auto deriver = vendor->make_deriver();
    for (const auto& record : records()) deriver->add(record);
    return deriver->findings();
  }

  void fold_into(recording::Index& other) const {
    for (std::size_t i = 0; i < history_.size(); ++i) other.add(entry(history_[i], i));
  }

  // What a journal promises: folding what was recorded gives the live state, deciding again gives what was decided.
  void expect_repeatable() const {
    const auto folded = vendor->make_state();
    const auto folded_index = vendor->make_index();
    if (!accounts_.is_null()) vendor->apply_accounts(*folded, accounts_);
    if (!settings_.is_null()) vendor->apply_settings(*folded, settings_);
    for (std::size_t i = 0; i < history_.size(); ++i) {
      const recording::Decision again = decide(history_[i], *folded, *folded_index, i);
      EXPECT_EQ(again.reply.status, history_[i].decision.reply.status);
      EXPECT_EQ(again.reply.headers, history_[i].decision.reply.headers);
      EXPECT_EQ(again.reply.body, history_[i].decision.reply.body);
      EXPECT_EQ(again.effect, history_[i].decision.effect);
      apply(history_[i], *folded, *folded_index, i);
    }
    EXPECT_EQ(vendor->dump(*folded), vendor->dump(*state));
  }

  std::unique_ptr<recording::Vendor> vendor;
  std::unique_ptr<recording::State> state;
  std::unique_ptr<recording::Index> index;
  std::string peer = "127.0.0.1:50000";
  recording::Moment now{1'795'222'506'000'000'000, 1, 1'795'222'506'000'000'000};

 private:
  struct Exchange {
    std::string head;
    std::string peer;
    std::string body;
    std::size_t body_bytes = 0;
    recording::Moment moment;
    recording::Decision decision;
  };
  struct Entries final : recording::EntrySource {
    explicit Entries(const std::deque<Exchange>& of) : history(of) {}
    std::expected<recording::Entry, std::string> read(std::uint64_t ordinal) const override {
      if (ordinal >= history.size()) return std::unexpected("there is no such entry");
      return entry(history[ordinal], ordinal);
    }
    const std::deque<Exchange>& history;
  };

  static recording::Entry entry(const Exchange& exchange, std::size_t ordinal) {
    recording::Entry entry;
    entry.ordinal = ordinal;
    entry.kind = recording::EntryKind::exchange;
    entry.moment = exchange.moment;
    entry.vendor = "rollbar";
    entry.door = "rollbar";
    entry.peer = exchange.peer;
    entry.head = exchange.head;
    entry.body = std::string_view(exchange.body).substr(0, exchange.body_bytes);
    entry.reply = exchange.decision.reply;
    entry.effect = exchange.decision.effect;
    entry.read = exchange.decision.read;
    return entry;
  }
  // What the session does with a decision: an answer that comes later is made over the index of what was before.
  recording::Decision decide(const Exchange& exchange, const recording::State& with, recording::Index& over,
                             std::size_t ordinal) const {
    const recording::Entry as_entry = entry(exchange, ordinal);
    const Entries entries(history_);
    const recording::Context context{exchange.moment, recording::Entropy(7, "rollbar", ordinal), ordinal, entries};
    recording::Decision decision = vendor->decide(with, as_entry.request(), context);
    if (!decision.later) return decision;
    EXPECT_TRUE(decision.effect.empty());
    recording::Answer answer = decision.later(over, context);
    return {.reply = std::move(answer.reply), .findings = std::move(answer.findings), .effect = {}, .read = true};
  }
  void apply(const Exchange& exchange, recording::State& to, recording::Index& over, std::size_t ordinal) const {
    over.add(entry(exchange, ordinal));
    if (exchange.decision.effect.empty()) return;
    const std::string_view body = std::string_view(exchange.body).substr(0, exchange.body_bytes);
    vendor->apply(to, {ordinal, exchange.moment, exchange.decision.effect, body});
  }

  std::deque<Exchange> history_;
  nlohmann::json accounts_;
  nlohmann::json settings_;
};

inline std::string header(const recording::Reply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return "absent";
}

inline std::vector<std::string> ids(const recording::Decision& decision) {
  std::vector<std::string> found;
  for (const auto& finding : decision.findings) found.push_back(finding.id);
  return found;
}

// The bytes of the body that a finding is about.
inline std::string bytes_of(const recording::Finding& finding, std::string_view body) {
  return std::string(body.substr(finding.offset, finding.length));
}

}  // namespace understudy::rollbar
