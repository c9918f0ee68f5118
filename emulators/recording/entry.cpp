#include "recording/entry.h"

#include "base/bytes.h"

namespace understudy::recording {

std::string_view name_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::exchange:
      return "exchange";
    case EntryKind::fragment:
      return "fragment";
    case EntryKind::control:
      return "control";
    case EntryKind::outcome:
      return "outcome";
    case EntryKind::drops:
      return "drops";
    case EntryKind::driven:
      return "driven";
    case EntryKind::checkpoint:
      return "checkpoint";
  }
  return "unknown";
}

std::string_view name_of(Severity severity) {
  constexpr std::string_view names[] = {"info", "warning", "error"};
  return names[static_cast<int>(severity)];
}

std::string_view name_of(Disposition disposition) {
  constexpr std::string_view names[] = {"accepts", "refuses", "drops silently", "misfiles"};
  return names[static_cast<int>(disposition)];
}

std::string_view name_of(Evidence evidence) {
  constexpr std::string_view names[] = {"code", "snapshot", "docs", "run", "guess"};
  return names[static_cast<int>(evidence)];
}

Request Entry::request() const {
  Request request;
  request.protocol = protocol;
  request.door = door;
  request.head = head;
  request.body = body;
  request.grpc_compressed = grpc_compressed;
  request.peer = peer;
  if (protocol != Protocol::udp) parse_head(request);
  return request;
}

}  // namespace understudy::recording
