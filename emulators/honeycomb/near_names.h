// Names that differ from another that was seen by a slip of the hand.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::honeycomb {

// Gathers names, how often each was seen and where first. What is meant is left alone: short names, names that differ
// in digits, in one letter that stands alone, in a plural, in a method.
class NearNames {
 public:
  void add(std::string_view name, std::uint64_t entry);

  struct Pair {
    std::string_view rare;
    std::string_view common;
    std::uint64_t rare_count;
    std::uint64_t common_count;
    std::uint64_t entry;  // of the rare one
  };
  std::vector<Pair> pairs() const;

 private:
  struct Seen {
    std::uint64_t count = 0;
    std::uint64_t entry = 0;
  };
  std::map<std::string, Seen, std::less<>> names_;
};

}  // namespace understudy::honeycomb
