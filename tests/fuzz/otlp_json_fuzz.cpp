// OTLP/JSON: whatever is read is a request that the walker and libprotobuf accept, and is the same request after it was
// written as JSON and read again. The first byte of an input chooses the signal, the rest is the body.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "otlp/json.h"
#include "tests/otlp/oracle.h"

using namespace understudy::otlp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  oracle::silence();
  const auto signal = static_cast<Signal>(data[0] % 3);
  const std::vector<char> copy(data + 1, data + size);
  const std::string_view body(copy.data(), copy.size());

  const auto read = json_to_protobuf(signal, body);
  if (!read) {
    if (read.error().offset > body.size()) std::abort();
    return 0;
  }
  if (!validate(signal, *read)) std::abort();
  const auto message = oracle::parse(signal, *read);
  const auto json = protobuf_to_json(signal, *read);
  if (message == nullptr || !json) std::abort();
  const auto again = json_to_protobuf(signal, *json);
  if (!again) std::abort();
  const auto second = oracle::parse(signal, *again);
  if (second == nullptr || second->SerializeAsString() != message->SerializeAsString()) std::abort();
  return 0;
}
