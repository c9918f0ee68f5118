// Messages of application/vnd.amazon.eventstream: what AWS sends where a reply goes on.
//
// A message: total length and length of the headers (u32 each, big-endian), the CRC-32 of those eight bytes, headers,
// payload, and the CRC-32 of all before [code: botocore/eventstream.py].
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace understudy::aws {

inline constexpr std::string_view event_stream_type = "application/vnd.amazon.eventstream";

using MessageHeaders = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// Names of at most 255 bytes, values of at most 65,535.
void append_message(std::string& into, MessageHeaders headers, std::string_view payload);

// What awsJson 1.1 puts into such messages: an event of a type, and the exception that ends the stream.
void append_event(std::string& into, std::string_view type, std::string_view json);
void append_exception(std::string& into, std::string_view type, std::string_view json);

}  // namespace understudy::aws
