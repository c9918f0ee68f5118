// A stretch of one column: up to 16,384 rows of 64-bit values, of which any may be absent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace understudy::query {

inline constexpr std::size_t chunk_rows = 16384;
// Rows of one chunk, ascending.
using Rows = std::span<const std::uint16_t>;

// Only what is there takes memory: values stand packed, with a bit a row once a row was left out; one value that all
// rows share is kept once; values below 2^32 take half.
class Chunk {
 public:
  // Rows ascend, each once.
  void put(std::size_t row, std::uint64_t bits);
  // Nothing comes any more: gives back what was reserved.
  void close();

  // For each of the rows its value and whether there is one. Both arrays have the rows' length.
  void gather(Rows rows, std::uint64_t* bits, std::uint8_t* present) const;

  std::size_t count() const { return count_; }
  std::size_t bytes() const;

 private:
  template <typename ValueAt>
  void gather_by(Rows rows, ValueAt value_at, std::uint64_t* bits, std::uint8_t* present) const;
  void append(std::uint64_t bits);
  void spread();  // from one shared value to a value for each
  void mark(std::size_t row);

  bool is_constant_ = true;
  std::uint32_t count_ = 0;
  std::uint64_t first_ = 0;
  std::vector<std::uint64_t> present_;  // empty: rows 0 to count_ - 1 are there
  std::vector<std::uint32_t> narrow_;
  std::vector<std::uint64_t> wide_;  // instead of narrow_, once a value needs it
};

}  // namespace understudy::query
