// Operations over items, occurrences, versions and reports: the caller is judged at the door, the answer is made over
// the index.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/callers.h"
#include "rollbar/doors.h"
#include "rollbar/item_index.h"
#include "rollbar/paging.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

// What of a request is left when it is answered.
struct ReadCall {
  Caller caller;
  Parameters parameters;
  std::string argument;  // the part of the path that names a thing; of several the last
  std::string body;
};

using Answerer = recording::Answer (*)(const ItemIndex& index, const ReadCall& call, const recording::Context& context);

bool is_read_operation(Operation operation);
recording::Decision decide_read(const State& state, const recording::Request& request,
                                const recording::Context& context, const Route& route);

// ---- the answers; each file has its own

recording::Answer list_items(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer search_items(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer get_item(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer find_item(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer item_by_counter(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer update_item(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
// What is wrong with the changes that a PATCH asks for; empty: nothing.
std::string fault_of_changes(const nlohmann::ordered_json& fields);

recording::Answer list_occurrences(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer item_occurrences(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer get_occurrence(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer delete_occurrence(const ItemIndex& index, const ReadCall& call, const recording::Context& context);

// What a browser sent, as it is.
recording::Answer get_replay(const ItemIndex& index, const ReadCall& call, const recording::Context& context);

recording::Answer list_environments(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer get_version(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer version_items(const ItemIndex& index, const ReadCall& call, const recording::Context& context);

recording::Answer top_active_items(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer occurrence_counts(const ItemIndex& index, const ReadCall& call, const recording::Context& context);
recording::Answer activated_counts(const ItemIndex& index, const ReadCall& call, const recording::Context& context);

// An item as /items and /item/{id} show it.
nlohmann::ordered_json to_json(const Item& item, std::int64_t now);
// An occurrence as /instance/{id} shows it; null where its entry cannot be read.
nlohmann::ordered_json to_json(const ItemIndex& index, const Occurrence& occurrence, const recording::Context& context);

}  // namespace understudy::rollbar
