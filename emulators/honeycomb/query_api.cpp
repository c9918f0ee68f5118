#include "honeycomb/query_api.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/percent.h"
#include "honeycomb/caller.h"
#include "honeycomb/columns.h"
#include "honeycomb/datasets_api.h"
#include "honeycomb/key_diagnosis.h"
#include "honeycomb/query_call.h"
#include "honeycomb/query_results.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

using recording::Decision;

struct Row {
  std::string_view method;
  std::string_view resource;
  std::size_t names;  // that follow it in the path: dataset, id
  Decision (*decide)(const Call&);
  // What the key must be allowed. An ingest key may do none of this. [docs: API keys]
  std::optional<Permission> needs = std::nullopt;
  std::optional<Permission> needs_too = std::nullopt;
};

constexpr Row rows[] = {
    {"GET", "datasets", 0, list_datasets},
    {"POST", "datasets", 0, create_dataset, Permission::create_datasets},
    {"GET", "datasets", 1, get_dataset},
    {"PUT", "datasets", 1, update_dataset, Permission::create_datasets},     // the permission: [guess]
    {"DELETE", "datasets", 1, delete_dataset, Permission::create_datasets},  // the permission: [guess]
    {"GET", "columns", 1, list_columns, Permission::columns},
    {"POST", "columns", 1, create_column, Permission::columns},
    {"GET", "columns", 2, get_column, Permission::columns},
    {"PUT", "columns", 2, update_column, Permission::columns},
    {"DELETE", "columns", 2, delete_column, Permission::columns},
    {"POST", "queries", 1, create_query, Permission::columns},
    {"GET", "queries", 2, get_query, Permission::columns},
    {"POST", "query_results", 1, create_result, Permission::columns, Permission::queries},
    {"GET", "query_results", 2, get_result, Permission::columns, Permission::queries},
};

struct Path {
  std::string_view resource;
  std::vector<std::string> names;
};

// "/1/columns/my%2Fdata/id": what is escaped is no part of the path's shape. [code: libhoney escapes the dataset]
Path split(std::string_view path) {
  Path split;
  path.remove_prefix(std::string_view("/1/").size());
  if (path.ends_with('/')) path.remove_suffix(1);
  for (bool first = true; !path.empty() || first; first = false) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (first) {
      split.resource = path.substr(0, end);
    } else {
      split.names.push_back(percent_decode(path.substr(0, end)));
    }
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return split;
}

bool may(const Account& account, const Row& row) {
  if (is_ingest(account.kind)) return false;
  return (!row.needs || account.may(*row.needs)) && (!row.needs_too || account.may(*row.needs_too));
}

std::string needs_of(const Row& row) {
  std::string text = "a configuration key";
  for (const auto& need : {row.needs, row.needs_too}) {
    if (need) text += fmt::format(", {}", permission_names[static_cast<std::size_t>(*need)]);
  }
  return text;
}

Decision decide_row(const Row& row, Path& path, const HoneycombState& state, const recording::Request& request,
                    const recording::Context& context) {
  constexpr std::string_view unknown_key = "unknown API key - check your credentials";
  const std::string_view key = key_of(request).key;
  if (key.empty()) return refuse(api_error(401, unknown_key), diagnose_missing_key(request));
  const Account* const account = state.accounts.find(key);
  if (account == nullptr) return refuse(api_error(401, unknown_key), diagnose_unknown_key(key));
  if (!may(*account, row)) {  // as one that it does not know [guess]
    return refuse(api_error(401, unknown_key),
                  finding(rule::key_may_not_call, "header x-honeycomb-team",
                          fmt::format("{} {} needs {}", row.method, request.path(), needs_of(row))));
  }
  Call call{state, request, context, *account, {}, {}};
  if (!path.names.empty()) call.dataset = std::move(path.names[0]);
  if (path.names.size() > 1) call.id = std::move(path.names[1]);
  return row.decide(call);
}

}  // namespace

std::optional<Decision> decide_query_api(const HoneycombState& state, const recording::Request& request,
                                         const recording::Context& context) {
  if (request.protocol == recording::Protocol::grpc || !request.path().starts_with("/1/")) return std::nullopt;
  Path path = split(request.path());
  std::string allow;
  for (const Row& row : rows) {
    if (row.resource != path.resource || row.names != path.names.size()) continue;
    if (row.method == request.method) return decide_row(row, path, state, request, context);
    allow += fmt::format("{}{}", allow.empty() ? "" : ", ", row.method);
  }
  if (allow.empty()) return std::nullopt;
  return refuse(wrong_method(allow, state.settings),
                finding(rule::method_wrong, "method", fmt::format("{} {}", request.method, request.path())));
}

}  // namespace understudy::honeycomb
