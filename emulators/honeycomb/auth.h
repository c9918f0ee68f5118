// GET /1/auth: what a key is and may do. Honeycomb's distributions, libhoney and refinery ask it.
#pragma once

#include "honeycomb/accounts.h"
#include "recording/request.h"

namespace understudy::honeycomb {

// `key` is one that the accounts know. [docs: API, GET /1/auth]
recording::Reply describe_key(std::string_view key, const Account& account);
// GET /2/auth: of a management key, "id:secret", in JSON:API. [docs: API]
recording::Reply describe_management_key(std::string_view key, const Account& account);

}  // namespace understudy::honeycomb
