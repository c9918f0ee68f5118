// What a log transformer makes of a message: its processors, one after the other, on a JSON object.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::cloudwatch_logs {

// What is wrong with the processors of a configuration that the service's model accepts, without its nulls.
struct TransformerFault {
  std::string place;   // "transformerConfig[1].grok"
  std::string reason;  // for the error's text
  bool not_built = false;
};
std::optional<TransformerFault> fault_of_transformer(const nlohmann::json& configuration);

// Where an event comes from: copyValue reads it as @logGroupName and its like.
struct EventOrigin {
  std::string group;
  std::string stream;
  std::string account;
  std::string region;
};

// Nothing where a parser cannot read the message. Only for configurations without a fault.
std::optional<std::string> transformed(const nlohmann::json& configuration, std::string_view message,
                                       const EventOrigin& origin);

}  // namespace understudy::cloudwatch_logs
