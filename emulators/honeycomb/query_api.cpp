#include "honeycomb/query_api.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "honeycomb/caller.h"
#include "honeycomb/columns.h"
#include "honeycomb/config_objects.h"
#include "honeycomb/datasets_api.h"
#include "honeycomb/doors.h"
#include "honeycomb/key_diagnosis.h"
#include "honeycomb/query_call.h"
#include "honeycomb/query_results.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"
#include "honeycomb/set_refusals.h"

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

bool may(const Account& account, const Row& row) {
  if (is_ingest(account.kind)) return false;
  return (!row.needs || account.may(*row.needs)) && (!row.needs_too || account.may(*row.needs_too));
}

bool may(const Account& account, Permission needs) { return !is_ingest(account.kind) && account.may(needs); }

std::string needs_of(std::initializer_list<std::optional<Permission>> needs) {
  std::string text = "a configuration key";
  for (const auto& need : needs) {
    if (need) text += fmt::format(", {}", permission_names[static_cast<std::size_t>(*need)]);
  }
  return text;
}

// A call that is to be made if the key may make it.
class Asked {
 public:
  Asked(ApiPath& path, const HoneycombState& state, const recording::Request& request,
        const recording::Context& context)
      : path_(path), state_(state), request_(request), context_(context) {}

  Decision decide(const Row& row) {
    return with_account([&](const Account& account) { return may(account, row); }, needs_of({row.needs, row.needs_too}),
                        row.decide);
  }
  Decision decide(const ConfigKind& kind) {
    const std::size_t names = path_.names.size();
    return with_account([&](const Account& account) { return may(account, needed_for(kind)); },
                        needs_of({needed_for(kind)}),
                        [&](const Call& call) { return decide_config(kind, call, names); });
  }

 private:
  template <typename May, typename Decide>
  Decision with_account(May may_call, std::string needs, Decide decide_call) {
    const std::string_view key = key_of(request_).key;
    if (key.empty()) return refuse(api_error(401, api_unknown_key), diagnose_missing_key(request_));
    const Account* const account = account_of(state_, request_);
    if (account == nullptr) return refuse(api_error(401, api_unknown_key), diagnose_key(state_, request_));
    if (!may_call(*account)) {  // as one that it does not know [guess]
      return refuse(api_error(state_.settings.may_not_call_status, api_unknown_key),
                    finding(rule::key_may_not_call, "header x-honeycomb-team",
                            fmt::format("{} {} needs {}", request_.method, request_.path(), needs)));
    }
    if (auto refused = refused_call(state_.settings, request_, context_)) {
      return refuse(std::move(refused->reply), std::move(refused->finding));
    }
    Call call{state_, request_, context_, *account, {}, {}};
    if (!path_.names.empty()) call.dataset = std::move(path_.names[0]);
    if (path_.names.size() > 1) call.id = std::move(path_.names[1]);
    return decide_call(call);
  }

  ApiPath& path_;
  const HoneycombState& state_;
  const recording::Request& request_;
  const recording::Context& context_;
};

}  // namespace

std::optional<Decision> decide_query_api(const HoneycombState& state, const recording::Request& request,
                                         const recording::Context& context) {
  if (request.protocol == recording::Protocol::grpc || !request.path().starts_with("/1/")) return std::nullopt;
  ApiPath path = split_path(request.path());
  Asked asked(path, state, request, context);
  std::string allow;
  for (const Row& row : rows) {
    if (row.resource != path.resource || row.names != path.names.size()) continue;
    if (row.method == request.method) return asked.decide(row);
    allow += fmt::format("{}{}", allow.empty() ? "" : ", ", row.method);
  }
  if (const ConfigKind* kind = find_config_kind(path.resource)) {
    allow = methods_of(*kind, path.names.size());
    if (is_among(request.method, allow)) return asked.decide(*kind);
  }
  if (allow.empty()) return std::nullopt;
  return refuse(wrong_method(allow, state.settings),
                finding(rule::method_wrong, "method", fmt::format("{} {}", request.method, request.path())));
}

}  // namespace understudy::honeycomb
