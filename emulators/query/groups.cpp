#include "query/groups.h"

namespace understudy::query {

std::size_t Groups::hash_of(const Member& member) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
  std::uint64_t hash = (member.bits ^ (std::uint64_t{member.tag} << 56)) * odd;
  hash ^= hash >> 32;
  hash = (hash + member.parent) * odd;
  return static_cast<std::size_t>(hash ^ (hash >> 29));
}

std::uint32_t Groups::number_of(const Member& member) {
  if (!members_.empty() && members_.back() == member) return static_cast<std::uint32_t>(members_.size() - 1);
  std::size_t mask = slots_.size() - 1;
  std::size_t at = hash_of(member) & mask;
  while (slots_[at] != 0) {
    if (members_[slots_[at] - 1] == member) return slots_[at] - 1;
    at = (at + 1) & mask;
  }
  members_.push_back(member);
  slots_[at] = static_cast<std::uint32_t>(members_.size());
  if (members_.size() * 2 > slots_.size()) grow();
  return static_cast<std::uint32_t>(members_.size() - 1);
}

void Groups::grow() {
  std::vector<std::uint32_t>(slots_.size() * 2).swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    std::size_t at = hash_of(members_[i]) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

}  // namespace understudy::query
