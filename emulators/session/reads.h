// Reads that look at many entries: they are decided on the io thread, answered on the query thread, and recorded on the
// io thread again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recording/journal.h"
#include "recording/vendor.h"
#include "session/fault.h"
#include "session/views.h"

namespace understudy::session {

// Each vendor's index over the entries since the session's start or last reset. One thread at a time.
class Indexes {
 public:
  Indexes(const Vendors& vendors, std::uint64_t start);
  // The index after it has seen the entries below `end`, which never goes back. An entry that cannot be read is passed
  // over: the read that needs it reports it.
  recording::Index& up_to(std::size_t vendor, const recording::Journal& journal, std::uint64_t end);

 private:
  struct Built {
    std::unique_ptr<recording::Index> index;
    std::uint64_t next;
  };
  const Vendors& vendors_;
  std::vector<Built> built_;
};

// What is left of a request whose answer comes later.
struct DeferredRead {
  std::size_t vendor = 0;
  recording::Entry entry;      // what is recorded, all but ordinal and reply
  std::optional<Fault> fault;  // that acts on it
  std::uint64_t seed = 0;      // of the session
  std::function<recording::Answer(recording::Index&, const recording::Context&)> later;
  std::shared_ptr<Indexes> indexes;
  recording::Answer answer;

  // Fills `answer`. Any thread, but one at a time for all reads of a session, in the order in which they were decided.
  void run(const recording::Journal& journal);
};

// What is random about a read that is answered later depends on its number: its entry has no ordinal yet.
recording::Entropy entropy_of_read(std::uint64_t seed, std::string_view vendor, std::uint64_t number);

}  // namespace understudy::session
