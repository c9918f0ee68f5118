#include "honeycomb/column_changes.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/ascii.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "honeycomb/query_call.h"

namespace understudy::honeycomb {
namespace {

using nlohmann::ordered_json;
using recording::Decision;

struct ChangeRow {
  std::string_view method;
  std::size_t names;  // in the path: dataset, id
  int accepted;       // the reply's status
  ColumnChange::Kind kind;
};
constexpr ChangeRow change_rows[] = {
    {"POST", 1, 201, ColumnChange::Kind::made},
    {"PUT", 2, 200, ColumnChange::Kind::changed},
    {"DELETE", 2, 204, ColumnChange::Kind::removed},
};

}  // namespace

std::expected<WrittenColumn, Decision> read_column(const ordered_json& body) {
  WrittenColumn written;
  auto name = text_member(body, "key_name");
  if (!name) return std::unexpected(name.error());
  written.name = std::move(*name);
  if (written.name && characters_in(*written.name) > max_name_length) {
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
  written.description = std::move(*description);
  const auto hidden = bool_member(body, "hidden");
  if (!hidden) return std::unexpected(hidden.error());
  written.hidden = *hidden;
  return written;
}

ordered_json to_json(const ShownColumn& column) {
  return {{"id", column.id},
          {"key_name", column.name},
          {"type", query::name_of(column.type)},
          {"description", column.description},
          {"hidden", column.hidden},
          {"last_written", time_json(column.written_ns)},
          {"created_at", time_json(column.created_ns)},
          {"updated_at", time_json(column.updated_ns)}};
}

ShownColumn made_column(std::string id, const WrittenColumn& written, std::int64_t moment_ns) {
  return {std::move(id),
          *written.name,
          written.type.value_or(query::Type::string),
          written.description.value_or(""),
          written.hidden.value_or(false),
          0,
          moment_ns,
          moment_ns};
}

std::optional<ColumnChange> column_change_of(const recording::Entry& entry) {
  if (!entry.read) return std::nullopt;
  const recording::Request request = entry.request();
  if (request.method == "GET" || !request.path().starts_with("/1/columns/")) return std::nullopt;
  ApiPath path = split_path(request.path());
  for (const ChangeRow& row : change_rows) {
    if (row.method != request.method || row.names != path.names.size() || row.accepted != entry.reply.status) continue;
    ColumnChange change{row.kind, lower_case(path.names[0]), row.names > 1 ? path.names[1] : std::string(), {}};
    if (row.kind == ColumnChange::Kind::removed) return change;
    const auto body = read_body(request);
    if (!body) return std::nullopt;  // accepted by a rule that was mended since
    auto written = read_column(*body);
    if (!written || (row.kind == ColumnChange::Kind::made && !written->name)) return std::nullopt;
    change.written = std::move(*written);
    return change;
  }
  return std::nullopt;
}

bool made_by(const recording::Entry& entry, const ShownColumn& column) {
  if (!entry.reply_hash.empty()) return sha256_hex(json_reply(201, to_json(column)).body) == entry.reply_hash;
  return entry.reply.body.find(fmt::format(R"("id":"{}")", column.id)) != entry.reply.body.npos;
}

}  // namespace understudy::honeycomb
