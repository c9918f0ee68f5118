// What the calls about datasets, columns, queries and their results have in common.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "honeycomb/accounts.h"
#include "honeycomb/query_effect.pb.h"
#include "honeycomb/state.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

// Stands for all datasets of an environment. [docs: API]
inline constexpr std::string_view all_datasets = "__all__";

struct Call {
  const HoneycombState& state;
  const recording::Request& request;
  const recording::Context& context;
  const Account& account;
  std::string dataset;  // as the path names it, decoded
  std::string id;       // likewise

  const std::string& environment() const { return account.environment.slug; }
  std::int64_t now_ns() const { return context.moment.vendor_ns; }
};

// "/1/columns/my%2Fdata/id": what is escaped is no part of the path's shape. [code: libhoney escapes the dataset]
struct ApiPath {
  std::string_view resource;
  std::vector<std::string> names;  // that follow it, decoded: dataset, id
};
ApiPath split_path(std::string_view path);

// ---- replies
recording::Reply json_reply(int status, const nlohmann::ordered_json& json);
// application/problem+json. [docs: API; snapshot: terraform-provider-honeycombio]
enum class Problem : std::uint8_t { unparseable, not_found, validation_failed, conflict, rate_limited, too_large };
recording::Reply problem(Problem problem, std::string_view error, std::string_view detail = {});
// One field of a body is wrong.
recording::Reply invalid_field(std::string_view field, std::string_view code, std::string_view description);

recording::Decision answer(recording::Reply reply);
recording::Decision refuse(recording::Reply reply, recording::Finding finding);
recording::Decision answer_with(recording::Reply reply, const Call& call, const QueryEffect& effect);
recording::Decision read(recording::Reply reply);

// ---- what a call names
// The dataset's name in lower case, by name or slug; the error is the answer.
std::expected<std::string, recording::Decision> find_dataset(const Call& call);
// The same, with "__all__" as an empty name.
std::expected<std::string, recording::Decision> find_dataset_or_all(const Call& call);
recording::Decision not_found(std::string_view what, const Call& call);
// Whether it could be an id at all.
bool is_id(std::string_view id);

// The body, an object.
std::expected<nlohmann::ordered_json, recording::Decision> read_body(const recording::Request& request);
// A body with a member that is not what it should be.
recording::Decision refuse_member(std::string_view field, std::string_view description);
// The member's text; an absent one is null, one that is no text an error.
std::expected<std::optional<std::string>, recording::Decision> text_member(const nlohmann::ordered_json& body,
                                                                           std::string_view name);
std::expected<std::optional<bool>, recording::Decision> bool_member(const nlohmann::ordered_json& body,
                                                                    std::string_view name);

inline constexpr std::size_t max_name_length = 255;  // in characters [docs: API]
// "2026-11-21T00:38:03Z"; null for 0.
nlohmann::ordered_json time_json(std::int64_t ns);

// Lower case, and a dash for each character that is neither letter nor digit. [snapshot:
// terraform-provider-honeycombio]
std::string slug_of(std::string_view name);

}  // namespace understudy::honeycomb
