#include "backend/telemetry/xray_header.h"

#include <fmt/format.h>

#include <charconv>

#include "backend/telemetry/diagnostics.h"
#include "backend/telemetry/tracing.h"
#include "backend/telemetry/unix_time.h"
#include "backend/text.h"

namespace cruddur::telemetry {
namespace {

bool read_port(std::string_view text, int& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

bool read_pair(std::string_view text, std::string& host, int& port) {
  const auto parts = split(text, ':');
  host = parts[0];
  return parts.size() == 2 && !host.empty() && read_port(parts[1], port);
}

TraceHeader::Sampled read_sampled(std::string_view value) {
  return value == "1"   ? TraceHeader::Sampled::yes
         : value == "0" ? TraceHeader::Sampled::no
         : value == "?" ? TraceHeader::Sampled::ask
                        : TraceHeader::Sampled::absent;
}

}  // namespace

TraceHeader TraceHeader::parse(std::string_view text) {
  TraceHeader header;
  for (const auto part : split(text, ';')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      continue;
    }
    const auto key = trim(part.substr(0, equals));
    const auto value = trim(part.substr(equals + 1));
    if (key == "Root") {
      header.root = value;
    } else if (key == "Parent") {
      header.parent = value;
    } else if (key == "Sampled") {
      header.sampled = read_sampled(value);
    }
  }
  return header;
}

std::string new_xray_trace_id() {
  const auto random = new_trace_id();
  return fmt::format("1-{:08x}-{}", static_cast<std::uint32_t>(unix_seconds()), to_hex({random.data(), 12}));
}

std::optional<DaemonAddress> parse_daemon_address(std::string_view text) {
  DaemonAddress address;
  const auto forms = split(trim(text), ' ');
  if (forms.size() == 1) {
    if (!read_pair(forms[0], address.udp_host, address.udp_port)) {
      return std::nullopt;
    }
    address.tcp_host = address.udp_host;
    address.tcp_port = address.udp_port;
    return address;
  }
  bool has_udp = false;
  bool has_tcp = false;
  for (const auto form : forms) {
    if (form.starts_with("udp:")) {
      has_udp = read_pair(form.substr(4), address.udp_host, address.udp_port);
    } else if (form.starts_with("tcp:")) {
      has_tcp = read_pair(form.substr(4), address.tcp_host, address.tcp_port);
    }
  }
  return forms.size() == 2 && has_udp && has_tcp ? std::optional(address) : std::nullopt;
}

std::string clean_segment_name(std::string_view name) {
  constexpr std::string_view refused = "?;*()!$~^<>";
  std::string clean;
  for (const char c : name) {
    if (refused.find(c) == std::string_view::npos) {
      clean += c;
    }
  }
  if (clean.size() != name.size()) {
    warn(fmt::format("Removing Segment/Subsegment Name invalid characters from {}.", name));
  }
  return std::string(utf8_prefix(clean, 200));
}

}  // namespace cruddur::telemetry
