// GET /1/auth: what a key is and may do. Honeycomb's distributions, libhoney and refinery ask it.
#pragma once

#include "honeycomb/accounts.h"
#include "recording/request.h"

namespace understudy::honeycomb {

// [docs: API, GET /1/auth] `key` is one that the accounts know.
recording::Reply describe_key(std::string_view key, const Account& account);

}  // namespace understudy::honeycomb
