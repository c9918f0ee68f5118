// The keys that a session knows, and what each may do.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "honeycomb/keys.h"

namespace understudy::honeycomb {

// What a configuration key may do, as /1/auth spells it. An ingest key has create_datasets alone, and may always send.
// [docs: API, GET /1/auth]
enum class Permission : std::uint8_t {
  events,
  markers,
  triggers,
  boards,
  queries,
  columns,
  create_datasets,
  slos,
  recipients,
  private_boards,
};
inline constexpr std::array<std::string_view, 10> permission_names = {
    "events",  "markers",        "triggers", "boards",     "queries",
    "columns", "createDatasets", "slos",     "recipients", "privateBoards"};

struct Named {
  std::string name;
  std::string slug;
};

struct Account {
  KeyKind kind = KeyKind::configuration;
  Named environment;  // both empty for a classic key: clients tell classic keys by it
  Named team;
  std::string region;  // "us" or "eu": the only one that knows the key; empty: either
  std::array<bool, permission_names.size()> permissions{};

  bool may(Permission permission) const { return permissions[static_cast<std::size_t>(permission)]; }
  bool may_send() const { return is_ingest(kind) || may(Permission::events); }
};

class Accounts {
 public:
  // Without accounts, every key that has the shape of a sending key is known.
  Accounts() = default;
  // {"keys":[{"key":"...","kind"?,"environment"?:{"name","slug"},"team"?:{"name","slug"},"region"?,"permissions"?:{...}}]};
  // without "keys" as above. The error names the member and the mend, and no key.
  static std::expected<Accounts, std::string> parse(const nlohmann::json& json);

  // Null: Honeycomb does not know the key. Lives as long as the Accounts.
  const Account* find(std::string_view key) const;
  // Of "id:secret".
  const Account* find_management(std::string_view key) const;
  // Whether keys were listed.
  bool listed() const { return listed_; }
  // A line a key, keys masked.
  std::string dump() const;

 private:
  bool listed_ = false;
  std::map<std::string, Account, std::less<>> keys_;
};

}  // namespace understudy::honeycomb
