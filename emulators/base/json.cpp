#include "base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/json_scanner.h"
#include "base/padding.h"
#include "base/utf8.h"

namespace understudy {

namespace {

// Texts above this size do not leave their memory (some 14 times the text) with the reader.
constexpr std::size_t kept_capacity = std::size_t{4} << 20;

static_assert(padding >= simdjson::SIMDJSON_PADDING);

JsonError placed(std::string_view text, std::size_t offset, std::string reason) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  JsonError error;
  error.offset = offset;
  error.line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  error.column = 1 + characters_in(before.substr(line_start));
  error.reason = std::move(reason);
  return error;
}

std::string replacement_of(const JsonScanner::Oddity& oddity, std::string_view token, const JsonOptions& options) {
  constexpr std::string_view largest = "1.7976931348623157e308";
  const bool negative = token.starts_with('-');
  switch (oddity.kind) {
    case JsonRewriteKind::byte_order_mark:
      return {};
    case JsonRewriteKind::lone_surrogate:
      return "\\ufffd";
    case JsonRewriteKind::number_out_of_range:
      return fmt::format("{}{}", negative ? "-" : "", largest);
    case JsonRewriteKind::big_integer:
      if (options.big_integers == JsonOptions::BigInteger::clamped) {
        return negative ? fmt::to_string(std::numeric_limits<std::int64_t>::min())
                        : fmt::to_string(std::numeric_limits<std::uint64_t>::max());
      }
      return fmt::format("{}.0", token);
  }
  return std::string(token);
}

}  // namespace

std::string JsonError::text() const {
  return fmt::format("line {}, column {} (byte {}): {}", line, column, offset, reason);
}

std::string_view name_of(JsonRewriteKind kind) {
  switch (kind) {
    case JsonRewriteKind::big_integer:
      return "integer beyond 64 bits";
    case JsonRewriteKind::number_out_of_range:
      return "number beyond a double";
    case JsonRewriteKind::lone_surrogate:
      return "escape of half a surrogate pair";
    case JsonRewriteKind::byte_order_mark:
      return "byte order mark";
  }
  return "unknown";
}

JsonResult JsonReader::read_padded(std::string_view text, const JsonOptions& options) {
  rewrites_.clear();
  if (parser_.capacity() > kept_capacity && text.size() <= kept_capacity) parser_ = simdjson::dom::parser();
  // simdjson counts a scalar at the top as one level.
  const std::size_t levels = options.max_depth + 1;
  if (parser_.max_depth() != levels) {
    const auto error = parser_.allocate(std::max<std::size_t>(text.size(), 1024), levels);
    if (error != simdjson::SUCCESS) return std::unexpected(placed(text, 0, simdjson::error_message(error)));
  }
  simdjson::dom::element element;
  const auto refusal = parser_.parse(text.data(), text.size(), false).get(element);
  if (refusal == simdjson::SUCCESS) return element;
  return read_tolerantly(text, options, refusal);
}

JsonResult JsonReader::read(std::string_view text, const JsonOptions& options) {
  std::string padded;
  padded.reserve(text.size() + padding);
  padded = text;
  padded.append(padding, ' ');
  return read_padded({padded.data(), text.size()}, options);
}

JsonResult JsonReader::read_tolerantly(std::string_view text, const JsonOptions& options,
                                       simdjson::error_code refusal) {
  JsonScanner scanner(text, options.max_depth);
  if (!scanner.scan()) return std::unexpected(placed(text, scanner.error_offset(), scanner.error()));
  if (scanner.oddities().empty()) return std::unexpected(placed(text, 0, simdjson::error_message(refusal)));

  copy_.clear();
  std::size_t taken = 0;
  for (const auto& oddity : scanner.oddities()) {
    copy_.append(text, taken, oddity.offset - taken);
    copy_ += replacement_of(oddity, text.substr(oddity.offset, oddity.length), options);
    taken = oddity.offset + oddity.length;
  }
  copy_.append(text, taken);
  const std::size_t size = copy_.size();
  copy_.append(padding, ' ');
  simdjson::dom::element element;
  const auto error = parser_.parse(copy_.data(), size, false).get(element);
  if (copy_.capacity() > kept_capacity) std::string().swap(copy_);
  if (error != simdjson::SUCCESS) return std::unexpected(placed(text, 0, simdjson::error_message(error)));
  rewrites_ = scanner.oddities();
  return element;
}

std::optional<simdjson::dom::element> last_member(simdjson::dom::object object, std::string_view name) {
  std::optional<simdjson::dom::element> found;
  for (const auto member : object) {
    if (member.key == name) found = member.value;
  }
  return found;
}

namespace {

nlohmann::ordered_json object_to_json(simdjson::dom::object object) {
  auto json = nlohmann::ordered_json::object();
  auto& members = json.get_ref<nlohmann::ordered_json::object_t&>();
  // An ordered_json finds a name by walking through all of them; a hostile object has hundred thousands.
  std::unordered_map<std::string_view, std::size_t> places;
  for (const auto member : object) {
    const auto [place, is_new] = places.try_emplace(member.key, members.size());
    if (is_new) {
      members.push_back({std::string(member.key), to_ordered_json(member.value)});
    } else {
      std::next(members.begin(), static_cast<std::ptrdiff_t>(place->second))->second = to_ordered_json(member.value);
    }
  }
  return json;
}

}  // namespace

nlohmann::ordered_json to_ordered_json(simdjson::dom::element element) {
  using Type = simdjson::dom::element_type;
  switch (element.type()) {
    case Type::OBJECT:
      return object_to_json(simdjson::dom::object(element));
    case Type::ARRAY: {
      auto json = nlohmann::ordered_json::array();
      for (const auto item : simdjson::dom::array(element)) json.push_back(to_ordered_json(item));
      return json;
    }
    case Type::STRING:
      return std::string(std::string_view(element));
    case Type::INT64:
      return std::int64_t(element);
    case Type::UINT64:
      return std::uint64_t(element);
    case Type::DOUBLE:
      return double(element);
    case Type::BOOL:
      return bool(element);
    case Type::NULL_VALUE:
      return nullptr;
  }
  return nullptr;
}

std::optional<JsonRange> find_in_json(std::string_view text, std::span<const JsonStep> path) {
  JsonRange range{0, text.size()};
  for (const JsonStep& step : path) {
    const std::string_view value = text.substr(range.offset, range.length);
    std::optional<JsonRange> inner;
    for_each_child(value, [&](std::string_view raw_name, std::size_t index, JsonRange child) {
      const bool is_it = std::holds_alternative<std::size_t>(step)
                             ? raw_name.empty() && std::get<std::size_t>(step) == index
                             : !raw_name.empty() && unescaped(raw_name) == std::get<std::string_view>(step);
      if (is_it) inner = child;  // no early end: of several members with one name the last counts
    });
    if (!inner) return std::nullopt;
    range = {range.offset + inner->offset, inner->length};
  }
  return range;
}

}  // namespace understudy
