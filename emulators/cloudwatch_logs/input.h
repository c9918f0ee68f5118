// The input of an operation, member by member: types and constraints are checked as members are asked for, in that
// order, and the refusal is built from what was found.
//
// For every operation but PutLogEvents, which reads its events without taking them into memory first.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloudwatch_logs/call.h"
#include "cloudwatch_logs/members.h"
#include "cloudwatch_logs/model.h"

namespace understudy::cloudwatch_logs {

// What AWS calls the Java type of a JSON value where it refuses it: "class java.lang.String can not be ...".
std::string_view java_type_of(const nlohmann::ordered_json& value);
aws::Error wrong_type(std::string_view java_type, std::string_view wanted);
recording::Decision refuse_wrong_type(const Call& call, std::string_view place, const aws::Error& error);
recording::Decision refuse_unreadable(const Call& call, std::string detail, std::uint64_t offset);

class Input {
 public:
  explicit Input(const Call& call);

  // A member that is null counts as absent.
  std::optional<std::string> text(std::string_view name, const TextRule& rule = {});
  std::string required_text(std::string_view name, const TextRule& rule = {});  // empty if refused
  std::optional<std::string> one_of(std::string_view name, std::string_view names);
  std::optional<std::int64_t> number(std::string_view name, std::int64_t min, std::int64_t max);
  std::int64_t required_number(std::string_view name);
  bool flag(std::string_view name, bool otherwise);
  std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t min, std::size_t max,
                                                const TextRule& each, bool required = false);
  std::optional<Tags> tags(std::string_view name, bool required);
  bool given(std::string_view name) const;
  // The member as JSON, null if absent; without any check.
  const nlohmann::ordered_json* json(std::string_view name) const { return member(name); }

  // Checks all members against the service's model of the call's operation, instead of member by member: the refusal,
  // if there is one. The members can then be asked for without a rule of their own.
  std::optional<recording::Decision> check_model();

  // The name of the group, from logGroupName or logGroupIdentifier; says so itself where that fails.
  std::string group();

  // What is wrong with the input, in AWS's order: JSON, types, names too long, constraints, then what group() found.
  // Ask when all members were read.
  std::optional<recording::Decision> refusal() const;

 private:
  const nlohmann::ordered_json* member(std::string_view name) const;
  void absent(std::string_view name);
  void type_fault(std::string_view name, const nlohmann::ordered_json& value, std::string_view wanted);
  void check(std::string_view name, std::string_view value, const TextRule& rule);
  std::optional<recording::Decision> refusal_of_constraints() const;
  void check_shape(const std::string& path, const nlohmann::ordered_json& value, const model::Shape& shape);
  void check_members(const std::string& path, const nlohmann::ordered_json& value, const model::Shape& shape);
  void check_pattern(const std::string& path, const std::string& text, const model::Shape& shape);
  std::int64_t number(std::string_view name, const nlohmann::ordered_json& value, std::int64_t min, std::int64_t max);
  void check_count(const std::string& path, const nlohmann::ordered_json& value, const model::Shape& shape);

  const Call& call_;
  nlohmann::ordered_json members_;
  aws::Violations violations_;
  std::string violated_;  // the first member that breaks a constraint, and its value
  std::string violated_value_;
  std::optional<recording::Decision> unreadable_;
  std::optional<recording::Decision> type_fault_;
  std::optional<recording::Decision> too_long_;
  std::optional<recording::Decision> group_fault_;
};

}  // namespace understudy::cloudwatch_logs
