// What is wrong with the key of a request that Honeycomb refuses, in words that help to mend it.
#pragma once

#include <string_view>

#include "recording/finding.h"
#include "recording/request.h"

namespace understudy::honeycomb {

// No key, or an empty one.
recording::Finding diagnose_missing_key(const recording::Request& request);
// A key that no account knows.
recording::Finding diagnose_unknown_key(std::string_view key);

}  // namespace understudy::honeycomb
