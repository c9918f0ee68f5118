// multipart/form-data: what curl, build tools and deploy actions send.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::rollbar {

struct Part {
  std::string_view name;
  std::string_view file_name;  // empty: a plain field
  std::string_view content;
};

// The boundary that a content type names; empty where it is not multipart/form-data or names none.
std::string_view boundary_of(std::string_view content_type);

// The parts, views into the body; nothing where the body is cut or does not hold to the boundary. [RFC 7578]
std::optional<std::vector<Part>> read_multipart(std::string_view body, std::string_view boundary);

}  // namespace understudy::rollbar
