// A query's result: what its specification says of the events that came before it was made.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "honeycomb/query_index.h"
#include "honeycomb/query_state.h"
#include "honeycomb/worked_out.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

inline constexpr std::uint32_t most_rows = 10'000;  // of a result without series [docs: query data API]

// All that a result is made of, kept until somebody asks.
struct AskedResult {
  std::string environment;
  std::string dataset;  // empty: all
  std::string id;
  std::string query_id;
  std::string specification;  // JSON, and so are the links
  std::string links;
  StoredResult result;
  std::vector<CalculatedField> derived_columns = {};
};

recording::Answer evaluate(const AskedResult& asked, QueryIndex& index);

// The query as the API shows it.
nlohmann::ordered_json query_with_id(std::string_view id, const std::string& specification);

}  // namespace understudy::honeycomb
