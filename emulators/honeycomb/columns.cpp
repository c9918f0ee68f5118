#include "honeycomb/columns.h"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/percent.h"
#include "honeycomb/column_changes.h"
#include "honeycomb/datasets.h"
#include "honeycomb/query_index.h"
#include "honeycomb/replies.h"
#include "honeycomb/rules.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Answer;
using recording::Context;
using recording::Decision;

constexpr std::string_view malformed_id =
    "The id provided in the URL is malformed - we expected a 12-char base58-safe string.";

struct Place {
  std::string environment;
  std::string dataset;
};

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

// Asks the dataset's columns; null where no event and no call was about it yet.
Decision ask(Place place, std::function<Answer(const IndexedDataset*, const Context&)> answer) {
  Decision decision;
  decision.later = [place = std::move(place), answer = std::move(answer)](recording::Index& index,
                                                                          const Context& context) {
    return answer(static_cast<QueryIndex&>(index).find(place.environment, place.dataset), context);
  };
  return decision;
}

Answer column_not_found(const std::string& what) {
  return {problem(Problem::not_found, "Column not found", "Column not found"),
          {finding(rule::api_not_found, "path", what)}};
}

// Asks the column of that id, as it is shown.
Decision ask_about(Place place, std::string id, std::function<Answer(ShownColumn&, const Context&)> answer) {
  return ask(std::move(place),
             [id = std::move(id), answer = std::move(answer)](const IndexedDataset* dataset,
                                                              const Context& context) -> Answer {
               const query::Column* const column = dataset == nullptr ? nullptr : dataset->column_of(id);
               if (column == nullptr) return column_not_found(fmt::format("column {}", id));
               ShownColumn shown = dataset->shown(*column);
               return answer(shown, context);
             });
}

}  // namespace

Decision list_columns(const Call& call) {
  const auto place = place_of(call);
  if (!place) return place.error();
  for (const auto& [parameter, value] : parse_query(call.request.query())) {
    if (parameter != "key_name") continue;
    return ask(*place, [name = value](const IndexedDataset* dataset, const Context&) -> Answer {
      const query::Column* const column = dataset == nullptr ? nullptr : dataset->table.find(name);
      if (column == nullptr) return column_not_found(fmt::format("column \"{}\"", name));
      return {json_reply(200, to_json(dataset->shown(*column))), {}};
    });
  }
  return ask(*place, [](const IndexedDataset* dataset, const Context&) -> Answer {
    ordered_json list = ordered_json::array();
    if (dataset != nullptr) {
      for (const query::Column* column : dataset->table.columns()) list.push_back(to_json(dataset->shown(*column)));
    }
    return {json_reply(200, list), {}};
  });
}

Decision get_column(const Call& call) {
  const auto place = place_and_id(call);
  if (!place) return place.error();
  return ask_about(*place, call.id, [](ShownColumn& column, const Context&) -> Answer {
    return {json_reply(200, to_json(column)), {}};
  });
}

Decision create_column(const Call& call) {
  const auto place = place_of(call);
  if (!place) return place.error();
  const auto body = read_body(call.request);
  if (!body) return body.error();
  auto written = read_column(*body);
  if (!written) return written.error();
  if (trim_space(written->name.value_or("")).empty()) {
    return refuse(api_error(400, "Key name cannot be blank"),
                  finding(rule::api_body_invalid, "key_name", "cannot be blank"));
  }
  std::string id = column_id(place->environment, place->dataset, *written->name);
  return ask(*place,
             [id = std::move(id), written = std::move(*written)](const IndexedDataset* dataset,
                                                                 const Context& context) -> Answer {
               if (dataset != nullptr && dataset->table.find(*written.name) != nullptr) {
                 return {problem(Problem::conflict, "A resource by that name already exists."),
                         {finding(rule::api_body_invalid, "key_name", fmt::format("\"{}\" exists", *written.name))}};
               }
               return {json_reply(201, to_json(made_column(id, written, context.moment.vendor_ns))), {}};
             });
}

// A column keeps its name. [docs: API, columns]
Decision update_column(const Call& call) {
  const auto place = place_and_id(call);
  if (!place) return place.error();
  const auto body = read_body(call.request);
  if (!body) return body.error();
  auto written = read_column(*body);
  if (!written) return written.error();
  return ask_about(*place, call.id,
                   [written = std::move(*written)](ShownColumn& column, const Context& context) -> Answer {
                     if (written.type) column.type = *written.type;
                     if (written.description) column.description = *written.description;
                     if (written.hidden) column.hidden = *written.hidden;
                     column.updated_ns = context.moment.vendor_ns;
                     return {json_reply(200, to_json(column)), {}};
                   });
}

Decision delete_column(const Call& call) {
  const auto place = place_and_id(call);
  if (!place) return place.error();
  return ask_about(*place, call.id, [](ShownColumn&, const Context&) -> Answer {
    Answer answer;
    answer.reply.status = 204;
    return answer;
  });
}

}  // namespace understudy::honeycomb
