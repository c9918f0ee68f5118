// A Logs Insights query as the state keeps it: an object of the account.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::cloudwatch_logs {

inline constexpr std::string_view query_kind = "query";

struct QueryDefinition {
  std::string id;
  std::string text;
  std::vector<std::string> groups;
  std::int64_t first_ms = 0;  // both inclusive
  std::int64_t last_ms = 0;
  std::size_t limit = 10'000;
  std::int64_t created_ms = 0;
  bool stopped = false;

  static QueryDefinition parse(std::string_view json);
  std::string json() const;
};

}  // namespace understudy::cloudwatch_logs
