// The members of segment documents and the types that X-Ray keeps of them [code: segment document schema 1.0.0] [docs].
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace understudy::xray {

// The members of a segment or subsegment that X-Ray knows [docs] [code: schema]. Sorted by length.
enum Member : std::uint8_t {
  member_id,
  member_aws,
  member_sql,
  member_name,
  member_type,
  member_http,
  member_user,
  member_error,
  member_fault,
  member_cause,
  member_links,
  member_origin,
  member_service,
  member_end_time,
  member_trace_id,
  member_throttle,
  member_metadata,
  member_inferred,
  member_parent_id,
  member_namespace,
  member_start_time,
  member_in_progress,
  member_annotations,
  member_subsegments,
  member_resource_arn,
  member_precursor_ids,
  member_count
};
inline constexpr std::array<std::string_view, member_count> member_names = {
    "id",          "aws",         "sql",         "name",         "type",         "http",      "user",
    "error",       "fault",       "cause",       "links",        "origin",       "service",   "end_time",
    "trace_id",    "throttle",    "metadata",    "inferred",     "parent_id",    "namespace", "start_time",
    "in_progress", "annotations", "subsegments", "resource_arn", "precursor_ids"};

// What X-Ray keeps of a member is of this type [code: schema]. Those that are required, and annotations' values, have
// rules of their own.
enum class Type : std::uint8_t { any, text, number, boolean, object, array, text_or_object };
inline constexpr std::array<Type, member_count> member_types = {
    Type::any,     Type::object,  Type::object,         Type::any,     Type::text, Type::object, Type::text,
    Type::boolean, Type::boolean, Type::text_or_object, Type::array,   Type::text, Type::object, Type::any,
    Type::any,     Type::boolean, Type::object,         Type::boolean, Type::text, Type::text,   Type::any,
    Type::boolean, Type::object,  Type::array,          Type::text,    Type::array};

// Members of members. Of an array, `inner` are the members of its items.
struct Table;
struct Inner {
  std::string_view name;
  Type type;
  const Table* inner = nullptr;
};
struct Table {
  std::span<const Inner> rows;
  bool is_limited = false;  // the schema cuts its texts at 250 characters [code]
};
inline constexpr Inner request_rows[] = {{"method", Type::text},     {"url", Type::text},
                                         {"user_agent", Type::text}, {"client_ip", Type::text},
                                         {"traced", Type::boolean},  {"x_forwarded_for", Type::boolean}};
inline constexpr Table request_table{request_rows, true};
inline constexpr Inner response_rows[] = {{"status", Type::number}, {"content_length", Type::number}};
inline constexpr Table response_table{response_rows};
inline constexpr Inner http_rows[] = {{"request", Type::object, &request_table},
                                      {"response", Type::object, &response_table}};
inline constexpr Table http_table{http_rows};
inline constexpr Inner log_rows[] = {{"log_group", Type::text}, {"arn", Type::text}};
inline constexpr Table log_table{log_rows};
inline constexpr Inner ec2_rows[] = {{"instance_id", Type::text},
                                     {"instance_size", Type::text},
                                     {"ami_id", Type::text},
                                     {"availability_zone", Type::text}};
inline constexpr Table ec2_table{ec2_rows};
inline constexpr Inner ecs_rows[] = {
    {"container", Type::text},   {"container_id", Type::text}, {"container_arn", Type::text}, {"task_arn", Type::text},
    {"task_family", Type::text}, {"cluster_arn", Type::text},  {"launch_type", Type::text}};
inline constexpr Table ecs_table{ecs_rows};
inline constexpr Inner eks_rows[] = {{"pod", Type::text}, {"cluster_name", Type::text}, {"container_id", Type::text}};
inline constexpr Table eks_table{eks_rows};
inline constexpr Inner beanstalk_rows[] = {
    {"environment_name", Type::text}, {"version_label", Type::text}, {"deployment_id", Type::number}};
inline constexpr Table beanstalk_table{beanstalk_rows};
inline constexpr Inner xray_rows[] = {{"sdk", Type::text},
                                      {"sdk_version", Type::text},
                                      {"auto_instrumentation", Type::boolean},
                                      {"sampling_rule_name", Type::text},
                                      {"rule_name", Type::text},
                                      {"package", Type::text}};
inline constexpr Table xray_table{xray_rows};
inline constexpr Inner aws_rows[] = {{"account_id", Type::text},
                                     {"cloudwatch_logs", Type::array, &log_table},
                                     {"ec2", Type::object, &ec2_table},
                                     {"ecs", Type::object, &ecs_table},
                                     {"eks", Type::object, &eks_table},
                                     {"elastic_beanstalk", Type::object, &beanstalk_table},
                                     {"xray", Type::object, &xray_table},
                                     {"operation", Type::text},
                                     {"region", Type::text},
                                     {"request_id", Type::text},
                                     {"table_name", Type::text},
                                     {"queue_url", Type::text},
                                     {"retries", Type::number},
                                     {"resource_names", Type::array}};
inline constexpr Table aws_table{aws_rows};
inline constexpr Inner sql_rows[] = {{"connection_string", Type::text},
                                     {"url", Type::text},
                                     {"sanitized_query", Type::text},
                                     {"database_type", Type::text},
                                     {"database_version", Type::text},
                                     {"driver_version", Type::text},
                                     {"user", Type::text},
                                     {"preparation", Type::text}};
inline constexpr Table sql_table{sql_rows};
inline constexpr Inner service_rows[] = {{"version", Type::text}};
inline constexpr Table service_table{service_rows, true};
inline constexpr Inner stack_rows[] = {{"path", Type::text}, {"line", Type::number}, {"label", Type::text}};
inline constexpr Table stack_table{stack_rows};
inline constexpr Inner exception_rows[] = {{"id", Type::text},        {"message", Type::text},
                                           {"type", Type::text},      {"remote", Type::boolean},
                                           {"cause", Type::text},     {"truncated", Type::number},
                                           {"skipped", Type::number}, {"stack", Type::array, &stack_table}};
inline constexpr Table exception_table{exception_rows};
inline constexpr Inner cause_rows[] = {
    {"working_directory", Type::text}, {"paths", Type::array}, {"exceptions", Type::array, &exception_table}};
inline constexpr Table cause_table{cause_rows};
inline constexpr Inner link_rows[] = {{"trace_id", Type::text}, {"id", Type::text}, {"attributes", Type::object}};
inline constexpr Table link_table{link_rows};

inline const Table* inner_members(Member member) {
  switch (member) {
    case member_http:
      return &http_table;
    case member_aws:
      return &aws_table;
    case member_sql:
      return &sql_table;
    case member_service:
      return &service_table;
    case member_cause:
      return &cause_table;
    case member_links:
      return &link_table;
    default:
      return nullptr;
  }
}

inline constexpr std::size_t longest_member_name = 13;

// first_of_length[n] .. first_of_length[n + 1]: the members whose names have n characters.
inline constexpr auto first_of_length = [] {
  std::array<std::uint8_t, longest_member_name + 2> first{};
  for (std::size_t length = 0; length < first.size(); ++length) {
    std::uint8_t index = 0;
    while (index < member_count && member_names[index].size() < length) ++index;
    first[length] = index;
  }
  return first;
}();
static_assert(std::ranges::is_sorted(member_names, {}, &std::string_view::size));

inline std::size_t member_of(std::string_view name) {
  if (name.size() > longest_member_name) return member_count;
  const std::size_t end = first_of_length[name.size() + 1];
  for (std::size_t i = first_of_length[name.size()]; i < end; ++i) {
    if (member_names[i] == name) return i;
  }
  return member_count;
}

}  // namespace understudy::xray
