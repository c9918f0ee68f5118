// One entry with all that is known of it, for a person.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "program/source.h"

namespace understudy::program {

struct EntryId {
  std::string session;  // empty: not said
  std::uint64_t entry = 0;
  std::optional<std::uint32_t> index;
};

// "7", "default/7", "default/7/0"; nothing if it is none of them.
std::optional<EntryId> entry_id_from(std::string_view text);

// Head, decoded body, raw bytes with offsets, reply, findings. At most `bytes` of a dump; 0: all.
Result<std::string> entry_text(Source& source, const EntryId& id, std::size_t bytes);

}  // namespace understudy::program
