// What derive.cpp is made of: each part sees every record and has findings of its own.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "recording/vendor.h"

namespace understudy::xray {

using Deriver = recording::Vendor::Deriver;

// Of a record about a rule or a group, which says its name or its ARN.
std::string named_rule(const nlohmann::ordered_json& fields);
std::string named_group(const nlohmann::ordered_json& fields);

// Whether sampling was what the rules ask for, and what is peculiar about the SDK that did it. derive_sampling.cpp
std::unique_ptr<Deriver> make_sampling_deriver();
// Traces that responses of the backend promised; datagrams that the kernel dropped. derive_driven.cpp
std::unique_ptr<Deriver> make_driven_deriver();
// Documents that came twice, parents in a circle. derive_traces.cpp
std::unique_ptr<Deriver> make_trace_deriver();

}  // namespace understudy::xray
