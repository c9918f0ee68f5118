// Texts as numbers: each distinct text is kept once, and columns hold its code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace understudy::query {

// One writer; readers may use it while nobody writes. A text costs its bytes and about 20 more.
class Dictionary {
 public:
  using Code = std::uint32_t;
  // Of longer texts the first bytes are kept.
  static constexpr std::size_t max_text_bytes = 65535;

  Code code_of(std::string_view text);                    // adds it where it is new
  std::optional<Code> find(std::string_view text) const;  // adds nothing
  std::string_view text_of(Code code) const;              // lives as long as the dictionary
  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const;  // of memory, about

 private:
  // Where a text stands: byte in the pages << 16 | length.
  using Entry = std::uint64_t;
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t code_plus_one = 0;  // 0: free
  };

  static std::uint32_t hash_of(std::string_view text);
  std::size_t slot_of(std::string_view text, std::uint32_t hash) const;
  Entry keep(std::string_view text);
  void grow();

  static constexpr std::size_t page_bytes = std::size_t{1} << 20;
  std::vector<std::unique_ptr<char[]>> pages_;
  std::size_t used_ = page_bytes;  // of the last page
  std::vector<Entry> entries_;
  std::vector<Slot> slots_ = std::vector<Slot>(1024);
};

}  // namespace understudy::query
