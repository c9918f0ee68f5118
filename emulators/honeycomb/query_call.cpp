#include "honeycomb/query_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/content_coding.h"
#include "base/json.h"
#include "base/near_miss.h"
#include "base/percent.h"
#include "base/utf8.h"
#include "honeycomb/query_index.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Decision;
using recording::Reply;

constexpr std::size_t max_body_bytes = 100'000;  // [docs: API]
constexpr std::size_t max_json_depth = 100;

struct ProblemRow {
  Problem problem;
  int status;
  std::string_view type;
  std::string_view title;
};
// [docs: API]
constexpr ProblemRow problem_rows[] = {
    {Problem::unparseable, 400, "unparseable", "The request body could not be parsed."},
    {Problem::not_found, 404, "not-found", "The requested resource cannot be found."},
    {Problem::validation_failed, 422, "validation-failed", "The provided input is invalid."},
    {Problem::conflict, 409, "conflict", "A resource by that name already exists."},
    {Problem::rate_limited, 429, "rate-limited", "You have exceeded your rate limit."},
    {Problem::too_large, 413, "payload-too-large", "The request body is too large."},
};

ordered_json problem_json(Problem problem, std::string_view error) {
  const ProblemRow& row = problem_rows[static_cast<std::size_t>(problem)];
  return {{"status", row.status},
          {"type", fmt::format("https://api.honeycomb.io/problems/{}", row.type)},
          {"title", row.title},
          {"error", error}};
}

Reply problem_reply(const ordered_json& json) {
  Reply reply = json_reply(json["status"].get<int>(), json);
  reply.headers.front().second = "application/problem+json";
  return reply;
}

Decision refuse_body(Reply reply, std::string detail) {
  return refuse(std::move(reply), finding(rule::api_body_invalid, "body", std::move(detail)));
}

}  // namespace

ApiPath split_path(std::string_view path) {
  ApiPath split;
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

Reply json_reply(int status, const ordered_json& json) {
  Reply reply;
  reply.status = status;
  reply.headers.emplace_back("Content-Type", "application/json");
  reply.body = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return reply;
}

Reply problem(Problem problem, std::string_view error, std::string_view detail) {
  ordered_json json = problem_json(problem, error);
  if (!detail.empty()) json["detail"] = detail;
  return problem_reply(json);
}

Reply invalid_field(std::string_view field, std::string_view code, std::string_view description) {
  ordered_json json = problem_json(Problem::validation_failed, "The provided input is invalid.");
  json["type_detail"] = ordered_json::array({{{"field", field}, {"code", code}, {"description", description}}});
  return problem_reply(json);
}

Decision answer(Reply reply) {
  Decision decision;
  decision.reply = std::move(reply);
  return decision;
}

Decision refuse(Reply reply, recording::Finding finding) {
  Decision decision = answer(std::move(reply));
  decision.findings.push_back(std::move(finding));
  return decision;
}

Decision answer_with(Reply reply, const Call& call, const QueryEffect& effect) {
  Decision decision = answer(std::move(reply));
  decision.effect = write_query_effect(call.environment(), effect);
  return decision;
}

Decision read(Reply reply) {
  Decision decision = answer(std::move(reply));
  decision.read = true;
  return decision;
}

Decision not_found(std::string_view what, const Call& call) {
  const std::string error = fmt::format("{} not found", what);
  return refuse(problem(Problem::not_found, error, error),
                finding(rule::api_not_found, "path", fmt::format("{} {}", what, call.id)));
}

std::expected<std::string, Decision> find_dataset(const Call& call) {
  std::string wanted = lower_case(call.dataset);
  const auto datasets = call.state.datasets(call.environment());
  for (const Dataset* dataset : datasets) {
    if (lower_case(dataset->name) == wanted) return wanted;
  }
  std::vector<std::string_view> names;
  for (const Dataset* dataset : datasets) {
    if (slug_of(dataset->name) == wanted) return lower_case(dataset->name);
    names.push_back(dataset->name);
  }
  const std::string_view near = nearest_name(call.dataset, names);
  std::string detail = fmt::format("\"{}\"", call.dataset);
  if (!near.empty()) detail += fmt::format("; there is \"{}\"", near);
  return std::unexpected(refuse(problem(Problem::not_found, "Dataset not found", "Dataset not found"),
                                finding(rule::dataset_not_found, "path", std::move(detail))));
}

std::expected<std::string, Decision> find_dataset_or_all(const Call& call) {
  // Classic keys have no environment. [docs: API]
  if (call.dataset == all_datasets && !call.environment().empty()) return std::string();
  return find_dataset(call);
}

bool is_id(std::string_view id) {
  return id.size() >= 11 && id.size() <= 12 && id.find_first_not_of(base58) == id.npos;
}

std::expected<ordered_json, Decision> read_body(const recording::Request& request) {
  std::string plain;
  std::string_view body = request.body;
  if (const auto coding = request.header("content-encoding").value_or(""); coding == "gzip") {
    auto decoded = decode_content(coding, body, max_body_bytes + 1);
    if (!decoded && decoded.error() != CodingError::too_large) {
      return std::unexpected(refuse_body(problem(Problem::unparseable, "invalid gzip data"), "damaged gzip"));
    }
    plain = decoded ? std::move(*decoded) : std::string(max_body_bytes + 1, ' ');
    body = plain;
  }
  if (body.size() > max_body_bytes) {
    return std::unexpected(
        refuse_body(problem(Problem::too_large, "Body size is larger than maximum size of 100000 bytes"),
                    fmt::format("more than {} bytes", max_body_bytes)));
  }
  thread_local JsonReader reader;
  const auto json = reader.read(body, {.max_depth = max_json_depth});
  if (!json) {
    return std::unexpected(
        refuse_body(problem(Problem::unparseable, "could not parse request body"), json.error().text()));
  }
  ordered_json read = to_ordered_json(*json);
  if (read.is_object()) return read;
  return std::unexpected(
      refuse_body(problem(Problem::unparseable, "could not parse request body"), "must be a JSON object"));
}

Decision refuse_member(std::string_view field, std::string_view description) {
  return refuse(invalid_field(field, "invalid", description),
                finding(rule::api_body_invalid, std::string(field), std::string(description)));
}

std::expected<std::optional<std::string>, Decision> text_member(const ordered_json& body, std::string_view name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  return std::unexpected(refuse(invalid_field(name, "incorrect_type", "must be a string"),
                                finding(rule::api_body_invalid, std::string(name), "must be a string")));
}

std::expected<std::optional<bool>, Decision> bool_member(const ordered_json& body, std::string_view name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return std::nullopt;
  if (found->is_boolean()) return found->get<bool>();
  return std::unexpected(refuse(invalid_field(name, "incorrect_type", "must be a boolean"),
                                finding(rule::api_body_invalid, std::string(name), "must be true or false")));
}

ordered_json time_json(std::int64_t ns) {
  constexpr std::size_t to_seconds = 19;
  if (ns == 0) return nullptr;
  return recording::rfc3339(ns).substr(0, to_seconds) + "Z";
}

std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char c : lower_case(name)) {
    const bool stays = is_lower(c) || is_digit(c);
    if (stays) {
      slug += c;
    } else if (begins_character(c)) {
      slug += '-';
    }
  }
  return slug;
}

}  // namespace understudy::honeycomb
