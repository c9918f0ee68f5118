#include "query/column.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace understudy::query {
namespace {

constexpr std::array<std::string_view, 4> type_names = {"string", "float", "integer", "boolean"};

// Toward zero; nothing where no integer is near.
std::optional<std::int64_t> truncated(double number) {
  constexpr double limit = 9223372036854775808.0;  // 2^63
  if (!(number > -limit && number < limit)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<bool> truth_of(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<double> as_number(const Value& value) {
  switch (type_of(value)) {
    case Type::string:
      return number_of(std::get<std::string_view>(value));
    case Type::floating:
      return std::get<double>(value);
    case Type::integer:
      return static_cast<double>(std::get<std::int64_t>(value));
    case Type::boolean:
      return std::get<bool>(value) ? 1 : 0;
  }
  return std::nullopt;
}

std::optional<bool> as_truth(const Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return truth_of(*text);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  return as_number(value) != 0;
}

std::optional<std::int64_t> as_integer(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  const auto number = as_number(value);
  return number ? truncated(*number) : std::nullopt;
}

std::string as_text(const Value& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return fmt::to_string(*integer);
  if (const auto* number = std::get_if<double>(&value)) return text_of(*number);
  return std::get<bool>(value) ? "true" : "false";
}

Value value_of(Type type, std::uint64_t bits, const Dictionary& texts) {
  switch (type) {
    case Type::string:
      return texts.text_of(static_cast<Dictionary::Code>(bits));
    case Type::floating:
      return std::bit_cast<double>(bits);
    case Type::integer:
      return std::bit_cast<std::int64_t>(bits);
    case Type::boolean:
      break;
  }
  return bits != 0;
}

}  // namespace

std::string_view name_of(Type type) { return type_names[static_cast<std::size_t>(type)]; }

std::optional<Type> type_named(std::string_view name) {
  for (std::size_t i = 0; i < type_names.size(); ++i) {
    if (type_names[i] == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

Type type_of(const Value& value) {
  constexpr std::array<Type, 4> types = {Type::string, Type::integer, Type::floating, Type::boolean};
  return types[value.index()];
}

std::string text_of(double number) { return fmt::format("{}", number); }

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::uint64_t bits_of(std::int64_t number) { return std::bit_cast<std::uint64_t>(number); }
std::uint64_t bits_of(double number) { return std::bit_cast<std::uint64_t>(number == 0 ? 0.0 : number); }

double as_double(Type type, std::uint64_t bits) {
  return type == Type::floating ? std::bit_cast<double>(bits) : static_cast<double>(std::bit_cast<std::int64_t>(bits));
}

void Column::declare(std::int64_t moment_ns) {
  if (created_ns_ == 0) created_ns_ = moment_ns;
}

void Column::set(std::size_t row, const Value& value, Dictionary& texts, std::int64_t moment_ns) {
  if (row < next_row_) return;
  const auto bits = bits_for(value, texts);
  if (created_ns_ == 0) created_ns_ = moment_ns;
  written_ns_ = moment_ns;
  if (!bits) return;
  put(row, *bits);
}

void Column::put(std::size_t row, std::uint64_t bits) {
  next_row_ = row + 1;
  const std::size_t chunk = row / chunk_rows;
  if (chunk >= chunks_.size()) {
    if (!chunks_.empty()) chunks_.back().close();
    chunks_.resize(chunk + 1);
  }
  chunks_[chunk].put(row % chunk_rows, bits);
  ++count_;
}

std::uint64_t Column::code_of(std::string_view text, Dictionary& texts) {
  if (has_last_ && text == last_text_) return last_code_;
  last_code_ = texts.code_of(text);
  last_text_ = texts.text_of(last_code_);
  has_last_ = true;
  return last_code_;
}

std::optional<std::uint64_t> Column::bits_for(const Value& value, Dictionary& texts) {
  switch (type_) {
    case Type::string: {
      const auto* text = std::get_if<std::string_view>(&value);
      return text != nullptr ? code_of(*text, texts) : code_of(as_text(value), texts);
    }
    case Type::floating: {
      const auto number = as_number(value);
      return number && !std::isnan(*number) ? std::optional(bits_of(*number)) : std::nullopt;
    }
    case Type::integer: {
      const auto integer = as_integer(value);
      return integer ? std::optional(bits_of(*integer)) : std::nullopt;
    }
    case Type::boolean:
      break;
  }
  const auto truth = as_truth(value);
  return truth ? std::optional<std::uint64_t>(*truth ? 1 : 0) : std::nullopt;
}

void Column::gather(std::size_t chunk, Rows rows, std::uint64_t* bits, std::uint8_t* present) const {
  if (chunk < chunks_.size()) return chunks_[chunk].gather(rows, bits, present);
  std::fill_n(bits, rows.size(), 0);
  std::fill_n(present, rows.size(), 0);
}

void Column::convert(Type type, Dictionary& texts) {
  if (type == type_) return;
  std::vector<std::uint16_t> rows(chunk_rows);
  std::iota(rows.begin(), rows.end(), std::uint16_t{0});
  std::vector<std::uint64_t> bits(chunk_rows);
  std::vector<std::uint8_t> present(chunk_rows);
  Column converted(name_, type);
  for (std::size_t chunk = 0; chunk < chunks_.size(); ++chunk) {
    chunks_[chunk].gather(rows, bits.data(), present.data());
    for (std::size_t i = 0; i < chunk_rows; ++i) {
      if (!present[i]) continue;
      converted.set(chunk * chunk_rows + i, value_of(type_, bits[i], texts), texts, written_ns_);
    }
  }
  converted.created_ns_ = created_ns_;
  converted.written_ns_ = written_ns_;
  converted.next_row_ = next_row_;
  *this = std::move(converted);
}

std::size_t Column::bytes() const {
  std::size_t bytes = sizeof *this + name_.capacity();
  for (const Chunk& chunk : chunks_) bytes += chunk.bytes();
  return bytes;
}

}  // namespace understudy::query
