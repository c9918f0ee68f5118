// The shapes of X-Ray's names and ids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::xray {

bool is_entity_id(std::string_view text);  // 16 hexadecimal digits [code: schema]
// "1-<8 hexadecimal digits>-<24>" [docs]; either case [code: schema].
bool is_trace_id(std::string_view text);
// The epoch seconds within a trace id; only of what is_trace_id() accepted.
std::int64_t epoch_of_trace_id(std::string_view trace_id);

// What is wrong with the name of a segment or subsegment, in words: 1 to 200 letters, digits and blanks of any script
// or one of _ . : / % & # = + \ - @ [docs]; the schema's pattern lacks the backslash [code].
std::optional<std::string> wrong_in_name(std::string_view name);

// Letters, digits, underscore [code: schema]; the dot is newly allowed [docs].
bool is_annotation_key(std::string_view key);

// Whether `text` matches a pattern of * (any run) and ? (any one character), letters without case, as the X-Ray SDKs
// match sampling rules [code: aws/aws-xray-sdk-*].
bool matches_wildcard(std::string_view pattern, std::string_view text);

}  // namespace understudy::xray
