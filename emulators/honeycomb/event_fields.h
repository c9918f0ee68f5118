// The fields of one event while it is put together: names are unique, and text that stands in no body has a place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "honeycomb/events.h"

namespace understudy::honeycomb {

// Text that is made, not found. It keeps its memory when it is emptied.
class TextArena {
 public:
  char* allocate(std::size_t size);
  std::string_view keep(std::string_view text);
  void clear();

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;
  std::size_t used_ = 0;
};

std::uint64_t hash_of(std::string_view name);

// A field with the hash of its name, so that what many events inherit is hashed once.
struct HashedField {
  EventField field;
  std::uint64_t hash;
};

class FieldSet {
 public:
  // Empties it and writes into `fields` from now on.
  void begin(std::vector<EventField>& fields);

  // The three ways in which a field meets one of the same name.
  void put(std::string_view name, FieldValue value);            // the first stays
  void put(const HashedField& field);                           // the same
  void set(std::string_view name, FieldValue value);            // the last stays
  void put_own(std::string_view name, FieldValue value);        // the first stays, but an attribute replaces it
  void put_attribute(std::string_view name, FieldValue value);  // the first stays, but an own field is replaced
  void remove(std::string_view name);
  const EventField* find(std::string_view name) const;
  std::size_t size() const { return fields_->size(); }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t index = 0;
    std::uint32_t generation = 0;  // of the event that filled it
    bool own = false;
  };
  Slot* find_slot(std::string_view name, std::uint64_t hash);
  EventField& add(std::string_view name, FieldValue value, std::uint64_t hash, bool own);
  void grow();

  std::vector<EventField>* fields_ = nullptr;
  std::vector<Slot> slots_ = std::vector<Slot>(128);  // open addressing; a power of two
  std::uint32_t generation_ = 0;
};

}  // namespace understudy::honeycomb
