// Masking changes no length, whatever a client sent, and masking twice changes nothing more.
#include <cstdlib>

#include "console/secrets.h"

namespace {

void check(const std::string& once, const std::string& twice, std::size_t length) {
  if (once.size() != length || twice.size() != length) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace understudy::console;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string head = mask_head(text);
  check(head, mask_head(head), size);
  const std::string body = mask_body(text);
  check(body, mask_body(body), size);
  const std::string target = mask_target(text);
  check(target, mask_target(target), size);
  return 0;
}
