// A vendor small enough to see through: it counts the requests that say "count", hands out an id for each, and
// remembers in its state how many there were and what the last id was.
#pragma once

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "recording/record.h"
#include "recording/vendor.h"

namespace understudy::session {

struct ToyState final : recording::State {
  std::uint64_t counted = 0;
  std::string last_id;
  std::string account = "none";
};

// The bodies so far, one a line.
struct ToyIndex final : recording::Index {
  void add(const recording::Entry& entry) override { bodies += fmt::format("{}\n", entry.body); }
  std::string bodies;
};

class ToyVendor final : public recording::Vendor {
 public:
  std::string_view name() const override { return "toy"; }
  std::span<const recording::Door> doors() const override {
    static constexpr recording::Door doors[] = {{"toy", 1, true, true, 1000}};
    return doors;
  }
  std::span<const recording::FindingRule> rules() const override {
    static constexpr recording::FindingRule rules[] = {{"toy.body.empty", recording::Severity::warning,
                                                        recording::Disposition::accepts, "The body is empty.",
                                                        "Send one.", recording::Evidence::guess, "ours"}};
    return rules;
  }
  bool claims(const recording::Request&) const override { return true; }
  std::optional<std::string> credential(const recording::Request& request) const override {
    const auto key = request.header("x-key");
    return key ? std::optional(std::string(*key)) : std::nullopt;
  }
  recording::Reply refuse(const recording::Refusal& refusal, recording::Protocol) const override {
    recording::Reply reply;
    reply.status = 503;
    reply.body = refusal.detail;
    return reply;
  }
  std::unique_ptr<recording::State> make_state() const override { return std::make_unique<ToyState>(); }
  std::unique_ptr<recording::Index> make_index() const override { return std::make_unique<ToyIndex>(); }
  recording::Decision decide(const recording::State& state, const recording::Request& request,
                             const recording::Context& context) const override {
    const auto& toy = static_cast<const ToyState&>(state);
    recording::Decision decision;
    if (request.body == "list") {
      decision.later = [counted = toy.counted](recording::Index& index, const recording::Context& given) {
        recording::Answer answer;
        answer.reply.body = fmt::format("{} counted before {}, {}\n{}", counted, given.ordinal,
                                        given.entropy.uuid("id"), static_cast<ToyIndex&>(index).bodies);
        answer.findings.push_back({"toy.body.empty", "list", "", 0, 0});
        return answer;
      };
      return decision;
    }
    decision.reply.body = fmt::format("{} {} {}", toy.counted, toy.last_id, context.moment.vendor_ns);
    if (request.body.starts_with("count")) decision.effect = context.entropy.uuid("id");
    if (request.body.empty()) decision.findings.push_back({"toy.body.empty", "body", "", 0, 0});
    return decision;
  }
  void apply(recording::State& state, const recording::Applied& applied) const override {
    auto& toy = static_cast<ToyState&>(state);
    ++toy.counted;
    toy.last_id = applied.effect;
  }
  std::string dump(const recording::State& state) const override {
    const auto& toy = static_cast<const ToyState&>(state);
    return fmt::format("counted {} last {} account {}", toy.counted, toy.last_id, toy.account);
  }
  std::expected<void, std::string> check_accounts(const nlohmann::json& accounts) const override {
    if (!accounts.is_string()) return std::unexpected("a string is wanted");
    return {};
  }
  void apply_accounts(recording::State& state, const nlohmann::json& accounts) const override {
    static_cast<ToyState&>(state).account = accounts.get<std::string>();
  }
  std::expected<void, std::string> check_settings(const nlohmann::json&) const override { return {}; }
  void apply_settings(recording::State&, const nlohmann::json&) const override {}
  void records(const recording::Entry& entry, const recording::RecordSink& sink) const override {
    recording::Record record;
    record.kind = "word";
    record.fields = {{"text", std::string(entry.body)}};
    sink(std::move(record));
  }
  recording::Environment environment(const recording::Urls& urls, bool) const override {
    return {{"TOY_URL", urls.count("toy") ? urls.at("toy") : ""}};
  }
};

}  // namespace understudy::session
