// /1/datasets: which there are, and what is said about them. [docs: API, datasets]
#pragma once

#include "honeycomb/query_call.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

recording::Decision list_datasets(const Call& call);
recording::Decision create_dataset(const Call& call);
recording::Decision get_dataset(const Call& call);
recording::Decision update_dataset(const Call& call);
recording::Decision delete_dataset(const Call& call);

}  // namespace understudy::honeycomb
