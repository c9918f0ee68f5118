// What calls about columns say, and what those that were accepted changed. [docs: API, columns]
//
// A column comes to be with the first event that has it, and events are looked at only when somebody asks: a call about
// a column is answered over the index of the events, and so its exchange alone says what it changed.
#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "query/column.h"
#include "recording/entry.h"
#include "recording/vendor.h"

namespace understudy::honeycomb {

// The members of a body; what is absent stays as it is.
struct WrittenColumn {
  std::optional<std::string> name;
  std::optional<query::Type> type;
  std::optional<std::string> description;
  std::optional<bool> hidden;
};
// The error is the answer.
std::expected<WrittenColumn, recording::Decision> read_column(const nlohmann::ordered_json& body);

// A column as GET shows it.
struct ShownColumn {
  std::string id;
  std::string name;
  query::Type type = query::Type::string;
  std::string description;
  bool hidden = false;
  std::int64_t written_ns = 0;
  std::int64_t created_ns = 0;
  std::int64_t updated_ns = 0;
};
nlohmann::ordered_json to_json(const ShownColumn& column);
// One that is made by a call of this body, which names it.
ShownColumn made_column(std::string id, const WrittenColumn& written, std::int64_t moment_ns);

struct ColumnChange {
  enum class Kind : std::uint8_t { made, changed, removed };
  Kind kind;
  std::string dataset;  // as the path names it, in lower case
  std::string id;       // of one that is changed or removed
  WrittenColumn written;
};
// What an exchange changed, if it was an accepted call about a column.
std::optional<ColumnChange> column_change_of(const recording::Entry& entry);
// Whether it made this very column: its reply says so.
bool made_by(const recording::Entry& entry, const ShownColumn& column);

}  // namespace understudy::honeycomb
