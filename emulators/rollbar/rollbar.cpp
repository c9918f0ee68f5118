#include "rollbar/rollbar.h"

#include <nlohmann/json.hpp>

#include "rollbar/decide.h"
#include "rollbar/doors.h"
#include "rollbar/environment.h"
#include "rollbar/findings.h"
#include "rollbar/item_index.h"
#include "rollbar/payload.h"
#include "rollbar/records.h"
#include "rollbar/rules.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

namespace {

using recording::Request;

const State& own(const recording::State& state) { return static_cast<const State&>(state); }
State& own(recording::State& state) { return static_cast<State&>(state); }

template <typename Parsed>
std::expected<void, std::string> whether(const std::expected<Parsed, std::string>& parsed) {
  if (!parsed) return std::unexpected(parsed.error());
  return {};
}

class Rollbar final : public recording::Vendor {
 public:
  std::string_view name() const override { return "rollbar"; }
  std::span<const recording::Door> doors() const override { return rollbar::doors(); }
  std::vector<std::string> hosts() const override { return {"api.rollbar.com"}; }
  std::span<const recording::FindingRule> rules() const override { return rollbar::rules(); }

  bool claims(const Request& request) const override { return request.door == door_name; }

  std::optional<std::string> credential(const Request& request) const override {
    const auto header = request.header("x-rollbar-access-token");
    if (header && !header->empty()) return std::string(*header);
    thread_local JsonReader reader;  // rollbar-agent, rollbax and others send the token in the body alone
    std::string storage;
    const auto payload = read_payload(request, reader, storage);
    FoundToken token = find_token(request, payload ? &*payload : nullptr);
    if (token.text.empty()) return std::nullopt;
    return std::move(token.text);
  }

  recording::Reply refuse(const recording::Refusal& refusal, recording::Protocol) const override {
    return refused(refusal);
  }

  std::unique_ptr<recording::State> make_state() const override { return std::make_unique<State>(); }
  std::unique_ptr<recording::Index> make_index() const override { return std::make_unique<ItemIndex>(); }
  recording::Decision decide(const recording::State& state, const Request& request,
                             const recording::Context& context) const override {
    return rollbar::decide(own(state), request, context);
  }
  void apply(recording::State& state, const recording::Applied& applied) const override { own(state).apply(applied); }
  std::string dump(const recording::State& state) const override { return own(state).dump(); }

  std::expected<void, std::string> check_accounts(const nlohmann::json& accounts) const override {
    return whether(Accounts::parse(accounts));
  }
  void apply_accounts(recording::State& state, const nlohmann::json& accounts) const override {
    if (auto parsed = Accounts::parse(accounts)) own(state).accounts = std::move(*parsed);
  }
  std::expected<void, std::string> check_settings(const nlohmann::json& settings) const override {
    return whether(Settings::parse(settings));
  }
  void apply_settings(recording::State& state, const nlohmann::json& settings) const override {
    if (const auto parsed = Settings::parse(settings)) own(state).settings = *parsed;
  }

  void records(const recording::Entry& entry, const recording::RecordSink& sink) const override {
    rollbar::records(entry, sink);
  }
  std::unique_ptr<Deriver> make_deriver() const override { return rollbar::make_deriver(); }

  recording::Environment environment(const recording::Urls& urls, bool) const override {
    return rollbar::environment(urls);  // every notifier sends an item at once, so nothing is there to flush faster
  }
};

}  // namespace

std::unique_ptr<recording::Vendor> make_vendor() { return std::make_unique<Rollbar>(); }

}  // namespace understudy::rollbar
