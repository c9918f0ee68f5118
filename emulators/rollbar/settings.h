// Switches for what is documented in several ways, or changed over the years.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "rollbar/grouping_rules.h"

namespace understudy::rollbar {

struct Settings {
  // Of one item. 1024 kB on the page of the call [docs: Create an item, 2024 to 2026], 512 kB on its older version
  // (2018), 128 kB in the table of errors, still printed.
  std::uint64_t max_payload_bytes = 1'048'576;
  // The answer when there is no token anywhere: 422 [snapshot: rollbar-gem #971], 401 [docs 2018] or 403 [docs 2024].
  int missing_token_status = 422;
  // Calls a minute and token: 5000 [snapshot: headers of 2020], 50000 [docs 2025].
  std::uint64_t rate_limit = 5000;
  // Beyond it: false notes what the service would have done, true answers 429.
  bool enforce_rate_limit = false;

  // Whether the answer to an item asks the browser for its recording. [code: rollbar.js 3] Off: no such headers.
  bool session_replay = false;

  // Senders whose posts are refused. [docs: IP Blocklist]
  std::vector<std::string> blocked_addresses;
  // What a project declares about people: findings hold items to it, nothing is refused.
  bool forbids_person_details = false;  // person.username and person.email
  bool wants_anonymized_ip = false;     // request.user_ip

  // How the project groups. [docs: Custom Grouping]
  GroupingRules grouping_rules;
  bool ignores_client_fingerprints = false;
  // Messages without a level are infos [docs: Create an item] or errors [docs: Item Levels].
  bool messages_are_errors = false;

  bool blocks(std::string_view address) const;

  // {"max_payload_bytes","missing_token_status","rate_limit","rate_quota":"flag|enforce","session_replay",
  // "blocked_addresses":[...],"person_details":"allow|forbid","user_ip":"any|anonymized","grouping_rules":[...],
  // "client_fingerprints":"use|ignore","message_level":"info|error"}; what it lacks has its default. The error names
  // the member and the mend.
  static std::expected<Settings, std::string> parse(const nlohmann::json& json);
  std::string dump() const;
};

}  // namespace understudy::rollbar
