#include "honeycomb/caller.h"

#include <fmt/format.h>

#include <string>

#include "base/bytes.h"
#include "honeycomb/key_diagnosis.h"
#include "honeycomb/keys.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

struct Region {
  std::string_view host;
  std::string_view name;
};
// [docs: docs.honeycomb.io, "Honeycomb endpoints"]
constexpr Region regions[] = {{"api.honeycomb.io", "us"}, {"api.eu1.honeycomb.io", "eu"}};

// Which the request went to; empty: a host without region, such as localhost.
std::string_view region_of(const recording::Request& request) {
  auto host = request.header("host");
  if (!host) host = request.header(":authority");
  if (!host) return {};
  const std::string_view name = host->substr(0, host->find(':'));
  for (const Region& region : regions) {
    if (equals_ignoring_case(region.host, name)) return region.name;
  }
  return {};
}

bool is_elsewhere(const Account& account, const recording::Request& request) {
  if (account.region.empty()) return false;
  const std::string_view region = region_of(request);
  return !region.empty() && region != account.region;
}

}  // namespace

KeyHeader key_of(const recording::Request& request) {
  if (const auto key = request.header("x-honeycomb-team"); key && !key->empty()) return {*key, false};
  if (const auto key = request.header("x-hny-team"); key && !key->empty()) return {*key, true};
  // Firehose cannot name its headers itself. [docs: Amazon Data Firehose, HTTP endpoint delivery]
  if (request.path().starts_with("/1/kinesis_events/"))
    return {request.header("x-amz-firehose-access-key").value_or("")};
  return {};
}

const Account* account_of(const HoneycombState& state, const recording::Request& request) {
  const Account* const account = state.accounts.find(key_of(request).key);
  return account == nullptr || is_elsewhere(*account, request) ? nullptr : account;
}

recording::Finding diagnose_key(const HoneycombState& state, const recording::Request& request) {
  const std::string_view key = key_of(request).key;
  const Account* const account = state.accounts.find(key);
  if (account == nullptr) return diagnose_unknown_key(key);
  return finding(
      rule::key_other_region, "header x-honeycomb-team",
      fmt::format("{} is a key of the region {}, the host is of {}", masked(key), account->region, region_of(request)));
}

Address address_of(const recording::Request& request, Translator translator) {
  return {is_classic(classify(key_of(request).key)), request.header("x-honeycomb-dataset").value_or(""), translator};
}

}  // namespace understudy::honeycomb
