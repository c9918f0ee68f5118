// What derive.cpp is made of: each part sees every record and has findings of its own.
#pragma once

#include <memory>

#include "recording/vendor.h"

namespace understudy::xray {

using Deriver = recording::Vendor::Deriver;

// Whether sampling was what the rules ask for, and what is peculiar about the SDK that did it. derive_sampling.cpp
std::unique_ptr<Deriver> make_sampling_deriver();
// Traces that responses of the backend promised; datagrams that the kernel dropped. derive_driven.cpp
std::unique_ptr<Deriver> make_driven_deriver();
// Documents that came twice, parents in a circle. derive_traces.cpp
std::unique_ptr<Deriver> make_trace_deriver();

}  // namespace understudy::xray
