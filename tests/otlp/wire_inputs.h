// Requests as bytes, named.
#pragma once

#include <string>
#include <string_view>

namespace understudy::otlp::wire {

inline std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  return bytes;
}

// 187 bytes: one server span of a Flask backend, GET /api/activities/home, 250.5 ms, http.status_code 200.
inline std::string flask_span() {
  return from_hex(
      "0ab8010a210a1f0a0c736572766963652e6e616d65120f0a0d6261636b656e642d666c61736b1292010a2d0a236f70656e74656c656d6574"
      "72792e696e737472756d656e746174696f6e2e666c61736b1206302e3336623012610a105b8aa5a2d2c872e8321cf37308d69df212080515"
      "81bf3cb55c132a142f6170692f616374697669746965732f686f6d65300239004859e3faeb6f1541a09b47f2faeb6f154a170a1068747470"
      "2e7374617475735f636f6465120318c8017a00");
}

}  // namespace understudy::otlp::wire
