// /1/columns/{dataset}: what data and calls made. [docs: API, columns]
//
// All of it is answered over the index; column_changes.h says how a change is kept.
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
