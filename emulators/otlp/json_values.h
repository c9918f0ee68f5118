// One JSON value as one protobuf scalar. For json.cpp only: brings simdjson.
#pragma once

#include <simdjson.h>

#include <expected>
#include <string>
#include <string_view>

#include "otlp/schema.h"
#include "otlp/wire_writer.h"

namespace understudy::otlp {

// "a string", "an object", ...
std::string_view kind_of(simdjson::dom::element value);

// The error is the reason.
std::expected<Scalar, std::string> read_scalar(const Field& field, simdjson::dom::element value);

}  // namespace understudy::otlp
