// Stored objects: what their operations have in common. A resource is a row; storing, listing, showing and deleting are
// the same for all.
#pragma once

#include <cstddef>
#include <expected>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cloudwatch_logs/call.h"
#include "cloudwatch_logs/input.h"

namespace understudy::cloudwatch_logs {

struct Resource {
  std::string_view kind;     // of the objects in the state
  char page;                 // kind of its page tokens
  std::string_view list;     // the member of the answer that lists them
  std::string_view key;      // the input member that names one
  std::string_view prefix;   // the input member that lists those whose key starts so; empty: there is none
  std::string_view missing;  // said of one that does not exist; "{}" stands for its key
  std::size_t most = 0;      // of the group or the account; 0: no limit
};

// The group of logGroupName or logGroupIdentifier, of an input that the model accepts.
struct FoundGroup {
  std::string name;
  const Group* group;
};
std::expected<FoundGroup, recording::Decision> group_of(const Call& call, const Input& input);
// The name that an identifier stands for: itself, or that of an ARN of the caller's place.
std::string group_name_of(const Call& call, std::string_view identifier);
std::string group_arn(const Call& call, std::string_view group);
std::string arn_of(const Call& call, std::string_view kind, std::string_view name);  // "arn:aws:logs:R:A:kind:name"

// The value without members that are null: those count as absent, here as in the requests of SDKs.
nlohmann::json without_nulls(const nlohmann::json& value);
// The members that were given, without nulls.
void copy_members(nlohmann::json& into, const Input& input, std::initializer_list<std::string_view> names);

// 200 with `answer` (void if it is null), and the object in the state; `group` is empty for objects of the account.
recording::Decision store(const Call& call, std::string_view group, const Resource& resource, std::string_view key,
                          const nlohmann::json& item, const nlohmann::json& answer = nullptr);
recording::Decision remove(const Call& call, std::string_view group, const Resource& resource, std::string_view key,
                           const nlohmann::json& answer = nullptr);
recording::Decision refuse_missing(const Call& call, const Resource& resource, std::string_view key);

// Objects with their keys, in the order in which they are listed.
using Listed = std::vector<std::pair<std::string, nlohmann::json>>;
Listed list_objects(const Objects& objects, std::string_view kind);
// The page that nextToken and limit (or maxResults) ask for.
recording::Decision answer_page(const Call& call, const Input& input, const Resource& resource, const Listed& all,
                                std::size_t otherwise = 50);

// Whole operations on resources of the account.
recording::Decision describe_all(const Call& call, const Resource& resource);
recording::Decision show_one(const Call& call, const Resource& resource, std::string_view member);
recording::Decision delete_one(const Call& call, const Resource& resource);

}  // namespace understudy::cloudwatch_logs
