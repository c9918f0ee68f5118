// POST /api/1/item/: the steps in the order in which the service takes them.
//
// Size, JSON, token, its scope, rate limit, schema, uuid. A recorded refusal of a token for a payload without body and
// environment shows that token and scope come before the schema [snapshot: rollbar.js #322]; the rest of the order is
// ours [guess].
#pragma once

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

recording::Decision decide_item(const State& state, const recording::Request& request,
                                const recording::Context& context);
// POST /api/1/item_batch/: a list of whole payloads, of which the first brings the token. [code: rollbar-php
// before 1.0] One call of the rate limit, refused as a whole where one of its items is, so that what is acknowledged is
// kept [guess].
recording::Decision decide_batch(const State& state, const recording::Request& request,
                                 const recording::Context& context);

}  // namespace understudy::rollbar
