#include "rollbar/read_api.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/percent.h"
#include "rollbar/fields.h"
#include "rollbar/rules.h"
#include "rollbar/token.h"

namespace understudy::rollbar {

namespace {

using recording::Answer;
using recording::Context;
using recording::Decision;
using recording::Request;

struct Row {
  Operation operation;
  std::string_view scope;  // [docs: Access Tokens]
  Answerer answer;
};

constexpr Row table[] = {
    {Operation::list_items, "read", list_items},
    {Operation::search_items, "read", search_items},
    {Operation::get_item, "read", get_item},
    {Operation::find_item, "read", find_item},
    {Operation::item_by_counter, "read", item_by_counter},
    {Operation::update_item, "write", update_item},
    {Operation::list_occurrences, "read", list_occurrences},
    {Operation::item_occurrences, "read", item_occurrences},
    {Operation::get_occurrence, "read", get_occurrence},
    {Operation::delete_occurrence, "write", delete_occurrence},
    {Operation::get_replay, "read", get_replay},
    {Operation::list_environments, "read", list_environments},
    {Operation::get_version, "read", get_version},
    {Operation::version_items, "read", version_items},
    {Operation::top_active_items, "read", top_active_items},
    {Operation::occurrence_counts, "read", occurrence_counts},
    {Operation::activated_counts, "read", activated_counts},
};

const Row* row_of(Operation operation) {
  const auto* const found = std::ranges::find(table, operation, &Row::operation);
  return found == std::end(table) ? nullptr : found;
}

Decision refuse_changes(const Caller& caller, std::string fault) {
  Decision decision;
  decision.reply = failed(422, fault, caller.rate);
  decision.findings.push_back(finding(rule::item_bad_change, "body", std::move(fault)));
  return decision;
}

}  // namespace

bool is_read_operation(Operation operation) { return row_of(operation) != nullptr; }

Decision decide_read(const State& state, const Request& request, const Context& context, const Route& route) {
  const Row& row = *row_of(route.operation);
  const bool is_change = route.operation == Operation::update_item;
  const auto fields = is_change ? read_fields(request) : nlohmann::ordered_json::object();
  const auto caller = authorize(state, request, context, row.scope, named_in(fields));
  if (!caller) return caller.error();
  if (!fields) return refuse_changes(*caller, std::string(text::not_json));
  if (is_change) {
    if (std::string fault = fault_of_changes(*fields); !fault.empty()) return refuse_changes(*caller, std::move(fault));
  }
  std::string_view last;
  for (const std::string_view argument : route.arguments) last = argument.empty() ? last : argument;
  ReadCall call{*caller, parse_query(request.query()), percent_decode(last), {}};
  if (is_change) call.body = fields->dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  Decision decision;
  decision.later = [call = std::move(call), answer = row.answer](recording::Index& index, const Context& when) {
    Answer made = answer(static_cast<ItemIndex&>(index), call, when);
    if (call.caller.token_in_query) {
      made.findings.push_back(finding(rule::token_in_query, "query", masked(call.caller.token_text)));
    }
    return made;
  };
  return decision;
}

}  // namespace understudy::rollbar
