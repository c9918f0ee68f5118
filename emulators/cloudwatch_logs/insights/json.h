// The fields that Logs Insights discovers in messages: members of JSON by dotted path, and those of Lambda's own lines.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cloudwatch_logs/insights/value.h"

namespace understudy::cloudwatch_logs::insights {

// The values of the named fields, in their order; missing where the message has none.
std::vector<Value> discover(std::string_view message, std::span<const std::string> names);
// Every field of a message, up to the 200 that the service extracts.
void for_each_discovered(std::string_view message,
                         const std::function<void(std::string_view name, const Value& value)>& visit);

bool is_json(std::string_view text);
// What a dotted path leads to in a JSON text: scalars as values, the rest as JSON text.
Value at_path(std::string_view json, std::string_view path);
// The items of a JSON array; a text that is none is the only item.
std::vector<Value> items_of(std::string_view json);

}  // namespace understudy::cloudwatch_logs::insights
