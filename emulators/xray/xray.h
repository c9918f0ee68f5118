// A stand-in for the AWS X-Ray daemon (UDP intake and TCP proxy on one number) and for the X-Ray API.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::xray {

std::unique_ptr<recording::Vendor> make_vendor();

}  // namespace understudy::xray
