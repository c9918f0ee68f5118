#include "aws/arn.h"

#include <fmt/format.h>

#include <algorithm>

namespace understudy::aws {

std::string_view partition_of(std::string_view region) {
  if (region.starts_with("cn-")) return "aws-cn";
  if (region.starts_with("us-gov-")) return "aws-us-gov";
  return "aws";
}

std::string arn(std::string_view service, std::string_view region, std::string_view account,
                std::string_view resource) {
  return fmt::format("arn:{}:{}:{}:{}:{}", partition_of(region), service, region, account, resource);
}

// The region patterns of the SDKs' partitions.json: (us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+ and the like, with the
// second part held to the words that exist [code: botocore].
bool looks_like_region(std::string_view region) {
  static constexpr std::string_view areas[] = {"us-gov", "us-isob", "us-isof", "us-iso", "eu-isoe", "eusc-de",
                                               "us",     "eu",      "ap",      "sa",     "ca",      "me",
                                               "af",     "il",      "mx",      "cn"};
  static constexpr std::string_view parts[] = {"north",     "south",     "east",      "west",     "central",
                                               "northeast", "northwest", "southeast", "southwest"};
  for (const auto area : areas) {
    if (!region.starts_with(area) || region.size() <= area.size() || region[area.size()] != '-') continue;
    const auto rest = region.substr(area.size() + 1);
    const auto dash = rest.find('-');
    if (dash == std::string_view::npos || std::ranges::find(parts, rest.substr(0, dash)) == std::end(parts)) continue;
    const auto number = rest.substr(dash + 1);
    return !number.empty() && number.size() <= 2 && number.find_first_not_of("0123456789") == std::string_view::npos;
  }
  return false;
}

}  // namespace understudy::aws
