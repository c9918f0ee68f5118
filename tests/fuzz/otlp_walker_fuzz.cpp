// The wire walker against libprotobuf: the same requests accepted, the same refused, the same counts.
// The first byte of an input chooses the signal, the rest is the body.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "otlp/walker.h"
#include "tests/otlp/oracle.h"

using namespace understudy::otlp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  oracle::silence();
  const auto signal = static_cast<Signal>(data[0] % 3);
  // A copy of exactly that size: the address sanitizer then sees a read past the end.
  const std::vector<char> copy(data + 1, data + size);
  const std::string_view body(copy.data(), copy.size());

  const auto ours = validate(signal, body);
  const auto theirs = oracle::read(signal, body);
  if (ours.has_value() != theirs.has_value() || (ours && *ours != *theirs)) {
    std::fprintf(stderr, "the walker %s, libprotobuf %s\n", ours ? "accepts" : describe(ours.error()).c_str(),
                 theirs ? "accepts" : "refuses");
    std::abort();
  }
  if (!ours && ours.error().offset > body.size()) std::abort();
  // Also over refused bodies: the cursor stays inside.
  std::size_t items = 0;
  for_each_span(body, [&](const SpanView& span) { items += 1 + span.name.size() * 0; });
  if (ours && signal == Signal::traces && items != ours->items) std::abort();
  return 0;
}
