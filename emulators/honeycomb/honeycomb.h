// A stand-in for api.honeycomb.io: OTLP over HTTP and gRPC, and the part of Honeycomb's own API that exists so far.
// What is not built answers as Honeycomb answers an unknown path, with a finding that says so.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::honeycomb {

std::unique_ptr<recording::Vendor> make_vendor();

}  // namespace understudy::honeycomb
