#include "honeycomb/auth.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "recording/moment.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view created = "2022-11-15T00:00:00Z";  // any time will do, and always the same

// "hcxtm_" and 26 characters of a ULID, worked out from the slug.
std::string team_id(const Named& team) {
  constexpr std::string_view base32 = "0123456789abcdefghjkmnpqrstvwxyz";
  return "hcxtm_" + recording::Entropy(0, team.slug, 0).text("team id", 26, base32);
}

ordered_json to_json(const Named& named) { return {{"name", named.name}, {"slug", named.slug}}; }

}  // namespace

recording::Reply describe_key(std::string_view key, const Account& account) {
  const bool ingest = is_ingest(account.kind);
  ordered_json access = ordered_json::object();
  for (std::size_t i = 0; i < permission_names.size(); ++i) {
    if (ingest && static_cast<Permission>(i) != Permission::create_datasets) continue;
    access[std::string(permission_names[i])] = account.permissions[i];
  }
  ordered_json body;
  body["id"] = key_id(key);
  body["type"] = ingest ? "ingest" : "configuration";
  body["api_key_access"] = std::move(access);
  body["environment"] = to_json(account.environment);
  body["team"] = to_json(account.team);

  recording::Reply reply;
  reply.headers.emplace_back("Content-Type", "application/json");
  reply.body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return reply;
}

recording::Reply describe_management_key(std::string_view key, const Account& account) {
  // What the key may is not a thing of accounts here. [guess: the scopes]
  const ordered_json scopes = {"api-keys:read", "api-keys:write", "environments:read", "environments:write"};
  const ordered_json timestamps = {{"created", created}, {"updated", created}};
  const ordered_json team = {{"id", team_id(account.team)}, {"type", "teams"}};
  ordered_json data = {{"id", key.substr(0, key.find(':'))}, {"type", "api-keys"}};
  data["attributes"] = {{"name", "understudy"},
                        {"key_type", "management"},
                        {"disabled", false},
                        {"scopes", scopes},
                        {"timestamps", timestamps}};
  data["relationships"] = {{"team", {{"data", team}}}};
  ordered_json included = team;
  included["attributes"] = to_json(account.team);

  recording::Reply reply;
  reply.headers.emplace_back("Content-Type", "application/vnd.api+json");
  reply.body = ordered_json({{"data", std::move(data)}, {"included", ordered_json::array({std::move(included)})}})
                   .dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return reply;
}

}  // namespace understudy::honeycomb
