// Numbers for what belongs together: the first that comes gets 0, the next another one 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace understudy::query {

// One step of grouping: a group of the step before, and a value within it.
class Groups {
 public:
  static constexpr std::uint8_t absent = 255;  // the tag of what has no value
  struct Member {
    std::uint32_t parent;
    std::uint8_t tag;  // what kind of value, so that 1 is not true
    std::uint64_t bits;

    friend bool operator==(const Member&, const Member&) = default;
  };

  std::uint32_t number_of(const Member& member);
  const Member& operator[](std::size_t number) const { return members_[number]; }
  std::size_t size() const { return members_.size(); }

 private:
  static std::size_t hash_of(const Member& member);
  void grow();

  std::vector<Member> members_;
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(1024);  // number + 1; 0: free
};

}  // namespace understudy::query
