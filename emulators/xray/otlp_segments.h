// OTLP spans as segment documents, by the translation rules of the collector's awsxrayexporter
// [code: collector-contrib exporter/awsxrayexporter]: what X-Ray shows of spans.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

namespace understudy::xray {

// `span` is one of otlp/decode.h. One document; of a root CLIENT, PRODUCER or CONSUMER two: the service's segment, and
// the call as a subsegment of it.
std::vector<nlohmann::ordered_json> documents_of_span(const nlohmann::ordered_json& span);

}  // namespace understudy::xray
