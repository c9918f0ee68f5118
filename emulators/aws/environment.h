// What the AWS SDKs read from their environment: credentials and region that they refuse to start without, and where
// every AWS API is.
#pragma once

#include <string_view>

#include "recording/vendor.h"

namespace understudy::aws {

// The door that all AWS APIs share. Each vendor behind it lists it among its doors.
inline constexpr std::string_view door_name = "aws";
inline constexpr recording::Door door{door_name, 4566, true, false, std::size_t{16} << 20};

// AWS_ENDPOINT_URL, keys and region; the same for every vendor on the door. AWS_DEFAULT_REGION is what boto3 and the
// CLI read, AWS_REGION what the others read [run].
recording::Environment client_environment(std::string_view url);

}  // namespace understudy::aws
