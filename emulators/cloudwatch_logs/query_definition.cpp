#include "cloudwatch_logs/query_definition.h"

#include <nlohmann/json.hpp>

namespace understudy::cloudwatch_logs {

using nlohmann::json;

QueryDefinition QueryDefinition::parse(std::string_view text) {
  QueryDefinition query;
  const auto kept = json::parse(text, nullptr, false);
  if (!kept.is_object()) return query;
  query.id = kept.value("id", "");
  query.text = kept.value("text", "");
  query.groups = kept.value("groups", std::vector<std::string>());
  query.first_ms = kept.value("first_ms", std::int64_t{0});
  query.last_ms = kept.value("last_ms", std::int64_t{0});
  query.limit = kept.value("limit", query.limit);
  query.created_ms = kept.value("created_ms", std::int64_t{0});
  query.stopped = kept.value("stopped", false);
  return query;
}

std::string QueryDefinition::json() const {
  const nlohmann::json kept = {
      {"id", id},           {"text", text},   {"groups", groups},         {"first_ms", first_ms},
      {"last_ms", last_ms}, {"limit", limit}, {"created_ms", created_ms}, {"stopped", stopped}};
  return kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace understudy::cloudwatch_logs
