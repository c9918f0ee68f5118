#include "honeycomb/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/percent.h"
#include "honeycomb/datasets.h"
#include "honeycomb/query_index.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Answer;
using recording::Decision;

constexpr std::size_t max_name_bytes = 255;
constexpr std::string_view malformed_id =
    "The id provided in the URL is malformed - we expected a 12-char base58-safe string.";

struct Place {
  std::string environment;
  std::string dataset;
};

ordered_json to_json(const Place& place, const IndexedDataset& dataset, const query::Column& column) {
  const auto found = dataset.notes.find(column.name());
  const ColumnNotes notes = found == dataset.notes.end() ? ColumnNotes() : found->second;
  return {{"id", column_id(place.environment, place.dataset, column.name())},
          {"key_name", column.name()},
          {"type", query::name_of(column.type())},
          {"description", notes.description},
          {"hidden", notes.hidden},
          {"last_written", time_json(column.written_ns())},
          {"created_at", time_json(column.created_ns())},
          {"updated_at", time_json(std::max(notes.updated_ns, column.created_ns()))}};
}

// The first column that is wanted.
Decision find_later(Place place, std::string what, std::function<bool(const query::Column&)> wanted) {
  Decision decision;
  decision.later = [place = std::move(place), what = std::move(what), wanted = std::move(wanted)](
                       recording::Index& index, const recording::Context&) -> Answer {
    const IndexedDataset* const dataset = static_cast<QueryIndex&>(index).find(place.environment, place.dataset);
    if (dataset != nullptr) {
      for (const query::Column* column : dataset->table.columns()) {
        if (wanted(*column)) return {json_reply(200, to_json(place, *dataset, *column)), {}};
      }
    }
    return {problem(Problem::not_found, "Column not found", "Column not found"),
            {finding(rule::api_not_found, "path", what)}};
  };
  return decision;
}

std::expected<Place, Decision> place_of(const Call& call) {
  auto dataset = find_dataset(call);
  if (!dataset) return std::unexpected(dataset.error());
  return Place{call.environment(), std::move(*dataset)};
}

std::expected<Place, Decision> place_and_id(const Call& call) {
  auto place = place_of(call);
  if (!place || is_id(call.id)) return place;
  return std::unexpected(
      refuse(api_error(400, malformed_id), finding(rule::api_not_found, "path", fmt::format("id {}", call.id))));
}

// What a body says of a column.
struct Written {
  std::optional<std::string> name;
  std::optional<query::Type> type;
  std::string description;
  bool hidden = false;
};

std::expected<Written, Decision> read_column(const ordered_json& body) {
  Written written;
  auto name = text_member(body, "key_name");
  if (!name) return std::unexpected(name.error());
  written.name = std::move(*name);
  if (written.name && written.name->size() > max_name_bytes) {
    return std::unexpected(refuse_member("key_name", "must have at most 255 characters"));
  }
  const auto type = text_member(body, "type");
  if (!type) return std::unexpected(type.error());
  if (*type) {
    written.type = query::type_named(**type);
    if (!written.type) return std::unexpected(refuse_member("type", "must be string, float, integer or boolean"));
  }
  auto description = text_member(body, "description");
  if (!description) return std::unexpected(description.error());
  written.description = description->value_or("");
  const auto hidden = bool_member(body, "hidden");
  if (!hidden) return std::unexpected(hidden.error());
  written.hidden = hidden->value_or(false);
  return written;
}

QueryEffect effect_of(const Place& place, const std::string& id, const Written& written) {
  QueryEffect effect;
  effect.set_dataset(place.dataset);
  ColumnChange& change = *effect.mutable_column();
  change.set_id(id);
  change.set_name(*written.name);
  if (written.type) change.set_type(static_cast<std::uint32_t>(*written.type) + 1);
  change.set_description(written.description);
  change.set_hidden(written.hidden);
  return effect;
}

ordered_json to_json(const Call& call, const std::string& id, const Written& written) {
  ordered_json json = {{"id", id}, {"key_name", *written.name}};
  if (written.type) json["type"] = query::name_of(*written.type);
  json["description"] = written.description;
  json["hidden"] = written.hidden;
  json["last_written"] = nullptr;
  json["created_at"] = time_json(call.now_ns());
  json["updated_at"] = time_json(call.now_ns());
  return json;
}

}  // namespace

Decision list_columns(const Call& call) {
  const auto place = place_of(call);
  if (!place) return place.error();
  for (const auto& [name, value] : parse_query(call.request.query())) {
    if (name != "key_name") continue;
    return find_later(*place, fmt::format("column \"{}\"", value),
                      [wanted = value](const query::Column& column) { return column.name() == wanted; });
  }
  Decision decision;
  decision.later = [place = *place](recording::Index& index, const recording::Context&) -> Answer {
    ordered_json list = ordered_json::array();
    if (const auto* const dataset = static_cast<QueryIndex&>(index).find(place.environment, place.dataset)) {
      for (const query::Column* column : dataset->table.columns()) list.push_back(to_json(place, *dataset, *column));
    }
    return {json_reply(200, list), {}};
  };
  return decision;
}

Decision get_column(const Call& call) {
  const auto place = place_and_id(call);
  if (!place) return place.error();
  return find_later(*place, fmt::format("column {}", call.id),
                    [place = *place, id = call.id](const query::Column& column) {
                      return column_id(place.environment, place.dataset, column.name()) == id;
                    });
}

Decision create_column(const Call& call) {
  const auto place = place_of(call);
  if (!place) return place.error();
  const auto body = read_body(call);
  if (!body) return body.error();
  auto written = read_column(*body);
  if (!written) return written.error();
  if (trim_space(written->name.value_or("")).empty()) {
    return refuse(api_error(400, "Key name cannot be blank"),
                  finding(rule::api_body_invalid, "key_name", "cannot be blank"));
  }
  if (!written->type) written->type = query::Type::string;
  const std::string id = column_id(place->environment, place->dataset, *written->name);
  if (call.state.queries.find_column(place->environment, place->dataset, id) != nullptr) {
    return refuse(problem(Problem::conflict, "A resource by that name already exists."),
                  finding(rule::api_body_invalid, "key_name", fmt::format("\"{}\" exists", *written->name)));
  }
  return answer_with(json_reply(201, to_json(call, id, *written)), call, effect_of(*place, id, *written));
}

// The body names the column, or a call that made it did.
Decision update_column(const Call& call) {
  const auto place = place_and_id(call);
  if (!place) return place.error();
  const auto body = read_body(call);
  if (!body) return body.error();
  auto written = read_column(*body);
  if (!written) return written.error();
  if (const auto* const declared = call.state.queries.find_column(place->environment, place->dataset, call.id)) {
    written->name = declared->name;
    if (!written->type && declared->type != 0) written->type = static_cast<query::Type>(declared->type - 1);
  }
  if (!written->name || column_id(place->environment, place->dataset, *written->name) != call.id) {
    return not_found("Column", call);
  }
  return answer_with(json_reply(200, to_json(call, call.id, *written)), call, effect_of(*place, call.id, *written));
}

Decision delete_column(const Call& call) {
  const auto place = place_and_id(call);
  if (!place) return place.error();
  QueryEffect effect;
  effect.set_dataset(place->dataset);
  effect.set_column_removed(call.id);
  recording::Reply reply;
  reply.status = 204;
  return answer_with(std::move(reply), call, effect);
}

}  // namespace understudy::honeycomb
