// What grpc-go itself answers before or instead of calling a service: Honeycomb's backend is written in Go. [guess:
// that the hosted service answers so; the texts: code, grpc-go server.go and rpc_util.go]
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "honeycomb/body.h"
#include "recording/request.h"

namespace understudy::honeycomb {

enum GrpcStatus : int {
  grpc_ok = 0,
  grpc_resource_exhausted = 8,
  grpc_unimplemented = 12,
  grpc_internal = 13,
  grpc_unavailable = 14,
  grpc_unauthenticated = 16,
};

recording::Reply unknown_method(std::string_view path);
recording::Reply message_too_large(std::size_t size, std::uint64_t limit);
recording::Reply message_unparsable();
// Of a message that cannot be decompressed.
recording::Reply grpc_body_error(const BodyError& error, std::size_t limit);

}  // namespace understudy::honeycomb
