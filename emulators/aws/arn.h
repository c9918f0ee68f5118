// Amazon resource names and region names.
#pragma once

#include <string>
#include <string_view>

namespace understudy::aws {

// "aws", "aws-cn" or "aws-us-gov", by the region's prefix.
std::string_view partition_of(std::string_view region);

// "arn:aws:logs:eu-west-1:000000000000:log-group:cruddur"; `resource` is everything after the account.
std::string arn(std::string_view service, std::string_view region, std::string_view account, std::string_view resource);

// Whether AWS could have a region of that name: "ca-central-1" yes, "can-central-1" and "us-east-1a" no.
bool looks_like_region(std::string_view region);

}  // namespace understudy::aws
