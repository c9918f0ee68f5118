#include "recording/slabs.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace understudy::recording {
namespace {

constexpr std::size_t small = 1000;
constexpr std::size_t first_slab = 256 * 1024;
constexpr std::size_t huge_page = 2 * 1024 * 1024;

// What the kernel says of the mapping that holds an address.
std::string flags_at(const char* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0, to = 0;
    char dash = 0;
    std::istringstream head(line);
    if (head >> std::hex >> from >> dash >> to && dash == '-') inside = from <= wanted && wanted < to;
    if (inside && line.starts_with("VmFlags:")) return line;
  }
  return "";
}

TEST(Slabs, WhatWasTakenStaysAndIsApart) {
  Slabs slabs;
  std::vector<char*> taken;
  for (int i = 0; i < 20'000; ++i) {
    taken.push_back(slabs.take(small));
    ASSERT_NE(taken.back(), nullptr);
    std::memset(taken.back(), i % 251, small);
  }
  for (int i = 0; i < 20'000; ++i) {
    const char* const bytes = taken[static_cast<std::size_t>(i)];
    ASSERT_EQ(static_cast<unsigned char>(bytes[0]), i % 251);
    ASSERT_EQ(std::memcmp(bytes, bytes + 1, small - 1), 0);
  }
}

TEST(Slabs, TheFirstIsSmallAndTheOthersAreOfHugePages) {
  if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) GTEST_SKIP() << "this kernel has no huge pages";
  Slabs slabs;
  EXPECT_EQ(flags_at(slabs.take(first_slab)).find(" hg"), std::string::npos);
  const char* const second = slabs.take(1);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(second) % huge_page, 0u);
  EXPECT_NE(flags_at(second).find(" hg"), std::string::npos) << flags_at(second);
}

TEST(Slabs, MayBeAskedForMoreThanASlabHolds) {
  Slabs slabs;
  for (const std::size_t bytes : {3 * huge_page + 1, small, 70 * huge_page, small}) {
    char* const taken = slabs.take(bytes);
    ASSERT_NE(taken, nullptr);
    taken[0] = taken[bytes - 1] = 'x';
  }
}

TEST(Slabs, SayWhenThereIsNoMemoryAndGoOn) {
  Slabs slabs;
  EXPECT_EQ(slabs.take(SIZE_MAX / 4), nullptr);
  EXPECT_NE(slabs.take(small), nullptr);
}

}  // namespace
}  // namespace understudy::recording
