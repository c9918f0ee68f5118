#include "aws/hosts.h"

#include <fmt/format.h>

#include "aws/arn.h"

namespace understudy::aws {
namespace {

// The regions of the partitions aws, aws-cn and aws-us-gov. [code: botocore, data/partitions.json]
constexpr std::string_view regions[] = {
    "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
    "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",   "ca-west-1",      "cn-north-1",
    "cn-northwest-1", "eu-central-1",   "eu-central-2",   "eu-north-1",     "eu-south-1",     "eu-south-2",
    "eu-west-1",      "eu-west-2",      "eu-west-3",      "il-central-1",   "me-central-1",   "me-south-1",
    "mx-central-1",   "sa-east-1",      "us-east-1",      "us-east-2",      "us-gov-east-1",  "us-gov-west-1",
    "us-west-1",      "us-west-2",
};

}  // namespace

std::vector<std::string> regional_hosts(std::string_view service) {
  std::vector<std::string> hosts;
  for (const std::string_view region : regions) {
    const std::string_view suffix = partition_of(region) == "aws-cn" ? ".cn" : "";
    hosts.push_back(fmt::format("{}.{}.amazonaws.com{}", service, region, suffix));
  }
  return hosts;
}

}  // namespace understudy::aws
