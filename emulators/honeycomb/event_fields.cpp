#include "honeycomb/event_fields.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

namespace understudy::honeycomb {

char* TextArena::allocate(std::size_t size) {
  constexpr std::size_t chunk_size = 16 * 1024;
  while (chunk_ < chunks_.size() && chunks_[chunk_].size - used_ < size) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    const std::size_t wanted = std::max(size, chunk_size);
    chunks_.push_back({std::make_unique_for_overwrite<char[]>(wanted), wanted});
  }
  char* const place = chunks_[chunk_].bytes.get() + used_;
  used_ += size;
  return place;
}

std::string_view TextArena::keep(std::string_view text) {
  if (text.empty()) return {};
  char* const place = allocate(text.size());
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

void TextArena::clear() {
  chunk_ = 0;
  used_ = 0;
}

std::uint64_t hash_of(std::string_view name) { return std::hash<std::string_view>()(name); }

void FieldSet::begin(std::vector<EventField>& fields) {
  fields.clear();
  fields_ = &fields;
  if (++generation_ == 0) {  // it went round: what is old must not look new
    std::ranges::fill(slots_, Slot{});
    generation_ = 1;
  }
}

// Where the name stands, or the free slot that it would take.
FieldSet::Slot* FieldSet::find_slot(std::string_view name, std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.generation != generation_) return &slot;
    if (slot.hash == hash && (*fields_)[slot.index].name == name) return &slot;
  }
}

EventField& FieldSet::add(std::string_view name, FieldValue value, std::uint64_t hash, bool own) {
  if ((fields_->size() + 1) * 2 > slots_.size()) grow();
  Slot* const slot = find_slot(name, hash);
  *slot = {hash, static_cast<std::uint32_t>(fields_->size()), generation_, own};
  return fields_->emplace_back(name, value);
}

void FieldSet::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.generation != generation_) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].generation == generation_) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

void FieldSet::put(std::string_view name, FieldValue value) { put({{name, value}, hash_of(name)}); }

void FieldSet::put(const HashedField& field) {
  if (find_slot(field.field.name, field.hash)->generation == generation_) return;
  add(field.field.name, field.field.value, field.hash, false);
}

void FieldSet::set(std::string_view name, FieldValue value) {
  const std::uint64_t hash = hash_of(name);
  const Slot* const slot = find_slot(name, hash);
  if (slot->generation == generation_) {
    (*fields_)[slot->index].value = value;
  } else {
    add(name, value, hash, false);
  }
}

void FieldSet::put_own(std::string_view name, FieldValue value) {
  const std::uint64_t hash = hash_of(name);
  if (find_slot(name, hash)->generation == generation_) return;
  add(name, value, hash, true);
}

void FieldSet::put_attribute(std::string_view name, FieldValue value) {
  const std::uint64_t hash = hash_of(name);
  Slot* const slot = find_slot(name, hash);
  if (slot->generation != generation_) {
    add(name, value, hash, false);
  } else if (slot->own) {
    (*fields_)[slot->index].value = value;
    slot->own = false;
  }
}

// Rare, so the table is simply made again.
void FieldSet::remove(std::string_view name) {
  if (find(name) == nullptr) return;
  std::vector<EventField> rest;
  for (const EventField& field : *fields_) {
    if (field.name != name) rest.push_back(field);
  }
  begin(*fields_);
  for (const EventField& field : rest) add(field.name, field.value, hash_of(field.name), false);
}

const EventField* FieldSet::find(std::string_view name) const {
  const auto found = std::ranges::find(*fields_, name, &EventField::name);
  return found == fields_->end() ? nullptr : &*found;
}

}  // namespace understudy::honeycomb
