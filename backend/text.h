#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cruddur {

/// ASCII only, as header names and patterns need it.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equal_ignoring_case(std::string_view left, std::string_view right);
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

std::string to_hex(std::span<const std::uint8_t> bytes);
/// `%41` becomes `A`; a `%` without two digits stays as it is.
std::string percent_decode(std::string_view text, bool plus_is_blank = false);

/// `*` is any run of characters and `?` any one; case does not count.
bool matches_wildcard(std::string_view pattern, std::string_view text);

/// The text with every byte that is no UTF-8 replaced by U+FFFD, since no JSON or protobuf string may hold one.
std::string valid_utf8(std::string_view text);
/// The longest prefix of at most `limit` bytes that does not cut a character.
std::string_view utf8_prefix(std::string_view text, std::size_t limit);
/// Characters, not bytes.
std::size_t utf8_length(std::string_view text);

}  // namespace cruddur
