// Writing the protobuf wire format as protobuf's own encoders do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "otlp/schema.h"

namespace understudy::otlp {

// A value of any type but message: `bits` as the wire has them (a double's, zigzag already applied), or `bytes`.
struct Scalar {
  std::uint64_t bits = 0;
  std::string bytes;

  bool is_default() const { return bits == 0 && bytes.empty(); }
};

class WireWriter {
 public:
  // A length-delimited field whose content follows, until `end_message` is called with what this returned.
  std::size_t begin_message(std::uint32_t number);
  void end_message(std::size_t start);

  void field(const Field& field, const Scalar& value);
  // Without a tag, as within a packed field.
  void bare(Type type, const Scalar& value);

  std::string take() { return std::move(out_); }

 private:
  void varint(std::uint64_t value);

  std::string out_;
};

}  // namespace understudy::otlp
