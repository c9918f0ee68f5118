#include "query/matcher.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace understudy::query {
namespace {

using recording::FilterOp;

// Exact for every 64-bit integer and every double.
static_assert(std::numeric_limits<long double>::digits >= 64);

bool is_equality(FilterOp op) {
  return op == FilterOp::equals || op == FilterOp::differs || op == FilterOp::in || op == FilterOp::not_in;
}
bool is_denied(FilterOp op) { return op == FilterOp::differs || op == FilterOp::not_in; }

std::string text_of_constant(const Constant& constant) {
  if (const auto* text = std::get_if<std::string>(&constant)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&constant)) return std::to_string(*integer);
  if (const auto* number = std::get_if<double>(&constant)) return text_of(*number);
  return std::get<bool>(constant) ? "true" : "false";
}

std::optional<long double> number_of_constant(const Constant& constant) {
  if (const auto* integer = std::get_if<std::int64_t>(&constant)) return static_cast<long double>(*integer);
  if (const auto* number = std::get_if<double>(&constant)) return static_cast<long double>(*number);
  if (const auto* text = std::get_if<std::string>(&constant)) return number_of(*text);
  return std::nullopt;
}

std::optional<bool> truth_of_constant(const Constant& constant) {
  if (const auto* truth = std::get_if<bool>(&constant)) return *truth;
  const auto* text = std::get_if<std::string>(&constant);
  if (text != nullptr && (*text == "true" || *text == "false")) return *text == "true";
  return std::nullopt;
}

template <typename Value>
bool in_order(FilterOp op, const Value& value, const Value& constant) {
  switch (op) {
    case FilterOp::greater:
      return value > constant;
    case FilterOp::at_least:
      return value >= constant;
    case FilterOp::less:
      return value < constant;
    case FilterOp::at_most:
      return value <= constant;
    default:
      return false;
  }
}

}  // namespace

Matcher::Matcher(const Condition& condition, const Column* column, const Dictionary& texts)
    : dictionary_(texts), column_(column), op_(condition.op) {
  if (column_ != nullptr) read_constants(condition.values);
}

void Matcher::read_constants(const std::vector<Constant>& values) {
  for (const Constant& value : values) {
    switch (column_->type()) {
      case Type::string:
        texts_.push_back(text_of_constant(value));
        if (const auto code = dictionary_.find(texts_.back())) codes_.insert(*code);
        break;
      case Type::floating:
      case Type::integer:
        if (const auto number = number_of_constant(value)) numbers_.push_back(*number);
        break;
      case Type::boolean:
        if (const auto truth = truth_of_constant(value)) truths_.push_back(*truth);
        break;
    }
  }
  by_code_ = is_equality(op_);
  if (column_->type() == Type::string && !by_code_) decided_.resize(dictionary_.size());
}

void Matcher::mark(std::size_t chunk, Rows rows, std::uint8_t* hits) {
  if (column_ == nullptr) {
    if (op_ == FilterOp::does_not_exist) std::fill_n(hits, rows.size(), std::uint8_t{1});
    return;
  }
  bits_.resize(rows.size());
  present_.resize(rows.size());
  column_->gather(chunk, rows, bits_.data(), present_.data());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (op_ == FilterOp::exists || op_ == FilterOp::does_not_exist) {
      if ((op_ == FilterOp::exists) == (present_[i] != 0)) hits[i] = 1;
    } else if (present_[i] != 0 && holds(bits_[i])) {
      hits[i] = 1;
    }
  }
}

bool Matcher::holds(std::uint64_t bits) {
  switch (column_->type()) {
    case Type::string:
      return holds_text(bits);
    case Type::floating:
    case Type::integer:
      return holds_number(bits);
    case Type::boolean:
      break;
  }
  return holds_truth(bits != 0);
}

bool Matcher::holds_text(std::uint64_t code) {
  if (by_code_) return codes_.contains(code) != is_denied(op_);
  std::uint8_t& decided = decided_[code];
  if (decided == 0) decided = decide_text(dictionary_.text_of(static_cast<Dictionary::Code>(code))) ? 2 : 1;
  return decided == 2;
}

bool Matcher::decide_text(std::string_view text) const {
  if (texts_.empty()) return false;
  const std::string_view part = texts_.front();
  switch (op_) {
    case FilterOp::starts_with:
      return text.starts_with(part);
    case FilterOp::does_not_start_with:
      return !text.starts_with(part);
    case FilterOp::ends_with:
      return text.ends_with(part);
    case FilterOp::does_not_end_with:
      return !text.ends_with(part);
    case FilterOp::contains:
      return text.contains(part);
    case FilterOp::does_not_contain:
      return !text.contains(part);
    default:
      return in_order(op_, text, part);
  }
}

bool Matcher::holds_number(std::uint64_t bits) const {
  const auto number = column_->type() == Type::integer ? static_cast<long double>(std::bit_cast<std::int64_t>(bits))
                                                       : static_cast<long double>(std::bit_cast<double>(bits));
  if (is_equality(op_)) return (std::ranges::find(numbers_, number) != numbers_.end()) != is_denied(op_);
  return !numbers_.empty() && in_order(op_, number, numbers_.front());
}

bool Matcher::holds_truth(bool truth) const {
  if (!is_equality(op_)) return false;
  return (std::ranges::find(truths_, truth) != truths_.end()) != is_denied(op_);
}

}  // namespace understudy::query
