#include "xray/xray.h"

#include "aws/hosts.h"
#include "xray/decide.h"
#include "xray/derive.h"
#include "xray/doors.h"
#include "xray/environment.h"
#include "xray/index.h"
#include "xray/records.h"
#include "xray/rules.h"
#include "xray/state.h"

namespace understudy::xray {
namespace {

using namespace recording;

class Xray final : public Vendor {
 public:
  std::string_view name() const override { return "xray"; }
  std::span<const Door> doors() const override { return xray::doors(); }
  // The name that the daemon's container usually has beside the API's own.
  std::vector<std::string> hosts() const override {
    std::vector<std::string> hosts = aws::regional_hosts("xray");
    hosts.emplace_back("xray-daemon");
    return hosts;
  }
  std::span<const FindingRule> rules() const override { return xray::rules(); }
  bool claims(const Request& request) const override { return xray::claims(request); }
  std::optional<std::string> credential(const Request& request) const override { return xray::credential(request); }
  Reply refuse(const Refusal& refusal, Protocol protocol) const override { return xray::refuse(refusal, protocol); }

  std::unique_ptr<State> make_state() const override { return std::make_unique<XrayState>(); }
  std::unique_ptr<Index> make_index() const override { return std::make_unique<TraceIndex>(); }
  Decision decide(const State& state, const Request& request, const Context& context) const override {
    return xray::decide(own(state), request, context);
  }
  void apply(State& state, const Applied& applied) const override { xray::apply(own(state), applied); }
  std::string dump(const State& state) const override { return xray::dump(own(state)); }

  std::expected<void, std::string> check_accounts(const nlohmann::json& accounts) const override {
    return aws::Accounts::check(accounts);
  }
  void apply_accounts(State& state, const nlohmann::json& accounts) const override {
    own(state).accounts.apply(accounts);
  }
  std::expected<void, std::string> check_settings(const nlohmann::json& settings) const override {
    return xray::check_settings(settings);
  }
  void apply_settings(State& state, const nlohmann::json& settings) const override {
    xray::apply_settings(own(state), settings);
  }

  void records(const Entry& entry, const RecordSink& sink) const override { xray::records(entry, sink); }
  std::unique_ptr<Deriver> make_deriver() const override { return xray::make_deriver(); }
  Environment environment(const Urls& urls, bool) const override { return xray::environment(urls); }

 private:
  static const XrayState& own(const State& state) { return static_cast<const XrayState&>(state); }
  static XrayState& own(State& state) { return static_cast<XrayState&>(state); }
};

}  // namespace

std::unique_ptr<recording::Vendor> make_vendor() { return std::make_unique<Xray>(); }

}  // namespace understudy::xray
