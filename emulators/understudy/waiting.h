// How long to wait, and what a wait gave.
#pragma once

#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace understudy {

struct Within {
  std::chrono::milliseconds time;
};
template <typename Rep, typename Period>
Within within(std::chrono::duration<Rep, Period> time) {
  return {std::chrono::ceil<std::chrono::milliseconds>(time)};
}

// How long nothing more may come before an exact count, or none at all, is believed.
struct Quiet {
  std::chrono::milliseconds time;
};
template <typename Rep, typename Period>
Quiet quiet(std::chrono::duration<Rep, Period> time) {
  return {std::chrono::ceil<std::chrono::milliseconds>(time)};
}

// The records that a wait saw, whether it was met or not: a container for ElementsAre, Each, Contains. A result that is
// not met says why; a test that ignores it does not compile without a warning.
template <typename R>
class [[nodiscard]] Waited {
 public:
  using value_type = R;
  using reference = const R&;
  using const_reference = const R&;
  using iterator = typename std::vector<R>::const_iterator;
  using const_iterator = iterator;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;

  Waited(bool met, std::vector<R> records, std::string why)
      : met_(met), records_(std::move(records)), why_(std::move(why)) {}

  bool met() const { return met_; }
  explicit operator bool() const { return met_; }
  // What was wanted, what came instead, the nearest miss and the command that shows its bytes. Empty if it was met.
  const std::string& explain() const { return why_; }

  const std::vector<R>& records() const { return records_; }
  iterator begin() const { return records_.begin(); }
  iterator end() const { return records_.end(); }
  size_type size() const { return records_.size(); }
  bool empty() const { return records_.empty(); }
  const R& operator[](size_type index) const { return records_[index]; }
  const R& front() const { return records_.front(); }
  const R& back() const { return records_.back(); }

 private:
  bool met_;
  std::vector<R> records_;
  std::string why_;
};

// Test frameworks print a result with this.
template <typename R>
void PrintTo(const Waited<R>& waited, std::ostream* out) {
  constexpr std::size_t most = 32;
  *out << '{';
  for (std::size_t i = 0; i < waited.size() && i < most; ++i) *out << (i == 0 ? " " : ", ") << waited[i];
  if (waited.size() > most) *out << ", ... (" << waited.size() << " in all)";
  *out << " }";
  if (!waited.met()) *out << "\n" << waited.explain();
}

}  // namespace understudy
