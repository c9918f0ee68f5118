#include "honeycomb/honeycomb.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "honeycomb/caller.h"
#include "honeycomb/decide.h"
#include "honeycomb/derive.h"
#include "honeycomb/doors.h"
#include "honeycomb/environment.h"
#include "honeycomb/event_records.h"
#include "honeycomb/query_index.h"
#include "honeycomb/records.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"
#include "honeycomb/state.h"
#include "recording/continuation.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::json;
using recording::Context;
using recording::Decision;
using recording::Request;
using recording::State;

template <typename Value>
std::expected<void, std::string> without_value(std::expected<Value, std::string>&& parsed) {
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  return {};
}

// A health Watch stays open after its one message: what serves here does not change.
class Watched final : public recording::Continuation {
 public:
  std::chrono::milliseconds period() const override { return std::chrono::hours(24); }
  void add(const recording::Entry&) override {}
  Piece piece(const recording::Moment&) override { return {}; }
};

class Honeycomb final : public recording::Vendor, public recording::Continuing {
 public:
  std::string_view name() const override { return "honeycomb"; }
  std::span<const recording::Door> doors() const override { return honeycomb::doors(); }
  // The US and EU instances. [docs: docs.honeycomb.io, "Honeycomb endpoints"]
  std::vector<std::string> hosts() const override { return {"api.honeycomb.io", "api.eu1.honeycomb.io"}; }
  std::span<const recording::FindingRule> rules() const override { return honeycomb::rules(); }

  bool claims(const Request& request) const override { return request.door == http_door || request.door == grpc_door; }
  std::optional<std::string> credential(const Request& request) const override {
    const std::string_view key = key_of(request).key;
    return key.empty() ? std::nullopt : std::optional(std::string(key));
  }
  recording::Reply refuse(const recording::Refusal& refusal, recording::Protocol protocol) const override {
    return refused_below(refusal, protocol);
  }

  std::unique_ptr<State> make_state() const override { return std::make_unique<HoneycombState>(); }
  std::unique_ptr<recording::Index> make_index() const override { return std::make_unique<QueryIndex>(); }
  Decision decide(const State& state, const Request& request, const Context& context) const override {
    return honeycomb::decide(own(state), request, context);
  }
  std::shared_ptr<recording::Continuation> continuation(const State&, const Request& request, const Decision&,
                                                        const Context&) const override {
    if (request.protocol != recording::Protocol::grpc) return nullptr;
    return route(request).operation == Operation::health_watch ? std::make_shared<Watched>() : nullptr;
  }
  void apply(State& state, const recording::Applied& applied) const override { apply_effect(own(state), applied); }
  std::string dump(const State& state) const override { return own(state).dump(); }

  std::expected<void, std::string> check_accounts(const json& accounts) const override {
    return without_value(Accounts::parse(accounts));
  }
  void apply_accounts(State& state, const json& accounts) const override {
    if (auto parsed = Accounts::parse(accounts)) own(state).accounts = std::move(*parsed);
  }
  std::expected<void, std::string> check_settings(const json& settings) const override {
    return without_value(Settings::parse(settings));
  }
  void apply_settings(State& state, const json& settings) const override {
    if (auto parsed = Settings::parse(settings)) own(state).settings = std::move(*parsed);
  }

  void records(const recording::Entry& entry, const recording::RecordSink& sink) const override {
    honeycomb::records(entry, sink);
  }
  std::span<const std::string_view> kinds_on_request() const override { return honeycomb::kinds_on_request(); }
  void records_on_request(std::string_view /*kind*/, const recording::Entry& entry,
                          const recording::RecordSink& sink) const override {
    event_records(entry, sink);
  }
  std::unique_ptr<Deriver> make_deriver() const override { return honeycomb::make_deriver(); }
  recording::Environment environment(const recording::Urls& urls, bool fast_flush) const override {
    return honeycomb::environment(urls, fast_flush);
  }

 private:
  static HoneycombState& own(State& state) { return static_cast<HoneycombState&>(state); }
  static const HoneycombState& own(const State& state) { return static_cast<const HoneycombState&>(state); }
};

}  // namespace

std::unique_ptr<recording::Vendor> make_vendor() { return std::make_unique<Honeycomb>(); }

}  // namespace understudy::honeycomb
