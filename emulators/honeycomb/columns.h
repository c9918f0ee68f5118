// /1/columns/{dataset}: what data and calls made. [docs: API, columns]
//
// A column comes to be with the first event that has it, and events are looked at only when somebody asks. So what
// changes a column is decided without knowing which ones the data made: a second POST of such a column is a 201, where
// Honeycomb says 409, and a DELETE of an id that no column has is a 204.
#pragma once

#include "honeycomb/query_call.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

recording::Decision list_columns(const Call& call);  // with ?key_name= the one of that name
recording::Decision create_column(const Call& call);
recording::Decision get_column(const Call& call);
recording::Decision update_column(const Call& call);
recording::Decision delete_column(const Call& call);

}  // namespace understudy::honeycomb
