#include "xray/traces_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "xray/members.h"
#include "xray/rules.h"

namespace understudy::xray {

// The type of the refusal is the only one that X-Ray has for it [code: API model]; the words are a [guess].
std::expected<Filter, Answer> filter_of(const XrayState& state, const Scope& scope, std::string_view expression,
                                        std::string_view member) {
  const auto refuse = [&](const std::string& reason) {
    return std::unexpected(
        Answer::refusal(invalid_request(fmt::format("Invalid filter expression: {}", reason)),
                        found(id::filter_unreadable, std::string(member), fmt::format("{}; {}", reason, expression))));
  };
  auto parsed = parse_filter(expression);
  if (!parsed) return refuse(parsed.error().text());
  auto replaced = with_groups(std::move(*parsed), [&](FilterKeyword by, std::string_view named) {
    const auto& groups = state.region(scope).groups;
    const auto known = std::ranges::find_if(groups, [&](const Group& group) {
      return named == (by == FilterKeyword::group_name ? group.name : group.arn);
    });
    if (known != groups.end()) return std::optional(known->filter);
    return named == default_name ? std::optional(std::string()) : std::nullopt;
  });
  if (!replaced) return refuse(replaced.error());
  return std::move(*replaced);
}

Answer refuse_token(std::string_view token) {
  return Answer::refusal(invalid_request("Invalid NextToken"), found(id::token_unknown, "NextToken", token));
}

}  // namespace understudy::xray
