#include "rollbar/accounts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

using nlohmann::json;

std::string take_scopes(Token& token, const json& value) {
  if (!value.is_array() || value.empty()) return "a list of scopes is wanted";
  for (const json& scope : value) {
    if (!scope.is_string()) return "a scope is a string";
    const auto name = scope.get<std::string>();
    if (std::find(std::begin(known_scopes), std::end(known_scopes), name) == std::end(known_scopes)) {
      return fmt::format("\"{}\" is no scope; they are {}", name, fmt::join(known_scopes, ", "));
    }
    token.scopes.push_back(name);
  }
  return {};
}

std::string take_number(Token& token, const std::string& name, const json& value) {
  if (!value.is_number_integer() || value < 0) return "a whole number that is not negative is wanted";
  if (name == "expires") token.expires = value.get<std::int64_t>();
  if (name == "rate_limit_window_count") token.window_count = value;
  if (name != "rate_limit_window_size") return {};
  token.window_seconds = value;
  const bool is_known = std::ranges::find(known_windows, token.window_seconds) != std::end(known_windows);
  return is_known ? std::string() : fmt::format("it is one of {} seconds", fmt::join(known_windows, ", "));
}

// The error, or nothing.
std::string take(std::string& access_token, Token& token, const std::string& name, const json& value) {
  if (name == "scopes") return take_scopes(token, value);
  if (name == "enabled" || name == "account") {
    if (!value.is_boolean()) return "true or false is wanted";
    (name == "enabled" ? token.enabled : token.is_account) = value.get<bool>();
    return {};
  }
  if (name == "expires" || name == "rate_limit_window_size" || name == "rate_limit_window_count") {
    return take_number(token, name, value);
  }
  std::string* const text = name == "access_token" ? &access_token
                            : name == "project"    ? &token.project
                            : name == "name"       ? &token.name
                                                   : nullptr;
  if (text == nullptr) {
    return "no such member; they are access_token, scopes, project, name, enabled, expires, rate_limit_window_size, "
           "rate_limit_window_count, account";
  }
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) return "a string that is not empty is wanted";
  *text = value;
  return {};
}

std::string take(User& user, const std::string& name, const json& value) {
  if (name == "id") {
    if (!value.is_number_integer() || value <= 0) return "a whole number above 0 is wanted";
    user.id = value;
    return {};
  }
  if (name != "username" && name != "email") return "no such member; they are id, username, email";
  if (!value.is_string() || value.get_ref<const std::string&>().empty()) return "a string that is not empty is wanted";
  (name == "username" ? user.username : user.email) = value;
  return {};
}

std::expected<std::vector<User>, std::string> users_of(const json& rows) {
  if (!rows.is_array() || rows.empty()) return std::unexpected("users: a list of at least one user is wanted");
  std::vector<User> users;
  for (const json& row : rows) {
    const std::string place = fmt::format("users[{}]", users.size());
    if (!row.is_object()) return std::unexpected(place + ": an object is wanted");
    User user{users.size() + 1, {}, {}};
    for (const auto& [name, value] : row.items()) {
      if (const std::string error = take(user, name, value); !error.empty()) {
        return std::unexpected(fmt::format("{}.{}: {}", place, name, error));
      }
    }
    if (user.username.empty()) return std::unexpected(place + ": username is missing");
    if (user.email.empty()) return std::unexpected(place + ": email is missing");
    for (const User& other : users) {
      const char* const same = user.id == other.id               ? "id"
                               : user.username == other.username ? "username"
                               : user.email == other.email       ? "email"
                                                                 : nullptr;
      if (same != nullptr) return std::unexpected(fmt::format("{}: this {} stands in the list twice", place, same));
    }
    users.push_back(std::move(user));
  }
  return users;
}

}  // namespace

bool Token::has(std::string_view scope) const { return std::find(scopes.begin(), scopes.end(), scope) != scopes.end(); }

std::string Token::scope_list() const { return fmt::format("{}", fmt::join(scopes, ", ")); }

std::expected<Accounts, std::string> Accounts::parse(const json& accounts) {
  const bool has_users = accounts.is_object() && accounts.contains("users");
  if (!accounts.is_object() || accounts.size() != (has_users ? 2 : 1) || !accounts.contains("tokens") ||
      !accounts["tokens"].is_array()) {
    return std::unexpected(
        "an object with the member \"tokens\", a list, is wanted, and beside it \"users\" may stand");
  }
  Accounts parsed;
  if (has_users) {
    auto users = users_of(accounts["users"]);
    if (!users) return std::unexpected(users.error());
    parsed.users_ = std::move(*users);
  }
  std::size_t index = 0;
  for (const json& row : accounts["tokens"]) {
    const std::string place = fmt::format("tokens[{}]", index++);
    if (!row.is_object()) return std::unexpected(place + ": an object is wanted");
    std::string access_token;
    Token token;
    token.project = default_project;
    for (const auto& [name, value] : row.items()) {
      if (const std::string error = take(access_token, token, name, value); !error.empty()) {
        return std::unexpected(fmt::format("{}.{}: {}", place, name, error));
      }
    }
    if (access_token.empty()) return std::unexpected(place + ": access_token is missing");
    if (token.scopes.empty()) return std::unexpected(place + ": scopes is missing");
    if (!parsed.tokens_.emplace(access_token, std::move(token)).second) {
      return std::unexpected(place + ": this access_token stands in the list twice");
    }
  }
  return parsed;
}

const Token* Accounts::find(std::string_view access_token) const {
  const auto found = tokens_.find(access_token);
  return found == tokens_.end() ? nullptr : &found->second;
}

std::string Accounts::dump() const {
  std::string text;
  for (const auto& [access_token, token] : tokens_) {
    text += fmt::format("token {} {:016x}: {} {}, scopes {}, {}, expires {}, {} calls in {} s\n", masked(access_token),
                        fingerprint(access_token), token.is_account ? "account beside" : "project", token.project,
                        token.scope_list(), token.enabled ? "enabled" : "disabled", token.expires.value_or(0),
                        token.window_count, token.window_seconds);
  }
  for (const User& user : users_) text += fmt::format("user {}: {} {}\n", user.id, user.username, user.email);
  return text;
}

}  // namespace understudy::rollbar
