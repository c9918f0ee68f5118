#include "honeycomb/accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace understudy::honeycomb {
namespace {

using nlohmann::json;
using Failure = std::unexpected<std::string>;

Account default_account(KeyKind kind) {
  Account account;
  account.kind = kind;
  if (!is_classic(kind)) account.environment = {"test", "test"};
  account.team = {"test", "test"};
  account.permissions.fill(true);
  return account;
}

// Refuses members that nothing reads, so that a typing error is not a silent default.
std::expected<void, std::string> only_members(const json& object, const std::string& place,
                                              std::initializer_list<std::string_view> known) {
  if (!object.is_object()) return Failure(fmt::format("{}: must be an object", place));
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(known, name) == known.end()) {
      return Failure(fmt::format("{}.{}: is not known here; known are {}", place, name, fmt::join(known, ", ")));
    }
  }
  return {};
}

std::expected<void, std::string> read_named(const json& object, const std::string& place, Named& named) {
  if (auto checked = only_members(object, place, {"name", "slug"}); !checked) return checked;
  for (const auto& [name, value] : object.items()) {
    if (!value.is_string()) return Failure(fmt::format("{}.{}: must be a string", place, name));
  }
  named.name = object.value("name", object.value("slug", std::string()));
  named.slug = object.value("slug", named.name);
  if (named.slug.empty()) return Failure(fmt::format("{}: needs a name", place));
  return {};
}

std::expected<void, std::string> read_permissions(const json& object, const std::string& place, Account& account) {
  if (!object.is_object()) return Failure(fmt::format("{}: must be an object", place));
  for (const auto& [name, value] : object.items()) {
    const auto* const found = std::ranges::find(permission_names, name);
    if (found == permission_names.end()) {
      return Failure(
          fmt::format("{}.{}: is no permission; known are {}", place, name, fmt::join(permission_names, ", ")));
    }
    if (!value.is_boolean()) return Failure(fmt::format("{}.{}: must be true or false", place, name));
    const auto index = static_cast<std::size_t>(found - permission_names.begin());
    if (is_ingest(account.kind) && static_cast<Permission>(index) != Permission::create_datasets) {
      return Failure(fmt::format("{}.{}: an ingest key has the permission createDatasets alone", place, name));
    }
    account.permissions[index] = value.get<bool>();
  }
  return {};
}

std::expected<KeyKind, std::string> read_kind(const json& object, const std::string& place, std::string_view key) {
  const KeyKind shape = classify(key);
  const bool management = shape == KeyKind::management;
  if (!object.contains("kind")) return is_sending(shape) || management ? shape : KeyKind::configuration;
  const json& value = object["kind"];
  const auto kind = value.is_string() ? key_kind_of(value.get_ref<const std::string&>()) : std::nullopt;
  if (kind == KeyKind::management && management) return *kind;
  if (!kind || !is_sending(*kind)) {
    return Failure(fmt::format(
        "{}.kind: must be ingest, classic_ingest, configuration or classic_configuration; or management, of a key "
        "hc?mk_...:secret",
        place));
  }
  // Honeycomb's own code tells classic keys by their shape, so a key cannot be listed against it.
  if (is_classic(*kind) != is_classic(shape)) {
    return Failure(
        fmt::format("{}.kind: a key of this shape is {}; classic keys are 32 hex digits or hc?ic_ and 58 "
                    "lower-case letters and digits",
                    place, is_classic(shape) ? name_of(shape) : "not classic"));
  }
  return *kind;
}

std::expected<std::pair<std::string, Account>, std::string> read_key(const json& object, const std::string& place) {
  if (auto checked = only_members(object, place, {"key", "kind", "environment", "team", "region", "permissions"});
      !checked) {
    return Failure(checked.error());
  }
  if (!object.contains("key") || !object["key"].is_string() || object["key"].get_ref<const std::string&>().empty()) {
    return Failure(fmt::format("{}.key: must be the key, a string that is not empty", place));
  }
  std::string key = object["key"].get<std::string>();
  const auto kind = read_kind(object, place, key);
  if (!kind) return Failure(kind.error());
  Account account = default_account(*kind);
  if (object.contains("environment")) {
    if (is_classic(*kind)) return Failure(fmt::format("{}.environment: a classic key has no environment", place));
    auto read = read_named(object["environment"], place + ".environment", account.environment);
    if (!read) return Failure(read.error());
  }
  if (object.contains("team")) {
    if (auto read = read_named(object["team"], place + ".team", account.team); !read) return Failure(read.error());
  }
  if (object.contains("region")) {
    if (object["region"] != "us" && object["region"] != "eu") return Failure(place + ".region: must be us or eu");
    account.region = object["region"].get<std::string>();
  }
  if (object.contains("permissions")) {
    auto read = read_permissions(object["permissions"], place + ".permissions", account);
    if (!read) return Failure(read.error());
  }
  return std::pair(std::move(key), std::move(account));
}

}  // namespace

std::expected<Accounts, std::string> Accounts::parse(const json& json) {
  Accounts accounts;
  if (json.is_null()) return accounts;
  if (auto checked = only_members(json, "honeycomb", {"keys"}); !checked) return Failure(checked.error());
  if (!json.contains("keys")) return accounts;
  const auto& keys = json["keys"];
  if (!keys.is_array()) return Failure("honeycomb.keys: must be an array of {\"key\": ...}");
  accounts.listed_ = true;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string place = fmt::format("honeycomb.keys[{}]", i);
    auto read = read_key(keys[i], place);
    if (!read) return Failure(read.error());
    if (!accounts.keys_.insert(std::move(*read)).second) {
      return Failure(fmt::format("{}.key: is listed twice; remove one", place));
    }
  }
  return accounts;
}

const Account* Accounts::find(std::string_view key) const {
  if (listed_) {
    const auto found = keys_.find(key);
    const bool opens = found != keys_.end() && found->second.kind != KeyKind::management;
    return opens ? &found->second : nullptr;
  }
  static const std::array<Account, 4> by_kind = {
      default_account(KeyKind::ingest), default_account(KeyKind::classic_ingest),
      default_account(KeyKind::configuration), default_account(KeyKind::classic_configuration)};
  const KeyKind kind = classify(key);
  return is_sending(kind) ? &by_kind[static_cast<std::size_t>(kind)] : nullptr;
}

const Account* Accounts::find_management(std::string_view key) const {
  if (listed_) {
    const auto found = keys_.find(key);
    const bool opens = found != keys_.end() && found->second.kind == KeyKind::management;
    return opens ? &found->second : nullptr;
  }
  static const Account any = default_account(KeyKind::management);
  const std::size_t colon = key.find(':');
  const bool whole = colon != key.npos && colon + 1 < key.size();
  return whole && classify(key) == KeyKind::management ? &any : nullptr;
}

std::string Accounts::dump() const {
  if (!listed_) return "keys: every well-shaped one\n";
  std::string text = fmt::format("keys: {}\n", keys_.size());
  for (const auto& [key, account] : keys_) {
    text += fmt::format("key {} id {} kind {} environment '{}' team '{}' may", masked(key), key_id(key),
                        name_of(account.kind), account.environment.slug, account.team.slug);
    for (std::size_t i = 0; i < permission_names.size(); ++i) {
      if (account.permissions[i]) text += fmt::format(" {}", permission_names[i]);
    }
    text += '\n';
  }
  return text;
}

}  // namespace understudy::honeycomb
