#include "rollbar/findings.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "recording/record.h"
#include "rollbar/record_members.h"
#include "rollbar/rules.h"
#include "rollbar/secrets.h"
#include "rollbar/trends.h"

namespace understudy::rollbar {

namespace {

using nlohmann::ordered_json;

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

// "0.16.3" -> {0, 16}
std::pair<int, int> version_of(std::string_view text) {
  int major = 0, minor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), major);
  if (error == std::errc() && end != text.data() + text.size()) {
    std::from_chars(end + 1, text.data() + text.size(), minor);
  }
  return {major, minor};
}

class Deriver final : public recording::Vendor::Deriver {
 public:
  void add(const recording::Record& record) override {
    if (record.kind == "deploy") trends_.add_deploy(record.fields);
    if (record.kind != "item") return;
    entry_ = record.entry;
    user_ip(record.fields);
    missing_request(record.fields);
    failsafe(record.fields);
    client_limit(record.fields);
    for (const auto& [name, value] : record.fields.items()) {
      if (name != "access_token") secrets("data." + name, is_secret_name(name), value);
    }
    trends_.add(record.fields, record.entry);
  }

  DerivedFindings findings() const override {
    DerivedFindings all = found_;
    trends_.add_to(all);
    return all;
  }

 private:
  void note(std::string_view rule, std::string place, std::string detail) {
    found_.push_back({finding(rule, std::move(place), std::move(detail)), entry_});
  }

  void user_ip(const ordered_json& data) {
    const std::string address = text_of(member_of(member_of(&data, "request"), "user_ip"));
    const bool is_placeholder = address.starts_with("$remote_ip");  // replaced by the service
    if (!address.empty() && !is_placeholder && !is_ipv4(address)) note(rule::item_user_ip, "data.request.user_ip", "");
  }

  // data.context, the rule of the URL, tells that there was a request.
  void missing_request(const ordered_json& data) {
    const ordered_json* notifier = member_of(&data, "notifier");
    const ordered_json* body = member_of(&data, "body");
    const bool is_exception = member_of(body, "trace") != nullptr || member_of(body, "trace_chain") != nullptr;
    const std::string version = text_of(member_of(notifier, "version"));
    if (is_exception && text_of(member_of(notifier, "name")) == "pyrollbar" &&
        text_of(member_of(&data, "framework")) == "flask" && data.contains("context") && !data.contains("request") &&
        !version.empty() && version_of(version) < std::pair(0, 17)) {
      note(rule::item_no_request, "data.request", "pyrollbar " + version);
    }
  }

  void failsafe(const ordered_json& data) {
    const ordered_json* flag = member_of(&data, "failsafe");
    if (flag == nullptr || !flag->is_boolean() || !flag->get<bool>()) return;
    note(rule::item_failsafe, "data.failsafe", text_of(member_of(member_of(&data, "custom"), "orig_uuid")));
  }

  // rollbar.js stops by itself and says so in one item. [code: rollbar.js 3, rateLimiter.js]
  void client_limit(const ordered_json& data) {
    const std::string text = text_of(member_of(member_of(member_of(&data, "body"), "message"), "body"));
    if (text.starts_with("item per minute limit reached") || text.starts_with("maxItems has been hit")) {
      note(rule::item_client_limit, "data.body.message.body", text);
    }
  }

  // A value is judged by its key's name and by those around it (rollbar-gem sends cookies and session as objects); a
  // text by what it holds. Values are never told.
  void secrets(const std::string& place, bool is_named, const ordered_json& value) {
    if (value.is_object()) {
      for (const auto& [name, inner] : value.items()) {
        secrets(fmt::format("{}.{}", place, name), is_named || is_secret_name(name), inner);
      }
      return;
    }
    if (value.is_array()) {
      std::size_t index = 0;
      for (const ordered_json& inner : value) secrets(fmt::format("{}[{}]", place, index++), is_named, inner);
      return;
    }
    if (!value.is_string()) {
      if (value.is_number() && is_named) note(rule::secret_name, place, "a number");
      return;
    }
    const auto& text = value.get_ref<const std::string&>();
    if (text.empty() || is_mask(text)) return;
    if (is_named) {
      note(rule::secret_name, place, "a text");
    } else if (const std::string_view kind = credential_in(text); !kind.empty()) {
      note(rule::secret_text, place, std::string(kind));
    }
  }

  std::uint64_t entry_ = 0;
  DerivedFindings found_;
  Trends trends_;
};

}  // namespace

std::unique_ptr<recording::Vendor::Deriver> make_deriver() { return std::make_unique<Deriver>(); }

}  // namespace understudy::rollbar
