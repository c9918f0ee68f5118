// The body of an export as protobuf, whatever it came as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "honeycomb/replies.h"
#include "honeycomb/translator.h"
#include "otlp/json.h"
#include "otlp/signal.h"
#include "recording/request.h"

namespace understudy::honeycomb {

// A bomb ends here: what the OTLP specification advises a server to take, decompressed. Husky has no bound.
// [docs: OTLP specification]
inline constexpr std::size_t max_decompressed_bytes = 64 * 1024 * 1024;

struct BodyError {
  enum class Reason : std::uint8_t {
    unsupported_coding,  // gRPC: `coding` is none that Honeycomb reads
    unnamed_coding,      // gRPC: the compressed flag is set, and no encoding is named
    damaged,             // not whole, or not in that coding
    too_large,           // decompressed beyond the limit
    no_json,             // not JSON, or no OTLP request in JSON
  };
  Reason reason;
  std::string coding = {};
  std::string detail = {};
  std::size_t offset = 0;
};

// HTTP: a content coding that Honeycomb does not read; empty: there is none of that kind.
std::string_view unknown_coding(const recording::Request& request);

// Over HTTP a coding that is not known is read as if there were none. [code: husky otlp/common.go]
class Body {
 public:
  explicit Body(Translator translator) : translator_(translator) {}

  // The body without its content coding.
  std::expected<std::string_view, BodyError> read_plain(const recording::Request& request,
                                                        std::size_t decompressed_limit);
  // Nothing is validated but what decompressing and JSON take. The bytes live as long as this and the request.
  std::expected<std::string_view, BodyError> read(const recording::Request& request, const Speech& speech,
                                                  otlp::Signal signal, std::size_t decompressed_limit);
  // JSON: where a name in snake_case stood, which the direct translator ignores with all that it holds; empty: nowhere.
  // [code: husky otlp/traces_direct_json.go]
  const std::string& ignored_name() const { return camel_case_.ignored; }
  // Whether the bytes that were read are others than came.
  bool decompressed() const { return decompressed_; }

 private:
  Translator translator_;
  bool decompressed_ = false;
  otlp::CamelCaseAlone camel_case_;
  std::string plain_;
  std::string protobuf_;
};

}  // namespace understudy::honeycomb
