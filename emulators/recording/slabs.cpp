#include "recording/slabs.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>

namespace understudy::recording {
namespace {

constexpr std::size_t first_bytes = 256 * 1024;
constexpr std::size_t huge_page = 2 * 1024 * 1024;
constexpr std::size_t most_bytes = 64 * 1024 * 1024;  // a slab that nobody asked to be larger

std::size_t rounded_up(std::size_t bytes, std::size_t to) { return (bytes + to - 1) / to * to; }

char* map(std::size_t bytes) {
  void* address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return address == MAP_FAILED ? nullptr : static_cast<char*>(address);
}

// A multiple of huge pages that begins where one may begin: mapped with one more, whose ends are given back.
char* map_huge(std::size_t bytes) {
  char* const wide = map(bytes + huge_page);
  if (wide == nullptr) return nullptr;
  const std::size_t before =
      rounded_up(reinterpret_cast<std::uintptr_t>(wide), huge_page) - reinterpret_cast<std::uintptr_t>(wide);
  if (before > 0) munmap(wide, before);
  if (before < huge_page) munmap(wide + before + bytes, huge_page - before);
  madvise(wide + before, bytes, MADV_HUGEPAGE);  // a wish: without it the pages are ordinary ones
  return wide + before;
}

}  // namespace

Slabs::~Slabs() {
  for (const Mapped& slab : slabs_) munmap(slab.address, slab.bytes);
}

char* Slabs::take(std::size_t bytes) {
  if (bytes > left_ && !add(bytes)) return nullptr;
  char* const taken = at_;
  at_ += bytes;
  left_ -= bytes;
  return taken;
}

bool Slabs::add(std::size_t at_least) {
  const bool small = slabs_.empty() && at_least <= first_bytes;
  const std::size_t usual = slabs_.empty() ? huge_page : std::min(slabs_.back().bytes * 2, most_bytes);
  const std::size_t bytes = small ? first_bytes : rounded_up(std::max(usual, at_least), huge_page);
  char* const begin = small ? map(bytes) : map_huge(bytes);
  if (begin == nullptr) return false;
  slabs_.push_back({begin, bytes});
  at_ = begin;
  left_ = bytes;
  return true;
}

}  // namespace understudy::recording
