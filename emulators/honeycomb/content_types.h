// The content types that are OTLP to Honeycomb: compared as a whole and with case. [code: husky otlp/common.go]
#pragma once

#include <optional>
#include <string_view>

#include "honeycomb/replies.h"
#include "recording/finding.h"
#include "recording/request.h"

namespace understudy::honeycomb {

// Nothing if Honeycomb does not take it. gRPC is always protobuf.
std::optional<Speech> speech_of(const recording::Request& request);
// Why it does not.
recording::Finding diagnose_content_type(std::string_view content_type);

}  // namespace understudy::honeycomb
