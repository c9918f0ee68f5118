// Who may speak to the control API from a browser: nobody but pages of this machine. A foreign Host header is a DNS
// name that somebody pointed here; a foreign Origin is a page of somebody else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/input_error.h"
#include "recording/request.h"

namespace understudy::console {

// Whether a host ("localhost:4700", "[::1]") names this machine. `bound` is the address that the doors listen on,
// empty for loopback. Bound to every address, plain names without a dot count too (a service's name in a compose
// file) and so does every literal address: neither can be pointed here by a stranger's DNS.
bool is_own_host(std::string_view host, std::string_view bound);

// Why a request is refused with 403; nothing if it is not.
std::optional<InputError> refuse_foreign(const recording::Request& request, std::string_view bound);

}  // namespace understudy::console
