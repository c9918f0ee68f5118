// What lets a browser send to Honeycomb and read its answers. The hosted service's preflight bytes are not known; that
// browsers send OTLP straight to it is. [guess; snapshot: libhoney-js issue 60 for X-Honeycomb-Team]
#pragma once

#include "honeycomb/settings.h"
#include "recording/request.h"

namespace understudy::honeycomb {

// The answer to OPTIONS; no key is asked for.
recording::Reply preflight(const recording::Request& request, const Settings& settings);

// Every HTTP reply carries it, error or not: else a browser hides the 401 and shows only a CORS failure.
// [code: refinery sets it on every reply]
void allow_origin(recording::Reply& reply, const recording::Request& request, const Settings& settings);

}  // namespace understudy::honeycomb
