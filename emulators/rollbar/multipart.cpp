#include "rollbar/multipart.h"

#include "base/bytes.h"

namespace understudy::rollbar {

namespace {

constexpr std::size_t most_parts = 1000;

// The value of a parameter ("name") in "form-data; name=\"a\"; filename=b".
std::string_view parameter(std::string_view value, std::string_view name) {
  while (true) {
    const std::size_t semicolon = value.find(';');
    if (semicolon == value.npos) return {};
    value = trim(value.substr(semicolon + 1));
    const std::size_t equals = value.find('=');
    if (equals == value.npos) return {};
    const std::string_view found = value.substr(0, equals);
    value.remove_prefix(equals + 1);
    const bool is_quoted = value.starts_with('"');
    const std::size_t end = is_quoted ? value.find('"', 1) : value.find(';');
    if (is_quoted && end == value.npos) return {};
    const std::string_view text = is_quoted ? value.substr(1, end - 1) : trim(value.substr(0, end));
    if (equals_ignoring_case(found, name)) return text;
    if (is_quoted) value.remove_prefix(end);
  }
}

// The headers of a part: what stands before its empty line.
Part part_of(std::string_view head, std::string_view content) {
  Part part{.name = {}, .file_name = {}, .content = content};
  while (!head.empty()) {
    const std::size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end == head.npos ? head.size() : end + 2);
    const std::size_t colon = line.find(':');
    if (colon == line.npos || !equals_ignoring_case(line.substr(0, colon), "content-disposition")) continue;
    part.name = parameter(line.substr(colon), "name");
    part.file_name = parameter(line.substr(colon), "filename");
  }
  return part;
}

}  // namespace

std::string_view boundary_of(std::string_view content_type) {
  constexpr std::string_view type = "multipart/form-data";
  if (!equals_ignoring_case(content_type.substr(0, type.size()), type)) return {};
  return parameter(content_type, "boundary");
}

std::optional<std::vector<Part>> read_multipart(std::string_view body, std::string_view boundary) {
  if (boundary.empty()) return std::nullopt;
  const std::string delimiter = "\r\n--" + std::string(boundary);
  std::vector<Part> parts;
  // The first delimiter may stand at the very beginning, without its line feed.
  std::size_t at = body.starts_with(std::string_view(delimiter).substr(2)) ? 0 : body.find(delimiter);
  if (at == body.npos) return std::nullopt;
  at += at == 0 ? delimiter.size() - 2 : delimiter.size();
  while (parts.size() < most_parts) {
    if (body.substr(at, 2) == "--") return parts;
    const std::size_t line_end = body.find("\r\n", at);
    if (line_end == body.npos) return std::nullopt;
    const std::size_t next = body.find(delimiter, line_end);
    if (next == body.npos) return std::nullopt;
    const std::string_view whole = body.substr(line_end, next - line_end);
    const std::size_t head_end = whole.find("\r\n\r\n");
    if (head_end == whole.npos) return std::nullopt;
    const std::size_t head_from = head_end == 0 ? 0 : 2;
    parts.push_back(part_of(whole.substr(head_from, head_end - head_from), whole.substr(head_end + 4)));
    at = next + delimiter.size();
  }
  return std::nullopt;
}

}  // namespace understudy::rollbar
