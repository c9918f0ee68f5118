// Sampling rules as JSON, in the shape that the samplers of every SDK accept.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "xray/state.h"

namespace understudy::xray {

// nlohmann::json writes members in alphabetical order, as the service does [snapshot]. Integers stay integers: Go
// refuses a Priority of 1.0 [code]; rates and times are doubles.
nlohmann::json rule_to_json(const SamplingRule& rule, const Scope& scope);
// With CreatedAt and ModifiedAt, without which OpenTelemetry's Java sampler drops the whole answer [code].
nlohmann::json record_to_json(const SamplingRule& rule, const Scope& scope);
// Of what rule_to_json() made; times are not part of it.
SamplingRule rule_from_json(const nlohmann::json& rule);

std::int64_t whole_seconds(std::int64_t ns);

// How much of a rule's reservoir one of its clients may use a second.
std::int64_t quota_of(const SamplingRule& rule, std::size_t clients);

}  // namespace understudy::xray
