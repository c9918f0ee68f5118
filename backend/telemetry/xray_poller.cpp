#include "backend/telemetry/xray_poller.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <random>

#include "backend/telemetry/diagnostics.h"
#include "backend/telemetry/tracing.h"
#include "backend/telemetry/unix_time.h"
#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds report_interval{10};
constexpr std::chrono::seconds rules_interval{300};
constexpr std::chrono::seconds attempt{5};

std::string new_client_id() {
  const auto id = new_trace_id();
  return to_hex({id.data(), 12});
}

std::chrono::milliseconds jitter(std::int64_t most_ms) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, most_ms)(random));
}

bool is_obeyed(const Json& rule) {
  return rule.value("Version", 0) == 1 && rule.value("ResourceARN", "") == "*" && rule.contains("ServiceType") &&
         rule.value("Attributes", Json::object()).empty();
}

std::optional<std::int64_t> whole_number(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? std::optional(found->get<std::int64_t>()) : std::nullopt;
}

}  // namespace

std::expected<std::vector<SamplingRule>, std::string> parse_sampling_rules(const std::string& body) {
  try {
    std::vector<SamplingRule> rules;
    const auto document = Json::parse(body);
    for (const auto& record : document.at("SamplingRuleRecords")) {
      const auto& rule = record.at("SamplingRule");
      if (!is_obeyed(rule)) {
        continue;
      }
      rules.push_back({.name = rule.at("RuleName"),
                       .priority = rule.at("Priority"),
                       .fixed_rate = rule.at("FixedRate"),
                       .reservoir_size = rule.at("ReservoirSize"),
                       .host = rule.at("Host"),
                       .method = rule.at("HTTPMethod"),
                       .path = rule.at("URLPath"),
                       .service = rule.at("ServiceName"),
                       .service_type = rule.at("ServiceType")});
    }
    return rules;
  } catch (const Json::exception& error) {
    return std::unexpected(error.what());
  }
}

std::expected<SamplingTargets, std::string> parse_sampling_targets(const std::string& body) {
  try {
    const auto document = Json::parse(body);
    SamplingTargets read;
    read.rules_modified_at = document.at("LastRuleModification").get<std::int64_t>();
    for (const auto& target : document.at("SamplingTargetDocuments")) {
      read.targets.push_back({.rule = target.at("RuleName"),
                              .fixed_rate = target.at("FixedRate"),
                              .quota = whole_number(target, "ReservoirQuota"),
                              .quota_until = whole_number(target, "ReservoirQuotaTTL"),
                              .interval = whole_number(target, "Interval")});
    }
    return read;
  } catch (const Json::exception& error) {
    return std::unexpected(error.what());
  }
}

std::string statistics_document(const std::vector<SamplingStatistics>& statistics, const std::string& client_id,
                                std::int64_t now) {
  auto documents = Json::array();
  for (const auto& one : statistics) {
    documents.push_back({{"RuleName", one.rule},
                         {"ClientID", client_id},
                         {"RequestCount", one.requests},
                         {"BorrowCount", one.borrowed},
                         {"SampledCount", one.sampled},
                         {"Timestamp", now}});
  }
  return Json{{"SamplingStatisticsDocuments", documents}}.dump();
}

SamplingPoller::SamplingPoller(Sampler& sampler, const Url& daemon)
    : sampler_(sampler), client_(daemon), client_id_(new_client_id()) {}

SamplingPoller::~SamplingPoller() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void SamplingPoller::start() {
  std::call_once(started_, [this] { thread_ = std::thread([this] { work(); }); });
}

void SamplingPoller::work() {
  auto rules_due = Clock::now();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    if (Clock::now() >= rules_due) {
      rules_due = Clock::now() + (fetch_rules() ? rules_interval + jitter(5000) : report_interval);
    }
    lock.lock();
    wake_.wait_for(lock, report_interval + jitter(100), [this] { return stopping_; });
    if (stopping_) {
      return;
    }
    lock.unlock();
    if (report()) {
      rules_due = Clock::now();
    }
    lock.lock();
  }
}

std::expected<std::string, std::string> SamplingPoller::call(const std::string& path, const std::string& body) {
  const auto reply = client_.post(path, {}, body, "application/json", Clock::now() + attempt);
  if (!reply) {
    return std::unexpected(reply.error());
  }
  if (reply->status != 200) {
    return std::unexpected(fmt::format("status {}: {}", reply->status, valid_utf8(utf8_prefix(reply->body, 300))));
  }
  return reply->body;
}

bool SamplingPoller::fetch_rules() {
  const auto now = unix_seconds();
  const auto body = call("/GetSamplingRules", "{}");
  const auto rules = body ? parse_sampling_rules(*body) : std::unexpected(body.error());
  if (!rules) {
    warn(fmt::format("sampling rules could not be fetched, local ones decide: {}", rules.error()));
    return false;
  }
  sampler_.load_rules(*rules, now);
  return true;
}

bool SamplingPoller::report() {
  const auto statistics = sampler_.take_statistics();
  if (statistics.empty()) {
    return false;
  }
  const auto body = statistics_document(statistics, client_id_, unix_seconds());
  const auto reply = call("/SamplingTargets", body);
  const auto targets = reply ? parse_sampling_targets(*reply) : std::unexpected(reply.error());
  if (!targets) {
    warn(fmt::format("sampling statistics could not be reported: {}", targets.error()));
    return false;
  }
  sampler_.load_targets(targets->targets);
  return targets->rules_modified_at > sampler_.rules_loaded_at();
}

}  // namespace cruddur::telemetry
