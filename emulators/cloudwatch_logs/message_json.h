// A message as JSON. Includes simdjson: for .cpp files only.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"

namespace understudy::cloudwatch_logs {

// Nothing where the message is no JSON object. What is read lives until the thread's next call.
inline std::optional<simdjson::dom::element> read_object(std::string_view message) {
  const auto start = message.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || message[start] != '{') return std::nullopt;
  thread_local JsonReader reader;
  const auto root = reader.read(message);
  if (!root) return std::nullopt;
  return *root;
}

}  // namespace understudy::cloudwatch_logs
