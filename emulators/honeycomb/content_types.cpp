#include "honeycomb/content_types.h"

#include <string>

#include "base/bytes.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

struct Row {
  std::string_view content_type;
  Speech::Form form;
};
constexpr Row rows[] = {
    {"application/x-protobuf", Speech::Form::protobuf},
    {"application/protobuf", Speech::Form::protobuf},
    {"application/json", Speech::Form::json},
};

}  // namespace

std::optional<Speech> speech_of(const recording::Request& request) {
  if (request.protocol == recording::Protocol::grpc) return Speech{Speech::Form::grpc, {}};
  const std::string_view content_type = request.header("content-type").value_or("");
  for (const Row& row : rows) {
    if (row.content_type == content_type) return Speech{row.form, content_type};
  }
  return std::nullopt;
}

recording::Finding diagnose_content_type(std::string_view content_type) {
  constexpr std::string_view place = "header content-type";
  const auto about = [&](std::string_view rule_id) {
    return finding(rule_id, std::string(place), std::string(content_type));
  };
  if (content_type.empty()) return finding(rule::content_type_missing, std::string(place), "absent");
  const std::string_view bare = trim(content_type.substr(0, content_type.find(';')));
  for (const Row& row : rows) {
    if (row.content_type == bare) return about(rule::content_type_parameters);
    if (equals_ignoring_case(row.content_type, bare)) return about(rule::content_type_case);
  }
  return about(rule::content_type_unsupported);
}

}  // namespace understudy::honeycomb
