// SHA-256 of bytes, by OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace understudy {

std::string sha256(std::string_view bytes);      // 32 bytes
std::string sha256_hex(std::string_view bytes);  // lower case

}  // namespace understudy
