// A contract that anybody wrote: it is read, or refused in one line that begins with its name.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "contract/contract.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = understudy::contract::read_contract({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!read && !read.error().starts_with("fuzz:")) std::abort();
  return 0;
}
