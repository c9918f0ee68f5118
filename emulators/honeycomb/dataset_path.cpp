#include "honeycomb/dataset_path.h"

#include <string>

#include "base/ascii.h"
#include "honeycomb/query_call.h"

namespace understudy::honeycomb {

const Dataset* dataset_of_path(const HoneycombState& state, std::string_view environment, std::string_view segment) {
  if (const Dataset* named = state.find_dataset(environment, segment)) return named;
  const std::string wanted = lower_case(segment);
  for (const Dataset* dataset : state.datasets(environment)) {
    if (slug_of(dataset->name) == wanted) return dataset;
  }
  return nullptr;
}

}  // namespace understudy::honeycomb
