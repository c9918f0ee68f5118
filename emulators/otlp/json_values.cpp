#include "otlp/json_values.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/base64.h"

namespace understudy::otlp {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

using ScalarResult = std::expected<Scalar, std::string>;

ScalarResult refuse(element value, std::string_view wanted) {
  return std::unexpected(fmt::format("{} is no {}", kind_of(value), wanted));
}

std::optional<double> double_of_all(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename Integer>
std::optional<Integer> integer_from(double number) {
  const double beyond = std::ldexp(1.0, std::numeric_limits<Integer>::digits);  // one above the largest
  const double smallest = std::is_signed_v<Integer> ? -beyond : 0.0;
  if (!(number >= smallest && number < beyond) || number != std::trunc(number)) return std::nullopt;
  return static_cast<Integer>(number);
}

template <typename Integer>
std::optional<Integer> integer_from(std::string_view text) {
  Integer integer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (error == std::errc() && end == text.data() + text.size()) return integer;
  const auto number = double_of_all(text);  // "1e3", "5.0"
  return number ? integer_from<Integer>(*number) : std::nullopt;
}

template <typename Integer, typename Wide>
std::optional<Integer> integer_within(Wide number) {
  if (!std::in_range<Integer>(number)) return std::nullopt;
  return static_cast<Integer>(number);
}

template <typename Integer>
std::optional<Integer> read_integer(element value) {
  switch (value.type()) {
    case element_type::INT64:
      return integer_within<Integer>(value.get_int64().value_unsafe());
    case element_type::UINT64:
      return integer_within<Integer>(value.get_uint64().value_unsafe());
    case element_type::DOUBLE:
      return integer_from<Integer>(value.get_double().value_unsafe());
    case element_type::STRING:
      return integer_from<Integer>(value.get_string().value_unsafe());
    default:
      return std::nullopt;
  }
}

template <typename Integer>
ScalarResult integer(element value) {
  const auto read = read_integer<Integer>(value);
  constexpr std::string_view wanted[] = {"32-bit integer", "32-bit unsigned integer", "64-bit integer",
                                         "64-bit unsigned integer"};
  if (!read) return refuse(value, wanted[(sizeof(Integer) == 8) * 2 + std::is_unsigned_v<Integer>]);
  // Negative 32-bit integers are ten bytes on the wire: extended by their sign.
  return Scalar{.bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(*read)), .bytes = {}};
}

ScalarResult zigzag(element value) {
  const auto read = read_integer<std::int32_t>(value);
  if (!read) return refuse(value, "32-bit integer");
  const auto bits = static_cast<std::uint32_t>(*read);
  return Scalar{.bits = (bits << 1) ^ (*read < 0 ? 0xffffffff : 0), .bytes = {}};
}

std::optional<double> double_from(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  const bool negative = text.starts_with('-');
  const char first = text.size() > negative ? text[negative] : ' ';
  if (first < '0' || first > '9') return std::nullopt;  // from_chars would take "inf" and ".5"
  return double_of_all(text);
}

ScalarResult number(element value) {
  std::optional<double> read;
  double plain = 0;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    read = double_from(text);
  } else if (value.is_number() && value.get(plain) == simdjson::SUCCESS) {
    read = plain;
  }
  if (!read) return refuse(value, "number");
  return Scalar{.bits = std::bit_cast<std::uint64_t>(*read), .bytes = {}};
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes(text.size() / 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char* const pair = text.data() + 2 * i;
    std::uint8_t byte = 0;
    const auto [end, error] = std::from_chars(pair, pair + 2, byte, 16);
    if (error != std::errc() || end != pair + 2) return std::nullopt;
    bytes[i] = static_cast<char>(byte);
  }
  return bytes;
}

ScalarResult text(const Field& field, element value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return refuse(value, "string");
  if (field.type == Type::string) return Scalar{.bits = 0, .bytes = std::string(text)};
  std::optional<std::string> bytes;
  if (field.type == Type::id) bytes = from_hex(text);
  if (!bytes) bytes = from_base64(text);
  if (!bytes) return std::unexpected(field.type == Type::id ? "the id is not hex" : "the bytes are not base64");
  return Scalar{.bits = 0, .bytes = *std::move(bytes)};
}

ScalarResult enumeration(const Field& field, element value) {
  std::string_view name;
  if (value.get(name) != simdjson::SUCCESS) {
    return value.is_number() ? integer<std::int32_t>(value) : refuse(value, "number or name");
  }
  for (const EnumValue& known : values_of(field.enumeration())) {
    if (known.name == name) return Scalar{.bits = static_cast<std::uint64_t>(known.number), .bytes = {}};
  }
  return Scalar{};
}

}  // namespace

std::string_view kind_of(element value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "this string";
    case element_type::BOOL:
      return "true or false";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "this number";
  }
}

ScalarResult read_scalar(const Field& field, element value) {
  switch (field.type) {
    case Type::boolean: {
      bool flag = false;
      if (value.get(flag) != simdjson::SUCCESS) return refuse(value, "true or false");
      return Scalar{.bits = flag, .bytes = {}};
    }
    case Type::int32:
      return integer<std::int32_t>(value);
    case Type::sint32:
      return zigzag(value);
    case Type::uint32:
    case Type::fixed32:
      return integer<std::uint32_t>(value);
    case Type::int64:
    case Type::sfixed64:
      return integer<std::int64_t>(value);
    case Type::uint64:
    case Type::fixed64:
      return integer<std::uint64_t>(value);
    case Type::number:
      return number(value);
    case Type::string:
    case Type::bytes:
    case Type::id:
      return text(field, value);
    case Type::enumeration:
      return enumeration(field, value);
    case Type::message:
      break;
  }
  std::unreachable();
}

}  // namespace understudy::otlp
