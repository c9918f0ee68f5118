#include "aws/body.h"

#include "base/bytes.h"

namespace understudy::aws {

std::expected<std::string_view, CodingError> plain_body(const recording::Request& request, std::string& storage,
                                                        std::size_t limit) {
  const auto coding = trim(request.header("content-encoding").value_or(""));
  if (coding.empty() || equals_ignoring_case(coding, "identity")) return request.body;
  auto decoded = decode_content(coding, request.body, limit);
  if (!decoded) return std::unexpected(decoded.error());
  storage = std::move(*decoded);
  return storage;
}

}  // namespace understudy::aws
