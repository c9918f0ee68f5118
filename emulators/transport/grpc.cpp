#include "transport/grpc.h"

#include <fmt/format.h>

namespace understudy::transport {
namespace {

enum Status { unknown = 2, invalid_argument = 3, resource_exhausted = 8, internal = 13 };

constexpr std::string_view base = "application/grpc";

// Go's %q for the bytes that a header value can have.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\t') {
      out += "\\t";
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

GrpcContent grpc_content(std::string_view content_type) {
  if (!content_type.starts_with(base) || content_type.starts_with("application/grpc-web")) return GrpcContent::none;
  if (content_type.size() == base.size()) return GrpcContent::grpc;
  const char next = content_type[base.size()];
  return next == '+' || next == ';' ? GrpcContent::grpc : GrpcContent::malformed;
}

std::optional<GrpcError> check_grpc_head(const recording::Request& request) {
  const std::string_view type = request.header("content-type").value_or("");
  if (grpc_content(type) != GrpcContent::grpc) {
    return GrpcError{invalid_argument, fmt::format("invalid gRPC request content-type {}", quoted(type)), 415};
  }
  if (request.method != "POST") {
    return GrpcError{
        internal, fmt::format("Received a HEADERS frame with :method {} which should be POST", quoted(request.method)),
        405};
  }
  return std::nullopt;
}

std::optional<std::size_t> grpc_message_bytes(std::string_view bytes) {
  if (bytes.size() < grpc_prefix_bytes) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 1; i < grpc_prefix_bytes; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
  return size;
}

std::optional<GrpcError> check_grpc_prefix(std::string_view bytes, std::size_t max_message_bytes,
                                           std::string_view encoding) {
  const auto size = grpc_message_bytes(bytes);
  if (!size) return std::nullopt;
  // [code: rpc_util.go parser.recvMsg, checkRecvPayload]
  if (*size > max_message_bytes) {
    return GrpcError{resource_exhausted,
                     fmt::format("grpc: received message larger than max ({} vs. {})", *size, max_message_bytes)};
  }
  if (bytes[0] == 1 && (encoding.empty() || encoding == "identity")) {
    return GrpcError{internal, "grpc: compressed flag set with identity or empty encoding"};
  }
  if (bytes[0] != 0 && bytes[0] != 1) {
    return GrpcError{internal, fmt::format("grpc: received unexpected payload format {}",
                                           static_cast<unsigned>(static_cast<unsigned char>(bytes[0])))};
  }
  // [guess: grpc-go serves a unary call with its first message and never looks at a second one; we refuse, so that
  // nothing that was sent is answered for and lost. The words are those of its streaming handlers: code: stream.go]
  if (bytes.size() > grpc_prefix_bytes + *size) {
    return GrpcError{internal,
                     "cardinality violation: received multiple request messages for non-client-streaming RPC"};
  }
  return std::nullopt;
}

std::optional<GrpcError> check_grpc_message(std::string_view bytes) {
  // The library's io.EOF and io.ErrUnexpectedEOF, turned into a status. [code: server.go processUnaryRPC, which calls
  // status.Convert; rpc_util.go parser.recvMsg]
  if (bytes.empty()) return GrpcError{unknown, "EOF"};
  const auto size = grpc_message_bytes(bytes);
  if (!size || bytes.size() < grpc_prefix_bytes + *size) return GrpcError{unknown, "unexpected EOF"};
  return std::nullopt;
}

std::string grpc_percent_encoded(std::string_view message) {
  std::string out;
  for (const char c : message) {
    if (c >= ' ' && c <= '~' && c != '%') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string grpc_prefix(std::size_t message_bytes) {
  std::string prefix(grpc_prefix_bytes, '\0');
  for (std::size_t i = 0; i < 4; ++i) prefix[grpc_prefix_bytes - 1 - i] = static_cast<char>(message_bytes >> (8 * i));
  return prefix;
}

}  // namespace understudy::transport
