#include "rollbar/members.h"

#include <fmt/format.h>

namespace understudy::rollbar {

namespace {

std::string version_text(const MaybeElement& value) {
  if (!value) return {};
  if (value->is_string()) return std::string(text_of(value));
  std::int64_t number = 0;
  return value->get_int64().get(number) == simdjson::SUCCESS ? fmt::to_string(number) : std::string();
}

}  // namespace

std::string code_version_of(const MaybeElement& data) {
  std::string version = version_text(member_of(data, "code_version"));
  if (version.empty())
    version = version_text(member_of(member_of(member_of(data, "client"), "javascript"), "code_version"));
  return version.empty() ? version_text(member_of(member_of(data, "server"), "code_version")) : version;
}

}  // namespace understudy::rollbar
