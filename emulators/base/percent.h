// Percent-encoding and query strings of URLs.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy {

// "%2F" -> "/", '+' -> ' ' where `plus_is_space`. What is no valid escape stays as it is.
std::string percent_decode(std::string_view text, bool plus_is_space = false);
// Everything but letters, digits and "-._~" as an escape.
std::string percent_encode(std::string_view text);

// "a=1&b=x%20y" -> {{"a","1"},{"b","x y"}}
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

}  // namespace understudy
