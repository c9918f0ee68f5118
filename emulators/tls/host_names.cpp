#include "tls/host_names.h"

#include <algorithm>

#include "base/ascii.h"

namespace understudy::tls {

std::string normal_host(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return lower_case(name);
}

bool is_local(std::string_view name) {
  return std::ranges::find(local_names, name) != local_names.end() ||
         std::ranges::find(local_addresses, name) != local_addresses.end();
}

bool is_served(std::string_view name, std::span<const std::string> hosts) {
  return is_local(name) || std::ranges::find(hosts, name) != hosts.end();
}

}  // namespace understudy::tls
