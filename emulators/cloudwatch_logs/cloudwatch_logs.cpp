#include "cloudwatch_logs/cloudwatch_logs.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "aws/authentication.h"
#include "aws/authorization.h"
#include "aws/body.h"
#include "aws/environment.h"
#include "aws/hosts.h"
#include "aws/sts.h"
#include "cloudwatch_logs/call_records.h"
#include "cloudwatch_logs/deriver.h"
#include "cloudwatch_logs/event_index.h"
#include "cloudwatch_logs/events.h"
#include "cloudwatch_logs/findings.h"
#include "cloudwatch_logs/ingestion.h"
#include "cloudwatch_logs/live_tail.h"
#include "cloudwatch_logs/operations.h"
#include "cloudwatch_logs/records.h"
#include "cloudwatch_logs/state.h"
#include "recording/continuation.h"

namespace understudy::cloudwatch_logs {
namespace {

using namespace recording;

constexpr Door doors_of_logs[] = {aws::door};

// What the front of the service says of requests that no operation gets to see; types from AWS's common errors, no
// recordings at hand [guess].
struct FrontRefusal {
  Refusal::Reason reason;
  int status;
  std::string_view type;
  std::string_view message;  // empty: the refusal's own detail
};

constexpr FrontRefusal front_refusals[] = {
    {Refusal::Reason::bad_head, 400, "SerializationException", ""},
    {Refusal::Reason::head_too_large, 431, "RequestHeaderFieldsTooLarge", ""},
    {Refusal::Reason::body_too_large, 413, "RequestEntityTooLargeException", ""},
    {Refusal::Reason::timeout, 408, "RequestTimeoutException", ""},
    {Refusal::Reason::overloaded, 503, "ServiceUnavailableException",
     "The service cannot complete the request."},  // the text of the service's model [code]
    {Refusal::Reason::tls_on_plain_port, 400, "SerializationException", ""},
    {Refusal::Reason::unknown_session, 400, "UnrecognizedClientException", ""},
};

Decision refuse_plainly(const Context& context, const aws::Error& error, Finding found) {
  Decision decision;
  decision.reply = aws::json_error(error, context.entropy);
  decision.findings.push_back(std::move(found));
  return decision;
}

// A request that names no operation of this service.
Decision refuse_unknown(const Request& request, const Context& context) {
  const auto target = request.header("x-amz-target");
  aws::Error unknown{"UnknownOperationException", "", 400, {}};
  if (target) {
    const auto name = target->starts_with(target_prefix) ? target->substr(target_prefix.size()) : *target;
    const bool exists = target->starts_with(target_prefix) && exists_at_aws(name);
    // AWS says nothing more of an operation that it does not know; of one that it knows, the client shall hear who
    // refused it.
    if (exists) unknown.message = fmt::format("Understudy does not build the operation {} of CloudWatch Logs", name);
    const auto what = exists ? "operation.not-built" : "operation.unknown";
    return refuse_plainly(context, unknown, finding(what, "header x-amz-target", std::string(name)));
  }
  auto decision = refuse_plainly(
      context, unknown,
      finding("request.no-target", "header x-amz-target", fmt::format("{} {}", request.method, request.path())));
  decision.reply.body = R"({"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"})";
  return decision;
}

// Empty if the request names none of this service.
std::string_view name_of_operation(const Request& request) {
  const auto target = request.header("x-amz-target");
  if (!target || !target->starts_with(target_prefix) || request.method != "POST") return {};
  return target->substr(target_prefix.size());
}

// To the decision, or to the answer that comes later.
void add_findings(Decision& decision, std::vector<Finding> more) {
  if (!decision.later) {
    decision.findings.insert(decision.findings.end(), more.begin(), more.end());
  } else if (!more.empty()) {
    decision.later = [later = std::move(decision.later), more = std::move(more)](Index& index, const Context& context) {
      auto answer = later(index, context);
      answer.findings.insert(answer.findings.end(), more.begin(), more.end());
      return answer;
    };
  }
}

// How a call stands to its rate quota.
struct Excess {
  const Quota* quota = nullptr;
  std::uint32_t limit = 0;
  bool over = false;
  bool first = false;  // of its second: one finding is enough

  Finding said() const {
    return finding("quota.rate", "header x-amz-target",
                   fmt::format("more than {} calls of {} in a second", limit, quota->operation));
  }
};

Excess excess_of(const LogsState& state, const Place& place, std::string_view operation, std::int64_t now_ms) {
  Excess excess{quota_of(operation)};
  if (excess.quota == nullptr) return excess;
  excess.limit = state.settings.limit(*excess.quota);
  const auto seen = state.rates_of(place).seen(*excess.quota, now_ms);
  excess.over = seen >= excess.limit;
  excess.first = seen == excess.limit;
  return excess;
}

class CloudwatchLogs final : public Vendor, public Continuing {
 public:
  std::string_view name() const override { return vendor_name; }
  std::span<const Door> doors() const override { return doors_of_logs; }
  // STS is answered with the logs, under its global name and its regional ones.
  std::vector<std::string> hosts() const override {
    std::vector<std::string> hosts = aws::regional_hosts("logs");
    // SDKs put "streaming-", since April 2026 "stream-", before the host where StartLiveTail goes [docs].
    for (const auto* service : {"stream-logs", "streaming-logs", "sts"}) {
      for (const std::string& host : aws::regional_hosts(service)) hosts.push_back(host);
    }
    hosts.emplace_back("sts.amazonaws.com");
    return hosts;
  }
  std::span<const FindingRule> rules() const override { return finding_rules(); }

  bool claims(const Request& request) const override { return request.door == aws::door_name; }

  std::optional<std::string> credential(const Request& request) const override {
    const auto key = aws::authorization_of(request).access_key_id;
    if (key.empty()) return std::nullopt;
    return std::string(key);
  }

  Reply refuse(const Refusal& refusal, Protocol) const override;

  std::unique_ptr<State> make_state() const override { return std::make_unique<LogsState>(); }
  std::unique_ptr<Index> make_index() const override { return std::make_unique<EventIndex>(); }
  Decision decide(const State& state, const Request& request, const Context& context) const override;
  std::shared_ptr<Continuation> continuation(const State& state, const Request& request, const Decision& decision,
                                             const Context& context) const override;
  void apply(State& state, const Applied& applied) const override;
  std::string dump(const State& state) const override { return static_cast<const LogsState&>(state).dump(); }

  std::expected<void, std::string> check_accounts(const nlohmann::json& accounts) const override {
    return aws::Accounts::check(accounts);
  }
  void apply_accounts(State& state, const nlohmann::json& accounts) const override {
    static_cast<LogsState&>(state).accounts.apply(accounts);
  }
  std::expected<void, std::string> check_settings(const nlohmann::json& settings) const override;
  void apply_settings(State& state, const nlohmann::json& settings) const override {
    static_cast<LogsState&>(state).settings = Settings::parse(settings).value_or(Settings{});
  }

  void records(const Entry& entry, const RecordSink& sink) const override;
  std::span<const std::string_view> kinds_on_request() const override { return {&call_record_kind, 1}; }
  void records_on_request(std::string_view, const Entry& entry, const RecordSink& sink) const override {
    call_record_of(entry, sink);
  }
  std::unique_ptr<Deriver> make_deriver() const override { return make_log_deriver(); }
  Environment environment(const Urls& urls, bool fast_flush) const override;
};

Reply CloudwatchLogs::refuse(const Refusal& refusal, Protocol) const {
  Reply reply;
  for (const auto& row : front_refusals) {
    if (row.reason != refusal.reason) continue;
    reply.status = row.status;
    reply.headers = {{"Content-Type", "application/x-amz-json-1.1"}};
    reply.body = R"({"__type":)";
    aws::append_json_string(reply.body, row.type);
    reply.body += R"(,"message":)";
    aws::append_json_string(reply.body, row.message.empty() ? refusal.detail : row.message);
    reply.body += '}';
  }
  return reply;
}

Decision CloudwatchLogs::decide(const State& base, const Request& request, const Context& context) const {
  const auto& state = static_cast<const LogsState&>(base);
  if (aws::is_sts(request)) return aws::answer_sts(request, state.accounts, context, vendor_name);
  if (is_ingestion(request)) return ingest(state, request, context);
  const auto operation = find_operation(name_of_operation(request));
  if (operation == nullptr) return refuse_unknown(request, context);

  auto authentication =
      aws::authenticate(request, state.accounts, context.moment.wall_ns, {.vendor = vendor_name, .service = "logs"});
  if (authentication.refused) {
    Decision decision;
    decision.reply = aws::json_error(*authentication.refused, context.entropy);
    decision.findings = std::move(authentication.findings);
    return decision;
  }
  std::string storage;
  const auto body = aws::plain_body(request, storage, largest_body);
  if (!body) {
    return refuse_plainly(context, {"SerializationException", "", 400, {}},
                          finding("body.coding", "header content-encoding",
                                  std::string(request.header("content-encoding").value_or(""))));
  }
  Place place{std::move(authentication.identity.account), std::move(authentication.identity.region)};
  const auto& groups = state.groups_of(place);
  const auto& objects = state.objects_of(place);
  const auto rate = excess_of(state, place, name_of_operation(request), context.moment.vendor_ns / 1'000'000);
  if (rate.over && state.settings.enforced) {
    return refuse_plainly(context, {"ThrottlingException", "Rate exceeded", 400, {}}, rate.said());
  }
  auto decision = operation({groups, objects, std::move(place), *body, context, name_of_operation(request),
                             state.settings.sequence_tokens_required});
  if (rate.first && !decision.effect.empty()) decision.findings.push_back(rate.said());
  add_findings(decision, std::move(authentication.findings));
  return decision;
}

// StartLiveTail alone has replies that go on.
std::shared_ptr<Continuation> CloudwatchLogs::continuation(const State& base, const Request& request,
                                                           const Decision& decision, const Context& context) const {
  const auto operation = name_of_operation(request);
  if (operation != "StartLiveTail" || decision.reply.status != 200) return nullptr;
  const auto& state = static_cast<const LogsState&>(base);
  std::string storage;
  const auto body = aws::plain_body(request, storage, largest_body);
  auto identity =
      aws::authenticate(request, state.accounts, context.moment.wall_ns, {.vendor = vendor_name, .service = "logs"})
          .identity;
  if (!body) return nullptr;
  Place place{std::move(identity.account), std::move(identity.region)};
  return live_tail_of({state.groups_of(place), state.objects_of(place), place, *body, context, operation},
                      decision.reply);
}

void CloudwatchLogs::apply(State& state, const Applied& applied) const {
  effect::Effect effect;
  if (!effect.ParseFromArray(applied.effect.data(), static_cast<int>(applied.effect.size()))) return;
  static_cast<LogsState&>(state).apply(effect, applied.ordinal);
}

std::expected<void, std::string> CloudwatchLogs::check_settings(const nlohmann::json& settings) const {
  const auto parsed = Settings::parse(settings);
  if (!parsed) return std::unexpected(parsed.error());
  return {};
}

void CloudwatchLogs::records(const Entry& entry, const RecordSink& sink) const { records_of(entry, sink); }

// The service's own name is CLOUDWATCH_LOGS in every SDK. AWS_ENDPOINT_URL_LOGS, which one would guess, is read by none
// of them: boto3 and the JavaScript SDK then call the real host [run]. watchtower has no variable for its interval, so
// `fast_flush` has nothing to add.
Environment CloudwatchLogs::environment(const Urls& urls, bool) const {
  const auto url = urls.find(aws::door_name);
  if (url == urls.end()) return {};
  auto variables = aws::client_environment(url->second);
  variables.emplace_back("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", url->second);
  variables.emplace_back("AWS_ENDPOINT_URL_STS", url->second);
  return variables;
}

}  // namespace

std::unique_ptr<Vendor> make_vendor() { return std::make_unique<CloudwatchLogs>(); }

}  // namespace understudy::cloudwatch_logs
