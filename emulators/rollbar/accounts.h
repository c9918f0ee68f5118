// The access tokens and users that a session knows. Without any token, every one is accepted and belongs to project
// "test"; without any user there is one.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::rollbar {

// [docs: Access Tokens]
inline constexpr std::array<std::string_view, 4> known_scopes = {"post_server_item", "post_client_item", "read",
                                                                 "write"};
// The lengths that the service offers, in seconds: a minute to thirty days. [docs: Rate limits]
inline constexpr std::array<std::int64_t, 7> known_windows = {60, 300, 1800, 3600, 86400, 604800, 2592000};

inline constexpr std::string_view default_project = "test";
inline constexpr std::uint64_t account_id = 1;  // there is one account

struct Token {
  std::string name;
  std::string project;
  std::vector<std::string> scopes;
  bool enabled = true;
  bool is_account = false;              // the account's, not a project's
  std::optional<std::int64_t> expires;  // unix seconds [docs: Access Tokens]
  // The token's own limit beside the system's; a count of 0: none. [snapshot: terraform-provider-rollbar, the members
  // of a token] [docs: Rate limits]
  std::int64_t window_seconds = 60;
  std::uint64_t window_count = 0;

  bool is_expired(std::int64_t second) const { return expires && second >= *expires; }
  bool has(std::string_view scope) const;
  std::string scope_list() const;  // "read, write"
};

// [docs: Users]
struct User {
  std::uint64_t id = 0;
  std::string username;
  std::string email;
};

class Accounts {
 public:
  // {"tokens":[{"access_token","scopes":[...],"project"?,"name"?,"enabled"?,"expires"?,"rate_limit_window_size"?,
  // "rate_limit_window_count"?,"account"?}],"users"?:[{"id"?,"username","email"}]}; says what is wrong with it. A user
  // without an id has the number of the place in the list.
  static std::expected<Accounts, std::string> parse(const nlohmann::json& accounts);

  bool empty() const { return tokens_.empty(); }
  const Token* find(std::string_view access_token) const;
  const std::map<std::string, Token, std::less<>>& tokens() const { return tokens_; }
  const User& owner() const { return users_.front(); }  // the first one [guess]
  const std::vector<User>& users() const { return users_; }
  std::string dump() const;  // a line a token, tokens masked, and one a user

 private:
  std::map<std::string, Token, std::less<>> tokens_;
  std::vector<User> users_ = {{1, "test", "test@example.com"}};  // never empty
};

}  // namespace understudy::rollbar
