// The one operation of STS that SDK users meet beside their logs: GetCallerIdentity, in the query protocol with XML.
#pragma once

#include <string_view>

#include "aws/accounts.h"
#include "recording/request.h"
#include "recording/vendor.h"

namespace understudy::aws {

// Whether a request speaks to STS: by its credential scope, or by a form body with an Action.
bool is_sts(const recording::Request& request);

// `vendor` owns the findings: those of authentication, and "<vendor>.sts.not-built" for every other action.
recording::Decision answer_sts(const recording::Request& request, const Accounts& accounts,
                               const recording::Context& context, std::string_view vendor);

}  // namespace understudy::aws
