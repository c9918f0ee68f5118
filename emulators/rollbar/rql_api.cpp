#include "rollbar/rql_api.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

#include "base/percent.h"
#include "rollbar/callers.h"
#include "rollbar/effect.pb.h"
#include "rollbar/fields.h"
#include "rollbar/grouping.h"
#include "rollbar/item_index.h"
#include "rollbar/paging.h"
#include "rollbar/replies.h"
#include "rollbar/rql.h"
#include "rollbar/rules.h"

namespace understudy::rollbar {

namespace {

using nlohmann::ordered_json;
using recording::Answer;
using recording::Context;
using recording::Decision;
using recording::Request;

constexpr std::size_t jobs_a_page = 20;  // [guess]

const RqlJob* find(const State& state, std::string_view project, std::string_view id) {
  const auto number = to_number(id);
  const auto found = std::ranges::find_if(
      state.rql_jobs, [&](const RqlJob& job) { return number && job.id == *number && job.project == project; });
  return found == state.rql_jobs.end() ? nullptr : &*found;
}

// The members as documented; a job is done at once. [docs: RQL]
ordered_json to_json(const RqlJob& job) {
  return {{"id", job.id},
          {"project_id", project_id(job.project)},
          {"query_string", job.query},
          {"status", rql::parse(job.query, job.created) ? "success" : "failed"},
          {"job_hash", sha1_hex(job.query)},
          {"date_created", job.created},
          {"date_modified", job.created}};
}

Decision answer(recording::Reply reply) {
  return {.reply = std::move(reply), .findings = {}, .effect = {}, .read = true};
}

}  // namespace

Decision create_rql_job(const State& state, const Request& request, const Context& context) {
  const auto fields = read_fields(request);
  const auto caller = authorize(state, request, context, "read", named_in(fields));
  if (!caller) return caller.error();
  RqlJob job{.id = state.rql_jobs.size() + 1,
             .project = caller->project,
             .query = fields ? text_field(*fields, "query_string") : std::string(),
             .created = second_of(context.moment)};
  Decision decision;
  if (job.query.empty()) {  // the words are ours [guess]
    decision.reply = failed(422, "query_string is required", caller->rate);
    decision.findings.push_back(finding(rule::rql_refused, "query_string", "there is none"));
    return decision;
  }
  if (const auto parsed = rql::parse(job.query, job.created); !parsed) {
    decision.findings.push_back(finding(rule::rql_refused, "query_string", parsed.error()));
  }
  // The same query gives the job that there is. [docs: RQL]
  const auto wish = fields->find("force_refresh");
  const bool is_forced = wish != fields->end() && (*wish == true || *wish == "1" || *wish == "true" || *wish == 1);
  for (const RqlJob& known : state.rql_jobs | std::views::reverse) {
    if (is_forced || known.project != job.project || known.query != job.query) continue;
    decision.reply = succeeded(to_json(known), caller->rate, false);
    return decision;
  }
  Effect effect = counted(*caller);
  effect.mutable_rql_job()->set_id(job.id);
  effect.mutable_rql_job()->set_query(job.query);
  effect.SerializeToString(&decision.effect);
  decision.reply = succeeded(to_json(job), caller->rate, false);
  return decision;
}

Decision list_rql_jobs(const State& state, const Request& request, const Context& context) {
  const auto caller = authorize(state, request, context, "read");
  if (!caller) return caller.error();
  std::vector<const RqlJob*> own;
  for (const RqlJob& job : state.rql_jobs | std::views::reverse) {
    if (job.project == caller->project) own.push_back(&job);
  }
  const std::uint64_t page = page_of(parse_query(request.query()));
  ordered_json jobs = ordered_json::array();
  for (const std::size_t i : page_indexes(own.size(), page, jobs_a_page)) jobs.push_back(to_json(*own[i]));
  return answer(succeeded({{"page", page}, {"jobs", std::move(jobs)}}, caller->rate));
}

Decision get_rql_job(const State& state, const Request& request, const Context& context, std::string_view id) {
  const auto caller = authorize(state, request, context, "read");
  if (!caller) return caller.error();
  const RqlJob* const job = find(state, caller->project, id);
  return answer(job == nullptr ? not_found() : succeeded(to_json(*job), caller->rate));
}

// A job is done at once, so there is nothing to cancel: it is answered as it is. [guess]
Decision cancel_rql_job(const State& state, const Request& request, const Context& context, std::string_view id) {
  const auto caller = authorize(state, request, context, "read");
  if (!caller) return caller.error();
  const RqlJob* const job = find(state, caller->project, id);
  return answer(job == nullptr ? not_found() : succeeded(to_json(*job), caller->rate, false));
}

Decision rql_result(const State& state, const Request& request, const Context& context, std::string_view id) {
  const auto caller = authorize(state, request, context, "read");
  if (!caller) return caller.error();
  const RqlJob* const job = find(state, caller->project, id);
  if (job == nullptr) return answer(not_found());
  auto query = rql::parse(job->query, job->created);
  if (!query) {
    const ordered_json empty = ordered_json::array();
    return answer(succeeded({{"job_id", job->id},
                             {"result",
                              {{"rows", empty},
                               {"selectionColumns", empty},
                               {"columns", empty},
                               {"errors", {query.error()}},
                               {"warnings", empty},
                               {"rowcount", 0},
                               {"executionTime", 0}}}},
                            caller->rate));
  }
  Decision decision;
  decision.later = [query = std::move(*query), caller = *caller, job_id = job->id](recording::Index& index,
                                                                                   const Context& when) {
    auto result = rql::run(query, static_cast<const ItemIndex&>(index), caller.project, when);
    return Answer{.reply = succeeded({{"job_id", job_id}, {"result", std::move(result)}}, caller.rate)};
  };
  return decision;
}

}  // namespace understudy::rollbar
