// Bytes that wait for a socket to take them, in order, and which replies have left when how many are taken.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::transport {

class OutputQueue {
 public:
  void append(std::string_view bytes);  // copied
  void append(std::string&& bytes);     // kept as it is if it is large
  void mark(std::uint64_t ordinal);     // everything appended so far ends the reply to this exchange

  bool empty() const { return waiting_ == 0; }
  std::size_t waiting() const { return waiting_; }

  // Up to `to.size()` pieces from the front.
  std::size_t gather(std::span<iovec> to) const;
  // The first `count` bytes were taken.
  void taken(std::size_t count);
  // Ordinals whose last byte was taken, one a call; false when there is none (more).
  bool next_left(std::uint64_t& ordinal);
  // Ordinals that never left.
  bool next_lost(std::uint64_t& ordinal);

 private:
  struct Mark {
    std::uint64_t end;
    std::uint64_t ordinal;
  };

  std::vector<std::string> pieces_;
  std::size_t first_ = 0;   // piece
  std::size_t offset_ = 0;  // in it
  bool open_ = false;       // the last piece takes more small bytes
  std::size_t waiting_ = 0;
  std::uint64_t appended_ = 0;
  std::uint64_t taken_ = 0;
  std::vector<Mark> marks_;
  std::size_t first_mark_ = 0;
};

}  // namespace understudy::transport
