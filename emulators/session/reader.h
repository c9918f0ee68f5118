// Reading the records of a capture: a live session's, or a journal that was opened for reading.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "recording/filter.h"
#include "recording/journal.h"
#include "recording/record.h"
#include "session/views.h"

namespace understudy::session {

// Where records come from. Any thread. `owner` keeps the rest alive.
struct Capture {
  std::shared_ptr<const void> owner;
  const recording::Journal* journal = nullptr;
  const Vendors* vendors = nullptr;
  std::string session;
  std::uint64_t start = 0;  // the first entry that views show: after the last reset
};

// The first entry after the session began or was last reset, as the journal has it.
std::uint64_t start_of(const recording::Journal& journal);
// The name in the first entry; empty if there is none.
std::string name_of_session(const recording::Journal& journal);

// Which records are wanted; empty texts mean any.
struct Selection {
  std::string vendor;
  std::string kind;
  recording::Filter where;

  bool wants(const recording::Record& record) const {
    return (kind.empty() || record.kind == kind) && where.matches(record);
  }
};

// Called with each record, in order. The entry is the one that it was read from.
using SeeRecord = std::function<void(recording::Record&&, const recording::Entry& entry)>;

// Whether the entry can hold records of this vendor (empty: any). Looks at the index alone.
bool may_hold_records(const Capture& capture, std::uint64_t ordinal, std::string_view vendor);
// All records of one entry; nothing where may_hold_records() is false. The error is that of the journal.
// `kind` narrows nothing; but a kind that a vendor makes on request takes the place of that vendor's records.
std::expected<void, std::string> read_records(const Capture& capture, std::uint64_t ordinal, std::string_view vendor,
                                              const SeeRecord& see, std::string_view kind = {});

// A page: the selected records of entries from `begin` on. It ends with the entry that fills it, so it may hold more
// than `limit`; the records of an entry are never torn apart.
struct Page {
  std::vector<recording::Record> records;
  std::uint64_t next = 0;  // the entry that the next page begins with
};
std::expected<Page, std::string> read_page(const Capture& capture, const Selection& selection, std::uint64_t begin,
                                           std::uint64_t end, std::size_t limit);

}  // namespace understudy::session
