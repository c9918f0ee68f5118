// The body of an AWS request without its content coding.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "base/content_coding.h"
#include "recording/request.h"

namespace understudy::aws {

// The body as it is meant; followed by at least 64 readable bytes either way. `storage` holds it where it was
// compressed; the view points into the request otherwise. A signature covers the bytes as they were sent, so verify
// before asking this.
std::expected<std::string_view, CodingError> plain_body(const recording::Request& request, std::string& storage,
                                                        std::size_t limit);

}  // namespace understudy::aws
