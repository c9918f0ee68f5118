// Who sends: the key of a request, and what it says about the dataset.
#pragma once

#include <string_view>

#include "honeycomb/datasets.h"
#include "honeycomb/state.h"
#include "recording/finding.h"
#include "recording/request.h"

namespace understudy::honeycomb {

struct KeyHeader {
  std::string_view key;  // empty: none, or an empty one
  bool alias = false;    // it came in x-hny-team [code: refinery] [guess: API]
};

// The first x-honeycomb-team counts. [code: husky otlp/common.go]
KeyHeader key_of(const recording::Request& request);
// The account of that key; null: it is not known, or not where the request went to: each region has its own keys.
const Account* account_of(const HoneycombState& state, const recording::Request& request);
// Of a key that account_of does not know.
recording::Finding diagnose_key(const HoneycombState& state, const recording::Request& request);
Address address_of(const recording::Request& request, Translator translator);

}  // namespace understudy::honeycomb
