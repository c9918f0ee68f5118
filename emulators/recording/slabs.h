// Memory that only grows: where a journal without a folder keeps its frames. What was taken stays where it is until the
// slabs are gone.
//
// The first slab is small and of ordinary pages, so that a recording of a few requests costs next to nothing. All
// others are of huge pages where the kernel gives them: fresh ordinary pages cost several times the copy that fills
// them, and the journal touches nothing but fresh ones. What a slab reserves and nobody touched is no memory yet.
#pragma once

#include <cstddef>
#include <vector>

namespace understudy::recording {

class Slabs {
 public:
  Slabs() = default;
  ~Slabs();
  Slabs(const Slabs&) = delete;
  Slabs& operator=(const Slabs&) = delete;

  // Null if no memory is left; then nothing was taken.
  char* take(std::size_t bytes);

 private:
  struct Mapped {
    void* address;
    std::size_t bytes;
  };

  bool add(std::size_t at_least);

  std::vector<Mapped> slabs_;  // the last one is being filled
  char* at_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace understudy::recording
