// What the reads of traces have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "xray/index.h"
#include "xray/members.h"

namespace understudy::xray {

using LaterAnswer = std::function<Answer(TraceIndex&, const recording::Context&)>;
Answer answered_later(LaterAnswer later);

// Whose traces a call sees.
struct Sight {
  Scope scope;
  bool is_daemons = false;
  std::int64_t lag_ns = 0;
  TraceIndex::View view(const TraceIndex& index) const { return index.view(scope, is_daemons); }
};
Sight sight_of(const XrayState& state, const Call& call);

// Whether reads see a trace by its age: X-Ray keeps traces for 30 days [docs], and a session may let them wait.
bool is_kept(const Trace& trace, const Sight& sight, const recording::Moment& moment);

// TraceIds: 1 to `most` of them, each of 1 to 35 characters; without repetitions.
std::vector<std::string> trace_ids(Members& members, std::size_t most);

// NextToken of lists that are made anew for each page: how many items came before. Nothing: that is no token.
std::optional<std::size_t> page_begin(std::string_view token);
// Leaves one page of the list; the token of the next one, or null.
nlohmann::json cut_page(nlohmann::json& list, std::size_t begin);

// Half-open [docs].
struct Window {
  double start_s = 0;
  double end_s = 0;
  bool holds(double time_s) const { return time_s >= start_s && time_s < end_s; }
};
// StartTime and EndTime, both required; or the refusal of what they say.
std::expected<Window, Answer> window_of(Members& members, std::int64_t longest_s);

}  // namespace understudy::xray
