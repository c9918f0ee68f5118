#include "aws/authorization.h"

#include <fmt/format.h>

#include <array>

#include "base/bytes.h"

namespace understudy::aws {
namespace {

using std::string_view_literals::operator""sv;

constexpr auto algorithm = "AWS4-HMAC-SHA256"sv;

std::unexpected<MalformedAuthorization> malformed(std::string message) {
  return std::unexpected(MalformedAuthorization{std::move(message)});
}

// The five parts of "keyid/date/region/service/term"; false if there are more or fewer.
bool split_scope(std::string_view credential, Authorization& into) {
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto slash = credential.find('/');
    const bool last = i + 1 == parts.size();
    if ((slash == std::string_view::npos) != last) return false;
    parts[i] = credential.substr(0, slash);
    if (parts[i].empty()) return false;
    if (!last) credential.remove_prefix(slash + 1);
  }
  into.access_key_id = parts[0];
  into.date = parts[1];
  into.region = parts[2];
  into.service = parts[3];
  into.terminator = parts[4];
  return true;
}

}  // namespace

// Texts from memory of the real service, as its front words them [guess].
std::expected<Authorization, MalformedAuthorization> parse_authorization(std::string_view header) {
  auto rest = trim(header);
  const auto blank = rest.find(' ');
  if (rest.substr(0, blank) != algorithm) {
    return malformed(fmt::format("'{}' not a valid key=value pair (missing equal-sign) in Authorization header: '{}'.",
                                 rest.substr(0, blank), header));
  }
  rest = blank == std::string_view::npos ? ""sv : rest.substr(blank + 1);

  Authorization parsed;
  std::string_view credential;
  while (!(rest = trim(rest)).empty()) {
    const auto comma = rest.find(',');
    const auto part = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? ""sv : rest.substr(comma + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      return malformed(fmt::format(
          "'{}' not a valid key=value pair (missing equal-sign) in Authorization header: '{}'.", part, header));
    }
    const auto name = part.substr(0, equals);
    const auto value = part.substr(equals + 1);
    if (name == "Credential") credential = value;
    if (name == "SignedHeaders") parsed.signed_headers = value;
    if (name == "Signature") parsed.signature = value;
  }

  std::string missing;
  if (credential.empty()) missing += "Authorization header requires 'Credential' parameter. ";
  if (parsed.signature.empty()) missing += "Authorization header requires 'Signature' parameter. ";
  if (parsed.signed_headers.empty()) missing += "Authorization header requires 'SignedHeaders' parameter. ";
  if (!missing.empty()) return malformed(missing + fmt::format("Authorization={}", header));
  if (!split_scope(credential, parsed)) {
    return malformed(fmt::format(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{}'",
        credential));
  }
  return parsed;
}

Authorization authorization_of(const recording::Request& request) {
  const auto header = request.header("authorization");
  return header ? parse_authorization(*header).value_or(Authorization{}) : Authorization{};
}

}  // namespace understudy::aws
