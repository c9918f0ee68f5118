// Reading JSON that a stranger sent: every byte checked, every refusal placed, and one form for what is accepted.
//
// simdjson reads it. What simdjson refuses although the vendors' own parsers take it is rewritten in a copy and read
// again, so that nobody further on meets it: integers beyond 64 bits, numbers beyond a double, escapes of half a
// surrogate pair, a byte order mark.
//
// This header brings simdjson.h with it: include it from .cpp files only.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace understudy {

// Why a text is no JSON, and where. Line and column count from 1, the column in characters.
struct JsonError {
  std::size_t offset = 0;
  std::size_t line = 1;
  std::size_t column = 1;
  std::string reason;  // "a string is not closed"; quotes at most one character of the text

  std::string text() const;  // "line 3, column 7 (byte 41): a string is not closed"
};

enum class JsonRewriteKind { big_integer, number_out_of_range, lone_surrogate, byte_order_mark };

// A token that was replaced before reading. Offset and length are those of the text as it came.
struct JsonRewrite {
  JsonRewriteKind kind;
  std::size_t offset = 0;
  std::size_t length = 0;
};

std::string_view name_of(JsonRewriteKind kind);  // "integer beyond 64 bits", ...

struct JsonOptions {
  enum class BigInteger { as_double, clamped };

  std::size_t max_depth = 512;  // non-empty arrays and objects within each other
  BigInteger big_integers = BigInteger::as_double;
};

using JsonResult = std::expected<simdjson::dom::element, JsonError>;

// Keeps its memory from text to text, so make one a thread (`thread_local`) and use it again. An element that it
// returned lives until the next read.
class JsonReader {
 public:
  // At least 64 readable bytes follow the text (the body of a Request): it is read where it lies.
  JsonResult read_padded(std::string_view text, const JsonOptions& options = {});
  // For a text of any other origin: reads a copy.
  JsonResult read(std::string_view text, const JsonOptions& options = {});

  // What the last read replaced, in order; nearly always nothing.
  const std::vector<JsonRewrite>& rewrites() const { return rewrites_; }

 private:
  JsonResult read_tolerantly(std::string_view text, const JsonOptions& options, simdjson::error_code refusal);

  simdjson::dom::parser parser_;
  std::string copy_;
  std::vector<JsonRewrite> rewrites_;
};

// The member of that name; of several, the last, as the parsers of Go, Java, Python and JavaScript have it.
// (simdjson's own look-up returns the first.)
std::optional<simdjson::dom::element> last_member(simdjson::dom::object object, std::string_view name);

// The same value for those who edit and print. Of members with one name the last value stands, at the first's place.
nlohmann::ordered_json to_ordered_json(simdjson::dom::element element);

// The way to a value: member names and array indexes, from the outermost.
using JsonStep = std::variant<std::string_view, std::size_t>;
struct JsonRange {
  std::size_t offset = 0;
  std::size_t length = 0;
};

// Where in the text the value stands that a path leads to. The text was accepted by a JsonReader before; nothing if
// the path leads nowhere. Scans the text: for findings, not for the hot path.
std::optional<JsonRange> find_in_json(std::string_view text, std::span<const JsonStep> path);

}  // namespace understudy
