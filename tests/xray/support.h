// A session in small: decides, applies and keeps what happened, as the house does, without sockets.
#pragma once

#include <fmt/format.h>

#include <deque>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "recording/entry.h"
#include "recording/record.h"
#include "recording/vendor.h"
#include "xray/xray.h"

namespace understudy::xray {

inline constexpr std::int64_t start_s = 1'795'222'504;  // when the recorded documents were made

class Session {
 public:
  Session() : vendor_(make_vendor()), state_(vendor_->make_state()), index_(vendor_->make_index()) {}

  const recording::Vendor& vendor() const { return *vendor_; }
  const recording::State& state() const { return *state_; }

  recording::Decision datagram(std::string_view bytes) {
    recording::Request request;
    request.protocol = recording::Protocol::udp;
    request.door = "xray";
    request.body = bytes;
    return take(request);
  }
  // Through the daemon's TCP port, unsigned.
  recording::Decision call(std::string_view path, std::string_view body) { return send("xray", path, body, ""); }
  // At the API, signed for a region.
  recording::Decision api(std::string_view path, std::string_view body, std::string_view region = "us-east-1") {
    return send(
        "aws", path, body,
        fmt::format("Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261121/{}/xray/aws4_request, "
                    "SignedHeaders=host;x-amz-date, Signature={:a>64}\r\nX-Amz-Date: 20261121T003824Z\r\n",
                    region, ""));
  }
  recording::Decision send(std::string_view door, std::string_view path, std::string_view body,
                           const std::string& headers, std::string_view method = "POST") {
    const auto head = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: {}\r\n\r\n", method, path,
                                  headers, body.size());
    recording::Request request;
    request.door = door;
    request.head = head;
    request.body = body;
    return take(request);
  }

  void advance(double seconds) {
    moment.wall_ns += static_cast<std::int64_t>(seconds * 1e9);
    moment.vendor_ns += static_cast<std::int64_t>(seconds * 1e9);
  }

  std::vector<recording::Record> records() const {
    std::vector<recording::Record> all;
    for (const auto& entry : entries_) {
      vendor_->records(entry, [&](recording::Record&& record) {
        record.entry = entry.ordinal;
        all.push_back(std::move(record));
      });
    }
    return all;
  }

  const std::deque<recording::Entry>& entries() const { return entries_; }

  std::vector<recording::Vendor::DerivedFinding> derived() const {
    const auto deriver = vendor_->make_deriver();
    for (const auto& record : records()) deriver->add(record);
    return deriver->findings();
  }

  // The state that the recorded effects give, applied anew.
  std::string folded() const {
    const auto state = vendor_->make_state();
    for (const auto& setup : setups_) setup(*state);
    for (const auto& entry : entries_) {
      if (!entry.effect.empty()) vendor_->apply(*state, {entry.ordinal, entry.moment, entry.effect, entry.body});
    }
    return vendor_->dump(*state);
  }
  std::string live() const { return vendor_->dump(*state_); }

  // Accounts and settings, for this state and those folded later. Before the first request.
  void set_up(const std::function<void(recording::State&)>& setup) {
    setups_.push_back(setup);
    setup(*state_);
  }
  void settings(const nlohmann::json& settings) {
    set_up([this, settings](auto& state) { vendor_->apply_settings(state, settings); });
  }
  void accounts(const nlohmann::json& accounts) {
    set_up([this, accounts](auto& state) { vendor_->apply_accounts(state, accounts); });
  }

  recording::Moment moment{start_s * 1'000'000'000, 0, start_s * 1'000'000'000};
  bool decided_again_alike = true;

 private:
  // Entries of this session, bodies and all.
  class Source final : public recording::EntrySource {
   public:
    explicit Source(const std::deque<recording::Entry>& entries) : entries_(entries) {}
    std::expected<recording::Entry, std::string> read(std::uint64_t ordinal) const override {
      if (ordinal == 0 || ordinal > entries_.size()) return std::unexpected("no such entry");
      return entries_[ordinal - 1];
    }

   private:
    const std::deque<recording::Entry>& entries_;
  };

  // The reply of a read that looks at earlier entries, as if it had been made at once.
  void answer_from(recording::Index& index, std::size_t& seen, recording::Decision& decision,
                   const recording::Context& context) {
    for (; seen + 1 < context.ordinal; ++seen) index.add(entries_[seen]);
    auto answer = decision.later(index, context);
    decision.reply = std::move(answer.reply);
    decision.findings = std::move(answer.findings);
    decision.read = true;
  }

  recording::Decision take(const recording::Request& request) {
    auto& kept = entries_.emplace_back();
    kept.ordinal = entries_.size();
    kept.moment = moment;
    kept.vendor = "xray";
    kept.protocol = request.protocol;
    kept.door = request.door;
    kept.head = request.head;
    auto& bytes = bodies_.emplace_back(request.body);
    bytes.append(64, '#');
    kept.body = std::string_view(bytes).substr(0, bytes.size() - 64);

    const auto as_kept = kept.request();
    const recording::Context context{moment, recording::Entropy(7, "xray", kept.ordinal), kept.ordinal, source_};
    auto decision = vendor_->decide(*state_, as_kept, context);
    auto again = vendor_->decide(*state_, as_kept, context);
    if (decision.later) {
      answer_from(*index_, indexed_, decision, context);
      const auto fresh = vendor_->make_index();
      std::size_t none = 0;
      answer_from(*fresh, none, again, context);
    }
    decided_again_alike = decided_again_alike && again.reply.body == decision.reply.body &&
                          again.reply.headers == decision.reply.headers && again.effect == decision.effect;
    kept.reply = decision.reply;
    kept.effect = decision.effect;
    kept.read = decision.read;
    kept.findings = decision.findings;
    if (!decision.effect.empty()) vendor_->apply(*state_, {kept.ordinal, moment, decision.effect, kept.body});
    return decision;
  }

  std::unique_ptr<recording::Vendor> vendor_;
  std::unique_ptr<recording::State> state_;
  std::vector<std::function<void(recording::State&)>> setups_;
  std::deque<recording::Entry> entries_;
  std::deque<std::string> bodies_;
  std::unique_ptr<recording::Index> index_;
  std::size_t indexed_ = 0;
  Source source_{entries_};
};

// Ids of findings, in order.
inline std::vector<std::string> ids(const std::vector<recording::Finding>& findings) {
  std::vector<std::string> ids;
  for (const auto& finding : findings) ids.push_back(finding.id);
  return ids;
}

inline std::vector<std::string> ids(const std::vector<recording::Vendor::DerivedFinding>& findings) {
  std::vector<std::string> ids;
  for (const auto& derived : findings) ids.push_back(derived.finding.id);
  return ids;
}

inline std::string header(const recording::Reply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return "(absent)";
}

}  // namespace understudy::xray
