#include "query/dictionary.h"

#include <cstring>
#include <functional>

namespace understudy::query {

std::uint32_t Dictionary::hash_of(std::string_view text) {
  const std::uint64_t hash = std::hash<std::string_view>()(text);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

// The slot that holds the text, or the free one where it belongs.
std::size_t Dictionary::slot_of(std::string_view text, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (true) {
    const Slot& slot = slots_[at];
    if (slot.code_plus_one == 0) return at;
    if (slot.hash == hash && text_of(slot.code_plus_one - 1) == text) return at;
    at = (at + 1) & mask;
  }
}

Dictionary::Code Dictionary::code_of(std::string_view text) {
  text = text.substr(0, max_text_bytes);
  const std::uint32_t hash = hash_of(text);
  std::size_t at = slot_of(text, hash);
  if (slots_[at].code_plus_one != 0) return slots_[at].code_plus_one - 1;
  if ((entries_.size() + 1) * 4 > slots_.size() * 3) {
    grow();
    at = slot_of(text, hash);
  }
  entries_.push_back(keep(text));
  slots_[at] = {hash, static_cast<std::uint32_t>(entries_.size())};
  return static_cast<Code>(entries_.size() - 1);
}

std::optional<Dictionary::Code> Dictionary::find(std::string_view text) const {
  text = text.substr(0, max_text_bytes);
  const Slot& slot = slots_[slot_of(text, hash_of(text))];
  if (slot.code_plus_one == 0) return std::nullopt;
  return slot.code_plus_one - 1;
}

std::string_view Dictionary::text_of(Code code) const {
  const Entry entry = entries_[code];
  const std::uint64_t at = entry >> 16;
  return {pages_[at / page_bytes].get() + at % page_bytes, static_cast<std::size_t>(entry & max_text_bytes)};
}

Dictionary::Entry Dictionary::keep(std::string_view text) {
  if (used_ + text.size() > page_bytes) {
    pages_.push_back(std::make_unique_for_overwrite<char[]>(page_bytes));
    used_ = 0;
  }
  if (!text.empty()) std::memcpy(pages_.back().get() + used_, text.data(), text.size());
  const Entry entry = ((pages_.size() - 1) * page_bytes + used_) << 16 | text.size();
  used_ += text.size();
  return entry;
}

void Dictionary::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.code_plus_one == 0) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].code_plus_one != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

std::size_t Dictionary::bytes() const {
  return pages_.size() * page_bytes + entries_.capacity() * sizeof(Entry) + slots_.size() * sizeof(Slot);
}

}  // namespace understudy::query
