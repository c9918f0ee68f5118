// The CloudWatch Logs room: what the program includes of it.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::cloudwatch_logs {

// On the "aws" door this vendor claims everything, STS and calls of services that nobody has included, and answers
// those as AWS answers an unknown operation. So the program lists it behind the others of that door.
std::unique_ptr<recording::Vendor> make_vendor();

}  // namespace understudy::cloudwatch_logs
