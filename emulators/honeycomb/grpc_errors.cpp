#include "honeycomb/grpc_errors.h"

#include <fmt/format.h>

#include "honeycomb/replies.h"

namespace understudy::honeycomb {

using recording::Reply;

Reply unknown_method(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) {
    return grpc_error(grpc_unimplemented, fmt::format("malformed method name: \"/{}\"", path));
  }
  const std::string_view service = path.substr(0, slash);
  for (const std::string_view known :
       {"opentelemetry.proto.collector.trace.v1.TraceService", "opentelemetry.proto.collector.logs.v1.LogsService",
        "opentelemetry.proto.collector.metrics.v1.MetricsService",
        "opentelemetry.proto.collector.profiles.v1development.ProfilesService", "grpc.health.v1.Health"}) {
    if (service == known) {
      return grpc_error(grpc_unimplemented,
                        fmt::format("unknown method {} for service {}", path.substr(slash + 1), service));
    }
  }
  return grpc_error(grpc_unimplemented, fmt::format("unknown service {}", service));
}

Reply message_too_large(std::size_t size, std::uint64_t limit) {
  return grpc_error(grpc_resource_exhausted,
                    fmt::format("grpc: received message larger than max ({} vs. {})", size, limit));
}

Reply message_unparsable() {
  return grpc_error(grpc_internal, "grpc: error unmarshalling request: proto: cannot parse invalid wire-format data");
}

Reply grpc_body_error(const BodyError& error, std::size_t limit) {
  switch (error.reason) {
    case BodyError::Reason::unsupported_coding:
      return grpc_error(grpc_unimplemented,
                        fmt::format("grpc: Decompressor is not installed for grpc-encoding \"{}\"", error.coding));
    case BodyError::Reason::unnamed_coding:
      return grpc_error(grpc_internal, "grpc: compressed flag set with identity or empty encoding");
    case BodyError::Reason::too_large:
      return grpc_error(grpc_resource_exhausted,
                        fmt::format("grpc: received message after decompression larger than max {}", limit));
    default:
      return grpc_error(grpc_internal, "grpc: failed to decompress the received message: gzip: invalid header");
  }
}

}  // namespace understudy::honeycomb
