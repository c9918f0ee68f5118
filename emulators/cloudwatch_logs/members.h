// The members that operations take: their constraints, as the service's model has them, in one table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "aws/constraints.h"

namespace understudy::cloudwatch_logs {

// Lengths count UTF-16 units, as Java's strings do.
struct TextRule {
  std::size_t min = 0;
  std::size_t max = std::numeric_limits<std::size_t>::max();
  std::string_view pattern = {};  // as the error prints it
  bool (*matches)(std::string_view) = nullptr;
  bool is_name = false;  // longer than `max`: a refusal of its own kind
  bool echoed = true;    // whether an error repeats the value
};

bool is_group_name(std::string_view text);
bool is_stream_name(std::string_view text);
bool is_identifier(std::string_view text);
bool is_tag_key(std::string_view text);

// [code: botocore service-2.json]
inline constexpr TextRule group_name{1, 512, "[\\.\\-_/#A-Za-z0-9]+", is_group_name, true, true};
inline constexpr TextRule group_name_part{0, 512, "[\\.\\-_/#A-Za-z0-9]*", is_group_name, true, true};
inline constexpr TextRule group_identifier{1, 2048, "[\\w#+=/:,.@-]*", is_identifier, false, false};
inline constexpr TextRule stream_name{1, 512, "[^:*]*", is_stream_name, true, true};
inline constexpr TextRule resource_arn{1, 1011, "[\\w+=/:,.@-]*", is_identifier, false, true};
inline constexpr TextRule kms_key_id{0, 256};
inline constexpr TextRule page_token{1};
inline constexpr TextRule sequence_token{1};
inline constexpr TextRule filter_pattern{0, 1024};

inline constexpr std::string_view log_group_classes = "STANDARD, INFREQUENT_ACCESS, DELIVERY, ESSENTIALS";
inline constexpr std::string_view stream_orders = "LogStreamName, LastEventTime";

std::size_t utf16_length(std::string_view utf8);
// "UTF-8 text, cut": a value for an error or a finding.
std::string_view cut(std::string_view text, std::size_t bytes);

// Adds what is wrong with a text that was given.
void check_text(aws::Violations& violations, std::string_view name, std::string_view value, const TextRule& rule);

}  // namespace understudy::cloudwatch_logs
