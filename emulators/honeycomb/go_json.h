// JSON as Go's encoder writes it with SetEscapeHTML(false): the text in Honeycomb's fields is compared byte for byte.
#pragma once

#include <string>
#include <string_view>

namespace understudy::honeycomb {

// With its quotes. `text` is UTF-8.
void append_go_string(std::string& json, std::string_view text);
// False for NaN and the infinities, which Go refuses to write.
bool append_go_number(std::string& json, double number);

}  // namespace understudy::honeycomb
