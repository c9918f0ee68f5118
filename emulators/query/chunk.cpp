#include "query/chunk.h"

#include <algorithm>
#include <bit>

namespace understudy::query {

void Chunk::put(std::size_t row, std::uint64_t bits) {
  if (!present_.empty() || row != count_) mark(row);
  append(bits);
}

void Chunk::mark(std::size_t row) {
  constexpr std::size_t bits = 64;
  if (present_.empty()) {
    present_.resize(row / bits + 1);
    for (std::size_t i = 0; i < count_; ++i) present_[i / bits] |= std::uint64_t{1} << (i % bits);
  }
  if (row / bits >= present_.size()) present_.resize(row / bits + 1);
  present_[row / bits] |= std::uint64_t{1} << (row % bits);
}

void Chunk::append(std::uint64_t bits) {
  if (count_ == 0) first_ = bits;
  if (is_constant_ && bits == first_) {
    ++count_;
    return;
  }
  if (is_constant_) spread();
  if (wide_.empty() && bits > UINT32_MAX) {
    wide_.assign(narrow_.begin(), narrow_.end());
    std::vector<std::uint32_t>().swap(narrow_);
  }
  if (wide_.empty()) {
    narrow_.push_back(static_cast<std::uint32_t>(bits));
  } else {
    wide_.push_back(bits);
  }
  ++count_;
}

void Chunk::spread() {
  is_constant_ = false;
  if (first_ > UINT32_MAX) {
    wide_.assign(count_, first_);
  } else {
    narrow_.assign(count_, static_cast<std::uint32_t>(first_));
  }
}

void Chunk::close() {
  present_.shrink_to_fit();
  narrow_.shrink_to_fit();
  wide_.shrink_to_fit();
}

// One loop for each form that the values may have.
template <typename ValueAt>
void Chunk::gather_by(Rows rows, ValueAt value_at, std::uint64_t* bits, std::uint8_t* present) const {
  if (present_.empty()) {
    const bool has_all = rows.empty() || rows.back() < count_;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool has = has_all || rows[i] < count_;
      present[i] = has;
      bits[i] = has ? value_at(rows[i]) : 0;
    }
    return;
  }
  std::size_t word = 0, before = 0;  // the values in front of that word
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t at = rows[i] / 64U;
    const std::uint64_t bit = std::uint64_t{1} << (rows[i] % 64U);
    present[i] = at < present_.size() && (present_[at] & bit) != 0;
    if (!present[i]) {
      bits[i] = 0;
      continue;
    }
    for (; word < at; ++word) before += static_cast<std::size_t>(std::popcount(present_[word]));
    bits[i] = value_at(before + static_cast<std::size_t>(std::popcount(present_[at] & (bit - 1))));
  }
}

void Chunk::gather(Rows rows, std::uint64_t* bits, std::uint8_t* present) const {
  if (is_constant_) {
    gather_by(rows, [first = first_](std::size_t) { return first; }, bits, present);
  } else if (wide_.empty()) {
    gather_by(
        rows, [narrow = narrow_.data()](std::size_t index) { return std::uint64_t{narrow[index]}; }, bits, present);
  } else {
    gather_by(rows, [wide = wide_.data()](std::size_t index) { return wide[index]; }, bits, present);
  }
}

std::size_t Chunk::bytes() const {
  return sizeof *this + present_.capacity() * sizeof(std::uint64_t) + narrow_.capacity() * sizeof(std::uint32_t) +
         wide_.capacity() * sizeof(std::uint64_t);
}

}  // namespace understudy::query
