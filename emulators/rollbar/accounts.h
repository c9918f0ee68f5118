// The access tokens that a session knows. Without any, every token is accepted and belongs to project "test".
#pragma once

#include <expected>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::rollbar {

inline constexpr std::string_view default_project = "test";

struct Token {
  std::string name;
  std::string project;
  std::vector<std::string> scopes;
  bool enabled = true;

  bool has(std::string_view scope) const;
  std::string scope_list() const;  // "read, write"
};

class Accounts {
 public:
  // {"tokens":[{"access_token","scopes":[...],"project"?,"name"?,"enabled"?}]}; says what is wrong with it.
  static std::expected<Accounts, std::string> parse(const nlohmann::json& accounts);

  bool empty() const { return tokens_.empty(); }
  const Token* find(std::string_view access_token) const;
  std::string dump() const;  // a line a token, tokens masked

 private:
  std::map<std::string, Token, std::less<>> tokens_;
};

}  // namespace understudy::rollbar
