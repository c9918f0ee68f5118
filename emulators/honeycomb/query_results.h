// /1/queries and /1/query_results: what is asked, and its answers. [docs: API, queries, query data]
#pragma once

#include "honeycomb/query_call.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

recording::Decision create_query(const Call& call);
recording::Decision get_query(const Call& call);
// A result is a promise: it is worked out over the events of before its making when somebody asks for it.
recording::Decision create_result(const Call& call);
recording::Decision get_result(const Call& call);

}  // namespace understudy::honeycomb
