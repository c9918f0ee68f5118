// The host names of AWS services.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace understudy::aws {

// "SERVICE.REGION.amazonaws.com" in every public region, and the same in China's partition.
std::vector<std::string> regional_hosts(std::string_view service);

}  // namespace understudy::aws
