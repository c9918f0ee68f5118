// gRPC's own layer on HTTP/2: content types, the five bytes before a message, what the library answers by itself.
// Vendors' fronts are written in Go, so the library is grpc-go; sources are google.golang.org/grpc v1.76.0.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "recording/request.h"

namespace understudy::transport {

struct GrpcError {
  int status;  // of gRPC
  std::string message;
  int http_status = 200;
};

enum class GrpcContent { none, grpc, malformed };
// "application/grpc", also with "+proto" or ";..." behind it; "application/grpcx" is neither that nor anything else.
// [code: internal/grpcutil/method.go ContentSubtype]. gRPC-Web is another protocol: none.
GrpcContent grpc_content(std::string_view content_type);

// What is wrong with a call before its message. [code: internal/transport/http2_server.go operateHeaders]
std::optional<GrpcError> check_grpc_head(const recording::Request& request);

constexpr std::size_t grpc_prefix_bytes = 5;

// How long the message is that these bytes begin with; nothing while there are fewer than five.
std::optional<std::size_t> grpc_message_bytes(std::string_view bytes);

// What is wrong with what came so far of the one message of a unary call; nothing if it can still become right.
std::optional<GrpcError> check_grpc_prefix(std::string_view bytes, std::size_t max_message_bytes,
                                           std::string_view encoding);
// What is wrong with all that came.
std::optional<GrpcError> check_grpc_message(std::string_view bytes);

// "grpc-message" as it travels. [code: internal/transport/http_util.go encodeGrpcMessage]
std::string grpc_percent_encoded(std::string_view message);

// The five bytes before a message that is not compressed.
std::string grpc_prefix(std::size_t message_bytes);

}  // namespace understudy::transport
