// The spans of an exchange, by whichever way they came: the OTLP endpoint, or the second dialect of datagrams.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "recording/entry.h"
#include "xray/datagram.h"

namespace understudy::xray {

// The export request behind the base64 of a datagram; the error says what is wrong with it.
std::expected<std::string, std::string> export_request(const OtlpBody& otlp);

// The items of an entry that X-Ray took: kind "span" or "metric" with the fields of otlp/decode.h; of datagrams also
// "sampled". Nothing of an entry that brought none.
using TakeItem = std::function<void(std::string_view kind, nlohmann::ordered_json&& fields)>;
void otlp_items(const recording::Entry& entry, const TakeItem& take);

}  // namespace understudy::xray
