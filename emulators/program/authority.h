// The certificate authority as the commands use it: for all vendors' hosts.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "tls/authority.h"

namespace understudy::program {

std::vector<std::string> vendor_hosts();
// "" is the default folder.
std::expected<tls::Authority, std::string> open_authority(const std::string& folder);

}  // namespace understudy::program
