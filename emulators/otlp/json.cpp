#include "otlp/json.h"

#include <fmt/format.h>

#include "base/json.h"
#include "otlp/json_values.h"
#include "otlp/schema.h"
#include "otlp/wire_writer.h"

namespace understudy::otlp {
namespace {

using simdjson::dom::element;

// Whether a JSON name means the field, in lowerCamelCase or as the field is spelled.
bool is_name_of(std::string_view name, std::string_view field) {
  if (name == field) return true;
  std::size_t at = 0;
  for (std::size_t i = 0; i < field.size(); ++i, ++at) {
    const bool capital = field[i] == '_';
    if (capital) ++i;
    if (at == name.size() || name[at] != (capital ? static_cast<char>(field[i] - 32) : field[i])) return false;
  }
  return at == name.size();
}

const Field* find_by_name(MessageId message, std::string_view name) {
  for (const Field& field : fields_of(message)) {
    if (is_name_of(name, field.name)) return &field;
  }
  return nullptr;
}

std::string text_of(const std::vector<JsonStep>& path);

class Encoder {
 public:
  explicit Encoder(CamelCaseAlone* camel_case) : camel_case_(camel_case) {}

  // Fails at `path` for `reason`.
  bool message(MessageId id, element value, int depth);

  std::string take() { return writer_.take(); }
  const std::vector<JsonStep>& path() const { return path_; }
  const std::string& reason() const { return reason_; }

 private:
  bool refuse(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }
  bool is_ignored(const Field& field, std::string_view name);
  bool field(const Field& field, element value, int depth);
  bool list(const Field& field, element value, int depth);
  bool packed_list(const Field& field, simdjson::dom::array list);
  bool one(const Field& field, element value, int depth);
  bool scalar(const Field& field, element value);

  CamelCaseAlone* camel_case_;
  WireWriter writer_;
  std::vector<JsonStep> path_;
  std::string reason_;
};

bool Encoder::message(MessageId id, element value, int depth) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return refuse(fmt::format("{} is no object", kind_of(value)));
  if (depth > max_nesting) return refuse("messages are nested deeper than 100");
  for (const auto& [name, member] : object) {
    const Field* const known = find_by_name(id, name);
    if (known == nullptr || member.is_null() || is_ignored(*known, name)) continue;
    path_.emplace_back(name);
    if (!field(*known, member, depth)) return false;
    path_.pop_back();
  }
  return true;
}

bool Encoder::is_ignored(const Field& field, std::string_view name) {
  if (camel_case_ == nullptr || name != field.name || name.find('_') == name.npos) return false;
  if (camel_case_->ignored.empty()) {
    path_.emplace_back(name);
    camel_case_->ignored = text_of(path_);
    path_.pop_back();
  }
  return true;
}

bool Encoder::field(const Field& field, element value, int depth) {
  return field.presence == Presence::repeated ? list(field, value, depth) : one(field, value, depth);
}

bool Encoder::list(const Field& field, element value, int depth) {
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return refuse(fmt::format("{} is no array", kind_of(value)));
  if (field.type != Type::message && field.type != Type::string) return packed_list(field, list);
  std::size_t index = 0;
  for (const element item : list) {
    path_.emplace_back(index++);
    if (!one(field, item, depth)) return false;
    path_.pop_back();
  }
  return true;
}

bool Encoder::packed_list(const Field& field, simdjson::dom::array list) {
  if (list.size() == 0) return true;
  const std::size_t start = writer_.begin_message(field.number);
  std::size_t index = 0;
  for (const element item : list) {
    path_.emplace_back(index++);
    const auto value = read_scalar(field, item);
    if (!value) return refuse(value.error());
    writer_.bare(field.type, *value);
    path_.pop_back();
  }
  writer_.end_message(start);
  return true;
}

bool Encoder::one(const Field& field, element value, int depth) {
  if (field.type != Type::message) return scalar(field, value);
  const std::size_t start = writer_.begin_message(field.number);
  if (!message(field.message(), value, depth + 1)) return false;
  writer_.end_message(start);
  return true;
}

bool Encoder::scalar(const Field& field, element value) {
  const auto read = read_scalar(field, value);
  if (!read) return refuse(read.error());
  // An implicit default is not sent: an empty parent_span_id is no parent. [run: husky 0.22.2 in refinery 1.21.0]
  if (field.presence != Presence::implicit || !read->is_default()) writer_.field(field, *read);
  return true;
}

std::string text_of(const std::vector<JsonStep>& path) {
  constexpr std::size_t steps_shown = 40;
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i == steps_shown) return text + "...";
    if (const auto* index = std::get_if<std::size_t>(&path[i])) {
      text += fmt::format("[{}]", *index);
    } else {
      text += fmt::format("{}{}", text.empty() ? "" : ".", std::get<std::string_view>(path[i]));
    }
  }
  return text;
}

// The reader of JSON takes more than the readers of OTLP do. [code: protojson]
const JsonRewrite* first_refused(const std::vector<JsonRewrite>& rewrites) {
  for (const JsonRewrite& rewrite : rewrites) {
    if (rewrite.kind != JsonRewriteKind::big_integer) return &rewrite;  // a whole double; JS writes them up to 1e21
  }
  return nullptr;
}

}  // namespace

std::expected<std::string, WireError> json_to_protobuf(Signal signal, std::string_view body,
                                                       CamelCaseAlone* camel_case) {
  thread_local JsonReader reader;
  const JsonResult root = reader.read(body);
  if (!root) return std::unexpected(WireError{root.error().offset, "", root.error().reason});
  if (const JsonRewrite* refused = first_refused(reader.rewrites())) {
    return std::unexpected(WireError{refused->offset, "", std::string(name_of(refused->kind))});
  }
  Encoder encoder(camel_case);
  if (encoder.message(request_of(signal), *root, 0)) return encoder.take();
  const auto place = find_in_json(body, encoder.path());
  return std::unexpected(WireError{place ? place->offset : 0, text_of(encoder.path()), encoder.reason()});
}

}  // namespace understudy::otlp
