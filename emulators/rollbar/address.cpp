#include "rollbar/address.h"

namespace understudy::rollbar {

std::string address_of(std::string_view peer) {
  std::string_view address = peer.substr(0, peer.rfind(':'));
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  return std::string(address);
}

std::string anonymized(const std::string& address) {
  if (const std::size_t dot = address.rfind('.'); dot != std::string::npos) return address.substr(0, dot) + ".0";
  std::size_t end = 0;
  for (int groups = 0; groups < 3 && end != std::string::npos; ++groups) end = address.find(':', end + 1);
  return end == std::string::npos ? address : address.substr(0, end) + "::";
}

}  // namespace understudy::rollbar
