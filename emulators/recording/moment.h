// The instant of an entry, and randomness that can be had again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace understudy::recording {

// Nanoseconds. `wall` drives Date, signature skew and time-outs; `vendor` (wall plus the session's offset, or frozen)
// drives windows, quotas, retention and reservoirs; `monotonic` never goes back within one process.
struct Moment {
  std::int64_t wall_ns = 0;
  std::int64_t monotonic_ns = 0;
  std::int64_t vendor_ns = 0;
};

// Random-looking values that are a function of the session's seed, the vendor, the entry's ordinal and a label:
// the same entry gives the same ids when it is decided again.
class Entropy {
 public:
  Entropy(std::uint64_t seed, std::string_view vendor, std::uint64_t ordinal);

  std::string bytes(std::string_view label, std::size_t count) const;
  std::string hex(std::string_view label, std::size_t digits) const;
  std::string uuid(std::string_view label) const;  // version 4, lower case, with dashes
  std::uint64_t number(std::string_view label) const;
  // `count` characters drawn from `alphabet`.
  std::string text(std::string_view label, std::size_t count, std::string_view alphabet) const;

 private:
  std::uint64_t state_;
};

std::string rfc3339(std::int64_t unix_ns);    // "2026-11-21T00:38:03.000000000Z"
std::string http_date(std::int64_t unix_ns);  // "Sat, 21 Nov 2026 00:38:03 GMT"
// Nothing if the text is no RFC 3339 date and time.
bool parse_rfc3339(std::string_view text, std::int64_t& unix_ns);

}  // namespace understudy::recording
