#include "honeycomb/worked_out.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "query/matcher.h"

namespace understudy::honeycomb {
namespace {

using query::Column;
using query::Source;
using query::Type;

// A value as a column takes it; views into the scalar.
std::optional<query::Value> value_of(const Scalar& scalar) {
  if (const auto* truth = std::get_if<bool>(&scalar)) return *truth;
  if (const auto* whole = std::get_if<std::int64_t>(&scalar)) return static_cast<double>(*whole);
  if (const auto* fraction = std::get_if<double>(&scalar)) return *fraction;
  if (const auto* text = std::get_if<std::string>(&scalar)) return std::string_view(*text);
  return std::nullopt;
}

Scalar scalar_of(Type type, std::uint64_t bits, const query::Dictionary& texts) {
  switch (type) {
    case Type::string:
      return std::string(texts.text_of(static_cast<query::Dictionary::Code>(bits)));
    case Type::floating:
      return std::bit_cast<double>(bits);
    case Type::integer:
      return std::bit_cast<std::int64_t>(bits);
    case Type::boolean:
      break;
  }
  return bits != 0;
}

// Goes through the rows of a span, a chunk at a time.
class Walk {
 public:
  Walk(const query::Table& table, std::size_t rows, Span span) : table_(table), rows_(rows), span_(span) {}

  // see(chunk, rows of the chunk, their times, the moments at which they came)
  template <typename See>
  void each(See&& see) {
    for (std::size_t chunk = 0; chunk * query::chunk_rows < rows_; ++chunk) {
      if (table_.latest(chunk) < span_.start_ns || table_.earliest(chunk) >= span_.end_ns) continue;
      all_.resize(std::min(rows_ - chunk * query::chunk_rows, query::chunk_rows));
      std::iota(all_.begin(), all_.end(), std::uint16_t{0});
      table_.times(chunk, all_, times_);
      table_.moments(chunk, all_, moments_);
      see(chunk, query::Rows(all_), std::as_const(times_), std::as_const(moments_));
    }
  }

 private:
  const query::Table& table_;
  std::size_t rows_;
  Span span_;
  std::vector<std::uint16_t> all_;
  std::vector<std::int64_t> times_;
  std::vector<std::int64_t> moments_;
};

// One column's values in a chunk.
struct Gathered {
  const Column* column = nullptr;
  std::vector<std::uint64_t> bits;
  std::vector<std::uint8_t> present;

  void gather(std::size_t chunk, query::Rows rows) {
    if (column == nullptr) return;
    bits.resize(rows.size());
    present.resize(rows.size());
    column->gather(chunk, rows, bits.data(), present.data());
  }
  bool has(std::size_t row) const { return column != nullptr && present[row] != 0; }
};

Column work_out_one(const CalculatedField& field, const Source& source, Span span, query::Dictionary& texts) {
  std::vector<Gathered> inputs(field.expression.columns().size());
  for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].column = source.find(field.expression.columns()[i]);
  std::vector<Scalar> values(inputs.size());
  std::optional<Column> column;
  Walk(*source.table, source.rows, span)
      .each([&](std::size_t chunk, query::Rows rows, const auto& times, const auto& moments) {
        for (Gathered& input : inputs) input.gather(chunk, rows);
        for (std::size_t row = 0; row < rows.size(); ++row) {
          if (times[row] < span.start_ns || times[row] >= span.end_ns) continue;
          for (std::size_t i = 0; i < inputs.size(); ++i) {
            values[i] = inputs[i].has(row) ? scalar_of(inputs[i].column->type(), inputs[i].bits[row], texts) : Scalar();
          }
          const Scalar scalar = field.expression.evaluate({values, times[row], moments[row]});
          const auto value = value_of(scalar);
          if (!value) continue;
          if (!column) column.emplace(field.name, query::type_of(*value));
          column->set(chunk * query::chunk_rows + row, *value, texts, 0);
        }
      });
  return column ? std::move(*column) : Column(field.name, Type::string);
}

using Fields = std::vector<const CalculatedField*>;

const CalculatedField* find(const std::vector<CalculatedField>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &CalculatedField::name);
  return found == fields.end() ? nullptr : &*found;
}

// The field behind all that it names. One that names itself on the way is left out there, and null.
void put_in_order(const CalculatedField& field, const std::vector<CalculatedField>& fields,
                  std::set<std::string_view>& seen, Fields& ordered) {
  if (!seen.insert(field.name).second) return;
  for (const std::string& name : field.expression.columns()) {
    // A field of a column's name stands for the column, but not within itself.
    const CalculatedField* const inner = name == field.name ? nullptr : find(fields, name);
    if (inner != nullptr) put_in_order(*inner, fields, seen, ordered);
  }
  ordered.push_back(&field);
}

}  // namespace

std::vector<Column> work_out(const std::vector<CalculatedField>& fields, const std::vector<std::string>& wanted,
                             const query::Table& table, std::size_t rows, Span span, query::Dictionary& texts) {
  Fields ordered;
  std::set<std::string_view> seen;
  for (const std::string& name : wanted) {
    const CalculatedField* const field = find(fields, name);
    if (field != nullptr) put_in_order(*field, fields, seen, ordered);
  }
  std::vector<Column> columns;
  columns.reserve(ordered.size());
  for (const CalculatedField* field : ordered) {
    columns.push_back(work_out_one(*field, {&table, rows, columns}, span, texts));
  }
  return columns;
}

Column thin(const Thinned& thinned, const Source& source, Span span, query::Dictionary& texts) {
  Gathered input{source.find(thinned.column), {}, {}};
  const bool counts = thinned.column.empty();
  Column column(thinned.name, counts || input.column == nullptr ? Type::integer : input.column->type());
  std::vector<query::Matcher> matchers;
  matchers.reserve(thinned.conditions.size());
  for (const auto& condition : thinned.conditions) {
    matchers.emplace_back(condition, source.find(condition.column), source.table->texts());
  }
  std::vector<std::uint8_t> hits, met;
  Walk(*source.table, source.rows, span).each([&](std::size_t chunk, query::Rows rows, const auto&, const auto&) {
    met.assign(rows.size(), 0);
    for (query::Matcher& matcher : matchers) {
      hits.assign(rows.size(), 0);
      matcher.mark(chunk, rows, hits.data());
      for (std::size_t row = 0; row < rows.size(); ++row) met[row] = static_cast<std::uint8_t>(met[row] + hits[row]);
    }
    input.gather(chunk, rows);
    const std::size_t enough = thinned.any_condition ? 1 : matchers.size();
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (met[row] < enough || (!counts && !input.has(row))) continue;
      const Scalar scalar = counts ? Scalar(std::int64_t{1}) : scalar_of(column.type(), input.bits[row], texts);
      if (const auto* whole = std::get_if<std::int64_t>(&scalar)) {
        column.set(chunk * query::chunk_rows + row, *whole, texts, 0);
      } else {
        column.set(chunk * query::chunk_rows + row, *value_of(scalar), texts, 0);
      }
    }
  });
  return column;
}

}  // namespace understudy::honeycomb
