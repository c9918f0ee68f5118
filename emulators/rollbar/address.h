// Addresses of senders, as the service shows, shortens and blocks them.
#pragma once

#include <string>
#include <string_view>

namespace understudy::rollbar {

// "203.0.113.9" of "203.0.113.9:4000", "::1" of "[::1]:4000".
std::string address_of(std::string_view peer);

// Without what tells one person from another: the last part of an IPv4 address, all but three groups of an IPv6 one.
// [code: rollbar.js, captureIp "anonymize"; pyrollbar, capture_ip "anonymize"]
std::string anonymized(const std::string& address);

}  // namespace understudy::rollbar
