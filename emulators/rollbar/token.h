// Access tokens: what may be shown of one, and what its text betrays.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace understudy::rollbar {

// The first four characters and the length: "post...(32 characters)"; of a token shorter than 12 only the length.
std::string masked(std::string_view token);

// Tells tokens apart without telling them (64 bits of FNV-1a). Stands in the journal: it never changes.
std::uint64_t fingerprint(std::string_view token);

// What stands in it although no token holds it, for a person; empty if nothing does. The text form of 512-bit tokens
// is not published, so length and alphabet are left alone otherwise.
std::string stray_characters(std::string_view token);

}  // namespace understudy::rollbar
