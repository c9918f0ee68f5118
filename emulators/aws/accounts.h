// The access keys that a session knows. Without any, every well-shaped signature is accepted.
#pragma once

#include <expected>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace understudy::aws {

// The account that everything belongs to while no accounts are given.
inline constexpr std::string_view default_account = "000000000000";

struct Credential {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty: a long-term key
  std::string account;        // twelve digits
};

class Accounts {
 public:
  // {"credentials":[{"access_key_id","secret_access_key","session_token"?,"account"?}]}; says what is wrong with it.
  static std::expected<void, std::string> check(const nlohmann::json& accounts);
  // Replaces what was known. Only for what check() accepted.
  void apply(const nlohmann::json& accounts);

  bool empty() const { return credentials_.empty(); }
  const Credential* find(std::string_view access_key_id) const;
  // A line a key, secrets as hashes: for a vendor's dump.
  std::string dump() const;

 private:
  std::map<std::string, Credential, std::less<>> credentials_;
};

}  // namespace understudy::aws
