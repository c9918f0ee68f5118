// The journal: the only truth. An append-only sequence of entries, in memory or in segment files, by one code path.
// docs/journal.md describes the bytes.
//
// Threads: append() from the one writer thread only. read(), row() and size() from any thread:
// they see every entry below size(), which is published after the entry is whole.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recording/entry.h"
#include "recording/vendor.h"

namespace understudy::recording {

// What the writer hands over for one entry. `body` and `reply_body` go into the frame as they are.
struct Draft {
  EntryFields fields;
  std::string_view body;
};

// One row of the index, 32 bytes.
struct Row {
  std::uint64_t address;  // in memory: of the frame; on disk: segment number << 40 | offset in the segment
  std::uint32_t meta_bytes;
  std::uint32_t body_bytes;
  std::uint32_t reply_bytes;
  EntryKind kind;
  std::uint8_t vendor;  // index in vendors(), 255: none
  bool read;
  bool has_findings;
  std::atomic<Outcome> outcome;  // of an exchange; 0 while unknown
};

struct JournalOptions {
  std::optional<std::filesystem::path> directory;  // absent: in memory
  std::uint64_t max_bytes = UINT64_MAX;            // of frames and index rows; appending beyond is refused
  std::uint64_t segment_bytes = 256ull << 20;      // a new file is begun after this many
  bool fsync = false;                              // fdatasync after each append
  std::vector<std::string> vendors;                // names that rows may carry
};

class Journal final : public EntrySource {
 public:
  // Called for each entry found on disk, in order; `done_bytes` of `all_bytes` tell progress.
  using Replay = std::function<void(const Entry& entry, std::uint64_t done_bytes, std::uint64_t all_bytes)>;

  // Opens for writing, with a lock that keeps a second writer out. A torn tail is cut and told in warning().
  // The error is one line that names the file and what to do.
  static std::expected<std::unique_ptr<Journal>, std::string> open(const JournalOptions& options, const Replay& replay);
  // Opens for reading only, also while another process writes; size() is what was whole at that time.
  // refresh() looks for more.
  static std::expected<std::unique_ptr<Journal>, std::string> open_read_only(const std::filesystem::path& directory,
                                                                             std::vector<std::string> vendors);
  std::expected<void, std::string> refresh(const Replay& replay);

  ~Journal() override;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // All or nothing. Returns the ordinal of the first; the error says why nothing was kept, and the next append may
  // succeed again. Beyond max_bytes there is a little room, for the entry that says that the journal is full.
  enum class Room { bounded, last_words };
  static constexpr std::uint64_t last_words_bytes = 32 * 1024;
  std::expected<std::uint64_t, std::string> append(std::span<const Draft> drafts, Room room = Room::bounded);

  std::uint64_t size() const;  // entries published; the next ordinal
  std::uint64_t bytes() const;
  const std::string& warning() const;       // what recovery had to cut; empty: nothing
  const std::string& append_error() const;  // of the last append; empty: it succeeded. Writer thread only

  std::expected<Entry, std::string> read(std::uint64_t ordinal) const override;
  // For those who read many, one after another: an entry that was used before keeps the memory of its texts.
  std::expected<void, std::string> read(std::uint64_t ordinal, Entry& into) const;
  const Row& row(std::uint64_t ordinal) const;

  // Any thread: writes what is published into a folder that holds no journal yet, where open_read_only() finds it.
  // The folder is made where it is missing, for the owner alone.
  std::expected<void, std::string> save(const std::filesystem::path& directory) const;

  // Up to this many bytes of a reply to a read operation are kept; of larger ones length and hash.
  static constexpr std::size_t read_reply_kept_bytes = 4096;

 private:
  Journal();
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::recording
