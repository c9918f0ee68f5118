#include "rollbar/doors.h"

namespace understudy::rollbar {

namespace {

using recording::Door;

constexpr Door door_table[] = {{door_name, 7655, true, false, door_body_bytes}};

// Operations of the service that are not built yet, by the first part of the path behind /api/1/. [docs: API reference]
struct NotBuilt {
  std::string_view first_part;
  std::string_view what;
};

constexpr NotBuilt not_built_table[] = {
    {"item", "reading and changing items"},
    {"items", "listing items"},
    {"item_by_counter", "items by counter"},
    {"item_batch", "batches of items"},
    {"instance", "occurrences"},
    {"instances", "occurrences"},
    {"deploy", "deploys"},
    {"deploys", "deploys"},
    {"session", "session replay"},
    {"sourcemap", "source maps"},
    {"signed_url", "source map bundles"},
    {"environment", "environments and replays"},
    {"environments", "environments"},
    {"versions", "versions"},
    {"reports", "reports"},
    {"metrics", "metrics"},
    {"rql", "RQL"},
    {"search", "search"},
    {"projects", "projects"},
    {"project", "projects and access tokens"},
    {"teams", "teams"},
    {"team", "teams"},
    {"users", "users"},
    {"user", "users"},
    {"invites", "invites"},
    {"invite", "invites"},
    {"notifications", "notifications"},
    {"service_links", "service links"},
    {"people", "deleting people's data"},
    {"webhook", "the Heroku release hook"},
    {"proguard", "ProGuard files"},
    {"dsym", "dSYM files"},
    {"fluttersymbols", "Flutter symbols"},
};

constexpr std::string_view api_root = "/api/1";

std::string_view without_last_slash(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

Route route_of_post(std::string_view path) {
  if (path == "/api/1/item") return {Operation::post_item, {}};
  if (path == "/api/item") return {Operation::endpoint_cut, {}};
  if (path == "/api/1/item/item") return {Operation::endpoint_item_twice, {}};
  if (path.empty() || path == api_root) return {Operation::endpoint_base, {}};
  return {};
}

}  // namespace

std::span<const Door> doors() { return door_table; }

Route route_of(const recording::Request& request) {
  const std::string_view path = without_last_slash(request.path());
  if (request.method == "OPTIONS") return {Operation::preflight, {}};
  if (request.method == "GET" && path == "/api/1/status/ping") return {Operation::ping, {}};
  if (request.method == "POST") {
    if (const Route route = route_of_post(path); route.operation != Operation::unknown) return route;
  }
  if (!path.starts_with("/api/1/")) return {};
  const std::string_view below = path.substr(api_root.size() + 1);
  const std::string_view first_part = below.substr(0, below.find('/'));
  for (const NotBuilt& row : not_built_table) {
    if (row.first_part == first_part) return {Operation::not_built, row.what};
  }
  return {};
}

}  // namespace understudy::rollbar
