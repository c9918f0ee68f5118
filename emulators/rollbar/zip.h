// The files of a zip archive: what build tools bundle source maps in. [APPNOTE.TXT, PKWARE]
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::rollbar {

struct ZippedFile {
  std::string_view name;  // of the archive's bytes; with its folders
  std::string content;
};

// In the order of the archive's directory; folders are left out. Nothing where the bytes are no whole archive, hold
// what is neither stored nor deflated, or would unpack to more than `limit` bytes.
std::optional<std::vector<ZippedFile>> read_zip(std::string_view bytes, std::size_t limit);

}  // namespace understudy::rollbar
