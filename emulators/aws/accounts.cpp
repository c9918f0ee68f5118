#include "aws/accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "aws/sigv4.h"
#include "base/sha256.h"

namespace understudy::aws {
namespace {

using std::string_view_literals::operator""sv;

std::unexpected<std::string> wrong(std::string message) { return std::unexpected(std::move(message)); }

std::expected<void, std::string> check_credential(const nlohmann::json& credential, std::string_view place) {
  if (!credential.is_object()) return wrong(fmt::format("{} is not an object", place));
  for (const auto& [name, value] : credential.items()) {
    static constexpr std::string_view known[] = {"access_key_id", "secret_access_key", "session_token", "account"};
    if (std::ranges::find(known, name) == std::end(known)) {
      return wrong(fmt::format("{}.{} is no member; known are access_key_id, secret_access_key, session_token, account",
                               place, name));
    }
    if (!value.is_string()) return wrong(fmt::format("{}.{} is not a string", place, name));
  }
  for (const auto name : {"access_key_id"sv, "secret_access_key"sv}) {
    if (credential.value(name, "").empty()) return wrong(fmt::format("{}.{} is missing or empty", place, name));
  }
  const auto account = credential.value("account", std::string(default_account));
  if (account.size() != 12 || account.find_first_not_of("0123456789") != std::string::npos) {
    return wrong(fmt::format("{}.account is '{}', not twelve digits", place, account));
  }
  return {};
}

}  // namespace

std::expected<void, std::string> Accounts::check(const nlohmann::json& accounts) {
  if (!accounts.is_object()) return wrong("the accounts are not an object");
  for (const auto& [name, value] : accounts.items()) {
    if (name != "credentials") return wrong(fmt::format("{} is no member; known is credentials", name));
  }
  if (!accounts.contains("credentials")) return {};
  const auto& credentials = accounts["credentials"];
  if (!credentials.is_array()) return wrong("credentials is not an array");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < credentials.size(); ++i) {
    const auto place = fmt::format("credentials[{}]", i);
    if (auto checked = check_credential(credentials[i], place); !checked) return checked;
    const auto id = credentials[i]["access_key_id"].get<std::string>();
    if (!seen.insert(id).second) return wrong(fmt::format("{}.access_key_id '{}' is given twice", place, id));
  }
  return {};
}

void Accounts::apply(const nlohmann::json& accounts) {
  credentials_.clear();
  if (!accounts.is_object() || !accounts.contains("credentials")) return;
  for (const auto& given : accounts["credentials"]) {
    Credential credential{given.value("access_key_id", ""), given.value("secret_access_key", ""),
                          given.value("session_token", ""), given.value("account", std::string(default_account))};
    credentials_.emplace(credential.access_key_id, credential);
  }
}

const Credential* Accounts::find(std::string_view access_key_id) const {
  const auto found = credentials_.find(access_key_id);
  return found == credentials_.end() ? nullptr : &found->second;
}

std::string Accounts::dump() const {
  std::string text;
  for (const auto& [id, credential] : credentials_) {
    text += fmt::format("credential {} account {} secret sha256 {} session token sha256 {}\n", id, credential.account,
                        sha256_hex(credential.secret_access_key), sha256_hex(credential.session_token));
  }
  return text;
}

}  // namespace understudy::aws
