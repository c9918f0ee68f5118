#include "honeycomb/auth.h"

#include <nlohmann/json.hpp>

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;

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

}  // namespace understudy::honeycomb
