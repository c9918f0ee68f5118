// Why a signature does not match: which part of the request the client signed in another form.
#pragma once

#include <string>
#include <string_view>

#include "aws/authorization.h"
#include "recording/request.h"

namespace understudy::aws {

// Tries what usually goes wrong between signing and arrival, one at a time, and says which of them makes the signature
// match: "the header host was signed as '127.0.0.1'". If none does, says so, with the canonical request as it was built
// here (the session token masked). Costs a signature a try: for requests that are refused.
std::string explain_mismatch(const recording::Request& request, const Authorization& authorization,
                             std::string_view date, std::string_view secret);

}  // namespace understudy::aws
