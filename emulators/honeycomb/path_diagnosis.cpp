#include "honeycomb/path_diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "honeycomb/doors.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

using recording::Finding;
using recording::Protocol;
using recording::Request;

// Operations that Honeycomb has and this stand-in has not yet. [docs: API]
bool is_not_built(std::string_view path) { return api_of(path) != Api::none; }

bool has_part(std::string_view path, std::string_view part) { return path.find(part) != path.npos; }

// The path of a signal, twice.
bool is_doubled(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  const auto signal = signal_at_end(path);
  return signal && signal_at_end(path.substr(0, path.size() - path_of(*signal).size())).has_value();
}

std::string_view rule_of(std::string_view path) {
  if (has_part(path, "undefined") || has_part(path, "/null/")) return rule::path_undefined;
  if (path.empty() || path == "/") return rule::path_missing;
  if (is_doubled(path)) return rule::path_doubled;
  if (path.starts_with("/v1/v1/")) return rule::path_version_doubled;
  if (path.starts_with("//")) return rule::path_double_slash;
  return signal_at_end(path) ? rule::path_prefixed : rule::path_unknown;
}

}  // namespace

Finding diagnose_path(const Request& request) {
  const std::string_view path = request.path();
  const std::string what = fmt::format("{} {}", request.method, path);
  if (is_not_built(path)) return finding(rule::api_not_built, "path", what);
  if (request.protocol == Protocol::grpc) return finding(rule::path_unknown_rpc, "path", what);
  return finding(rule_of(path), "path", what);
}

}  // namespace understudy::honeycomb
