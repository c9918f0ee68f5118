#include "honeycomb/body.h"

#include <algorithm>
#include <utility>

#include "base/content_coding.h"

namespace understudy::honeycomb {
namespace {

using Failure = std::unexpected<BodyError>;
using Reason = BodyError::Reason;

// Names are compared with case, and "identity" is none over HTTP. [code: husky otlp/common.go]
constexpr std::string_view http_codings[] = {"gzip", "zstd"};
constexpr std::string_view grpc_codings[] = {"gzip"};  // [code: grpc-go and the encodings that refinery registers]

// The coding that is to be undone; empty: none.
std::expected<std::string_view, BodyError> coding_of(const recording::Request& request) {
  if (request.protocol != recording::Protocol::grpc) {
    const std::string_view coding = request.header("content-encoding").value_or("");
    return std::ranges::find(http_codings, coding) != std::end(http_codings) ? coding : std::string_view();
  }
  const std::string_view coding = request.header("grpc-encoding").value_or("");
  const bool named = !coding.empty() && coding != "identity";
  if (named && std::ranges::find(grpc_codings, coding) == std::end(grpc_codings)) {
    return Failure(BodyError{Reason::unsupported_coding, std::string(coding)});
  }
  if (!request.grpc_compressed) return std::string_view();
  if (!named) return Failure(BodyError{Reason::unnamed_coding});
  return coding;
}

}  // namespace

std::string_view unknown_coding(const recording::Request& request) {
  if (request.protocol == recording::Protocol::grpc) return {};
  const std::string_view coding = request.header("content-encoding").value_or("");
  return std::ranges::find(http_codings, coding) != std::end(http_codings) ? std::string_view() : coding;
}

std::expected<std::string_view, BodyError> Body::read_plain(const recording::Request& request,
                                                            std::size_t decompressed_limit) {
  const auto coding = coding_of(request);
  if (!coding) return Failure(coding.error());
  std::string_view body = request.body;
  if (!coding->empty()) {
    auto plain = decode_content(*coding, body, decompressed_limit);
    if (!plain) {
      const bool too_large = plain.error() == CodingError::too_large;
      return Failure(BodyError{too_large ? Reason::too_large : Reason::damaged, std::string(*coding)});
    }
    body = plain_ = std::move(*plain);
    decompressed_ = true;
  }
  return body;
}

std::expected<std::string_view, BodyError> Body::read(const recording::Request& request, const Speech& speech,
                                                      otlp::Signal signal, std::size_t decompressed_limit) {
  const auto body = read_plain(request, decompressed_limit);
  if (!body || speech.form != Speech::Form::json) return body;
  const bool direct = signal == otlp::Signal::traces && translator_ == Translator::direct;
  auto protobuf = otlp::json_to_protobuf(signal, *body, direct ? &camel_case_ : nullptr);
  if (!protobuf) {
    return Failure(BodyError{Reason::no_json, {}, otlp::describe(protobuf.error()), protobuf.error().offset});
  }
  return protobuf_ = std::move(*protobuf);
}

}  // namespace understudy::honeycomb
