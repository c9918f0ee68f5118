// The daemon's UDP intake: one header line, one document, never a reply.
#pragma once

#include <optional>
#include <string_view>

namespace understudy::xray {

enum class DatagramKind { empty, missing_header, missing_segment, invalid_header, accepted };

struct Datagram {
  DatagramKind kind = DatagramKind::empty;
  std::string_view header;    // before the first line feed; of a datagram without one: all of it
  std::string_view document;  // everything after the first line feed, later ones included
};

// What the daemon makes of a datagram [code: aws/aws-xray-daemon cmd/tracing/daemon.go]. It never reads the document.
// At least 64 readable bytes follow `bytes`.
Datagram read_datagram(std::string_view bytes);

// A body of the second dialect: a prefix, then OTLP as base64
// [code: aws-observability/aws-otel-python-instrumentation otlp_udp_exporter.py].
struct OtlpBody {
  std::string_view prefix;   // "T1S", "T1U", "M1"
  std::string_view signal;   // "traces", "metrics"
  bool sampled = true;       // "T1U" carries spans that were not sampled
  std::string_view payload;  // base64
};

std::optional<OtlpBody> otlp_body(std::string_view document);

}  // namespace understudy::xray
