#include "base/near_miss.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/ascii.h"

namespace understudy {

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before(right.size() + 1), above(right.size() + 1), row(right.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const bool same = left[i - 1] == right[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[right.size()];
}

std::string_view nearest_name(std::string_view written, std::span<const std::string_view> names) {
  constexpr std::size_t longest = 128;  // nobody's slip of the hand
  if (written.size() > longest) return {};
  const std::string wanted = lower_case(written);
  constexpr std::size_t telling = 3;  // letters: a name that was left off after these is meant
  std::string_view best;
  std::size_t best_distance = 1 + std::max<std::size_t>(1, written.size() / 3);
  for (const std::string_view name : names) {
    if (name.size() > longest) continue;
    if (const std::size_t distance = edit_distance(wanted, lower_case(name)); distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  for (const std::string_view name : names) {
    if (best.empty() && wanted.size() >= telling && lower_case(name).starts_with(wanted)) best = name;
  }
  return best;
}

}  // namespace understudy
