// The outline of an item: a hash over what its grouping and filing look at, and nothing else of it. Two items of one
// outline have the same fingerprint, environment and version, whatever else they hold, so only the first of them needs
// to be read again. Taken while the schema looks at an item, kept in the effect.
//
// Stands in the journal: a change of what is added, or how, needs a new field there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace understudy::rollbar {

class Outline {
 public:
  // A value with a mark of what it is; marks alone tell where the parts of a payload begin.
  void add(char mark, std::string_view text) {
    add(mark, text.size());
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left > 16; at += 16, left -= 16) mix(load<std::uint64_t>(at), load<std::uint64_t>(at + 8));
    if (left >= 8) {  // what is left, from both of its ends
      mix(load<std::uint64_t>(at), load<std::uint64_t>(at + left - 8));
    } else if (left >= 4) {
      mix(load<std::uint32_t>(at), load<std::uint32_t>(at + left - 4));
    } else if (left > 0) {
      mix(load<std::uint8_t>(at),
          std::uint64_t{load<std::uint8_t>(at + left / 2)} << 8 | load<std::uint8_t>(at + left - 1));
    }
  }
  void add(char mark, std::uint64_t number = 0) {
    mix(std::uint64_t{static_cast<unsigned char>(mark)} << 56 ^ number, 0);
  }

  std::uint64_t value() const { return state_; }

 private:
  __extension__ using Wide = unsigned __int128;

  template <typename Integer>
  static Integer load(const char* from) {
    return load_little_endian<Integer>(from);
  }
  void mix(std::uint64_t one, std::uint64_t other) {
    const Wide product = Wide{state_ ^ one} * (other ^ 0x9E3779B97F4A7C15ULL);
    state_ = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  std::uint64_t state_ = 0x243F6A8885A308D3ULL;
};

}  // namespace understudy::rollbar
