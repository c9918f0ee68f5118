// For which names the local CA may vouch.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace understudy::tls {

// What this machine and a container network call the program itself, beside the vendors' hosts.
inline constexpr std::array<std::string_view, 3> local_names{"localhost", "vendors", "understudy"};
inline constexpr std::array<std::string_view, 2> local_addresses{"127.0.0.1", "::1"};

// Lower case, without the dot that may end an absolute name.
std::string normal_host(std::string_view name);
// Whether `name`, in its normal form, is a local name or address, or one of `hosts`.
bool is_local(std::string_view name);
bool is_served(std::string_view name, std::span<const std::string> hosts);

}  // namespace understudy::tls
