#include "recording/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/bytes.h"
#include "recording/frame.h"
#include "recording/slabs.h"

namespace understudy::recording {
namespace {

namespace fs = std::filesystem;

static_assert(sizeof(Row) == 32);

constexpr std::size_t rows_per_chunk = 16 * 1024;
constexpr std::size_t max_chunks = 64 * 1024;
constexpr std::size_t max_segments = 16 * 1024;
constexpr int segment_shift = 40;  // of Row::address on disk
constexpr std::size_t saved_at_once = 4 * 1024 * 1024;
constexpr char padding[frame_min_padding + 8] = {};

// The head of a segment file.
constexpr std::string_view segment_magic = "UNDERSTUDY-JOURNAL-1\n";
constexpr std::size_t segment_header_bytes = 64;

std::string segment_header(std::uint32_t number, std::uint64_t first_ordinal) {
  std::string header(segment_header_bytes, '\0');
  segment_magic.copy(header.data(), segment_magic.size());
  store_little_endian(&header[32], number);
  store_little_endian(&header[40], first_ordinal);
  store_little_endian(&header[60], crc32(0, std::string_view(header).substr(0, 60)));
  return header;
}

bool is_segment_header(std::string_view bytes) {
  return bytes.starts_with(segment_magic) &&
         load_little_endian<std::uint32_t>(&bytes[60]) == crc32(0, bytes.substr(0, 60));
}

std::string errno_text() { return std::strerror(errno); }

// A file mapped for reading while it is scanned.
class Mapping {
 public:
  Mapping(int fd, std::size_t bytes) : bytes_(bytes) {
    if (bytes == 0) return;
    void* address = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (address == MAP_FAILED) return;
    address_ = static_cast<const char*>(address);
    madvise(address, bytes, MADV_SEQUENTIAL);
  }
  ~Mapping() {
    if (address_ != nullptr) munmap(const_cast<char*>(address_), bytes_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  bool ok() const { return bytes_ == 0 || address_ != nullptr; }
  std::string_view view() const { return {address_, bytes_}; }

 private:
  const char* address_ = nullptr;
  std::size_t bytes_;
};

// Whether another frame begins somewhere behind a bad one: then the file is damaged, not torn.
bool a_frame_follows(std::string_view rest) {
  std::array<char, 4> magic;
  store_little_endian(magic.data(), frame_magic);
  for (std::size_t at = rest.find({magic.data(), 4}, 1); at != std::string_view::npos;
       at = rest.find({magic.data(), 4}, at + 1)) {
    if (decode_frame_header(rest.substr(at))) return true;
  }
  return false;
}

}  // namespace

class Journal::Impl {
 public:
  ~Impl() {
    for (std::size_t i = 0; i < max_chunks && chunks_[i].load() != nullptr; ++i) std::free(chunks_[i].load());
    for (std::uint32_t i = 1; i <= segment_; ++i) close(fds_[i].load());
    if (lock_ >= 0) close(lock_);
  }

  JournalOptions options_;
  std::string warning_;
  std::string append_error_;
  std::atomic<std::uint64_t> size_{0};
  std::atomic<std::uint64_t> bytes_{0};

  // Rows, in chunks that never move.
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::atomic<Row*>[], Free> chunks_ {
    static_cast<std::atomic<Row*>*>(std::calloc(max_chunks, sizeof(std::atomic<Row*>)))
  };

  Slabs slabs_;  // in memory: the frames

  // On disk: the segment being written is number segment_, whole up to segment_size_.
  int lock_ = -1;
  std::uint32_t segment_ = 0;
  std::uint64_t segment_size_ = 0;
  std::unique_ptr<std::atomic<int>[]> fds_{new std::atomic<int>[max_segments]};

  std::vector<std::string> metas_;  // reused by append
  std::vector<std::string_view> replies_;
  std::vector<FrameHeader> headers_;
  std::vector<std::array<char, frame_header_bytes>> encoded_;
  std::vector<iovec> pieces_;

  bool on_disk() const { return options_.directory.has_value(); }

  fs::path segment_path(std::uint32_t number) const { return *options_.directory / fmt::format("{:06}.uj", number); }

  Row& row(std::uint64_t ordinal) const {
    return chunks_[ordinal / rows_per_chunk].load(std::memory_order_acquire)[ordinal % rows_per_chunk];
  }

  std::uint8_t vendor_index(std::string_view vendor) const {
    for (std::size_t i = 0; i < options_.vendors.size(); ++i) {
      if (options_.vendors[i] == vendor) return static_cast<std::uint8_t>(i);
    }
    return 255;
  }

  bool make_room_for_row(std::uint64_t ordinal) {
    if (ordinal / rows_per_chunk >= max_chunks) return false;
    auto& chunk = chunks_[ordinal / rows_per_chunk];
    if (chunk.load(std::memory_order_relaxed) != nullptr) return true;
    void* memory = std::malloc(rows_per_chunk * sizeof(Row));
    if (memory == nullptr) return false;
    chunk.store(static_cast<Row*>(memory), std::memory_order_release);
    return true;
  }

  void add_row(const FrameHeader& header, std::uint64_t address, EntryKind kind, std::string_view vendor, bool read,
               bool has_findings) {
    new (&row(header.ordinal))
        Row{address, header.meta_bytes, header.body_bytes, header.reply_bytes, kind, vendor_index(vendor),
            read,    has_findings,      Outcome{}};
    bytes_.store(bytes_.load(std::memory_order_relaxed) + header.frame_bytes() + sizeof(Row),
                 std::memory_order_relaxed);
  }

  void note_outcomes(const std::vector<OutcomeOf>& outcomes, std::uint64_t below) {
    for (const OutcomeOf& of : outcomes) {
      if (of.ordinal < below) row(of.ordinal).outcome.store(of.outcome, std::memory_order_release);
    }
  }

  // ---- appending

  // Whether so much more stays within the bound.
  bool fits(std::uint64_t more, Room room) const {
    const std::uint64_t used = bytes_.load(std::memory_order_relaxed);
    if (used + more <= options_.max_bytes) return true;
    return room == Room::last_words && used + more - options_.max_bytes <= last_words_bytes;
  }

  std::expected<std::uint64_t, std::string> append(std::span<const Draft> drafts, Room room) {
    const std::uint64_t first = size_.load(std::memory_order_relaxed);
    const std::uint64_t total = prepare(drafts, first);
    if (!fits(total + drafts.size() * sizeof(Row), room)) {
      return refuse(fmt::format("the journal is full: {} bytes allowed (--max-bytes), {} in use", options_.max_bytes,
                                bytes_.load(std::memory_order_relaxed)));
    }
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      if (!make_room_for_row(first + i)) return refuse("no memory is left for the journal's index");
    }
    if (!make_pieces(drafts)) return refuse("a body is too large for a journal frame (2 GB)");
    const auto address = on_disk() ? write_to_disk(total) : write_to_memory(total);
    if (!address) return refuse(address.error());
    std::uint64_t at = *address;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      const EntryFields& fields = drafts[i].fields;
      add_row(headers_[i], at, fields.kind, fields.vendor, fields.read,
              fields.findings != nullptr && !fields.findings->empty());
      at += headers_[i].frame_bytes();
      if (fields.outcomes != nullptr) note_outcomes(*fields.outcomes, first);
    }
    append_error_.clear();
    size_.store(first + drafts.size(), std::memory_order_release);
    return first;
  }

  std::unexpected<std::string> refuse(std::string why) {
    append_error_ = std::move(why);
    return std::unexpected(append_error_);
  }

  // Encodes the meta messages and headers; returns the bytes of all frames.
  std::uint64_t prepare(std::span<const Draft> drafts, std::uint64_t first) {
    if (metas_.size() < drafts.size()) metas_.resize(drafts.size());
    replies_.resize(drafts.size());
    headers_.resize(drafts.size());
    encoded_.resize(drafts.size());
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      encode_meta(drafts[i].fields, metas_[i], replies_[i]);
      FrameHeader& header = headers_[i];
      header.ordinal = first + i;
      header.meta_bytes = static_cast<std::uint32_t>(metas_[i].size());
      header.body_bytes = static_cast<std::uint32_t>(drafts[i].body.size());
      header.reply_bytes = static_cast<std::uint32_t>(replies_[i].size());
      header.meta_crc = crc32(0, metas_[i]);
      header.content_crc = crc32(crc32(0, drafts[i].body), replies_[i]);
      encoded_[i] = encode(header);
      total += header.frame_bytes();
    }
    return total;
  }

  bool make_pieces(std::span<const Draft> drafts) {
    pieces_.clear();
    const auto add = [this](std::string_view bytes) {
      if (!bytes.empty()) pieces_.push_back({const_cast<char*>(bytes.data()), bytes.size()});
    };
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      if (drafts[i].body.size() >= frame_part_limit || replies_[i].size() >= frame_part_limit ||
          metas_[i].size() >= frame_part_limit) {
        return false;
      }
      add({encoded_[i].data(), encoded_[i].size()});
      add(metas_[i]);
      add(drafts[i].body);
      add(replies_[i]);
      add({padding, headers_[i].frame_bytes() - headers_[i].content_end()});
    }
    return true;
  }

  std::expected<std::uint64_t, std::string> write_to_memory(std::uint64_t total) {
    char* const begin = slabs_.take(total);
    if (begin == nullptr) return std::unexpected("no memory is left for the journal");
    char* to = begin;
    for (const iovec& piece : pieces_) {
      std::memcpy(to, piece.iov_base, piece.iov_len);
      to += piece.iov_len;
    }
    return reinterpret_cast<std::uint64_t>(begin);
  }

  std::expected<std::uint64_t, std::string> write_to_disk(std::uint64_t total) {
    if (segment_ == 0 || (segment_size_ > segment_header_bytes && segment_size_ + total > options_.segment_bytes)) {
      if (auto begun = begin_segment(); !begun) return std::unexpected(begun.error());
    }
    const int fd = fds_[segment_].load();
    const std::uint64_t at = segment_size_;
    if (auto written = write_pieces(fd, at); !written) {
      cut_back(fd, at);
      return std::unexpected(written.error());
    }
    segment_size_ += total;
    return std::uint64_t{segment_} << segment_shift | at;
  }

  std::expected<void, std::string> write_pieces(int fd, std::uint64_t at) {
    constexpr std::size_t most = 1024;  // IOV_MAX
    std::size_t next = 0;
    while (next < pieces_.size()) {
      const std::size_t count = std::min(most, pieces_.size() - next);
      ssize_t written = pwritev(fd, &pieces_[next], static_cast<int>(count), static_cast<off_t>(at));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return std::unexpected(write_error());
      at += static_cast<std::uint64_t>(written);
      while (written > 0) {  // step over what is written
        const auto take = std::min<std::size_t>(pieces_[next].iov_len, static_cast<std::size_t>(written));
        pieces_[next].iov_base = static_cast<char*>(pieces_[next].iov_base) + take;
        pieces_[next].iov_len -= take;
        written -= static_cast<ssize_t>(take);
        if (pieces_[next].iov_len == 0) ++next;
      }
    }
    if (options_.fsync && fdatasync(fd) != 0) return std::unexpected(write_error());
    return {};
  }

  std::string write_error() const {
    return fmt::format("cannot write {}: {}", segment_path(segment_).string(), errno_text());
  }

  static void cut_back(int fd, std::uint64_t size) {
    // Should this fail too, the next append overwrites the rest and recovery cuts it.
    if (ftruncate(fd, static_cast<off_t>(size)) != 0) return;
  }

  std::expected<void, std::string> begin_segment() {
    if (segment_ + 1 >= max_segments) return std::unexpected("the journal has too many segment files");
    const fs::path path = segment_path(segment_ + 1);
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return std::unexpected(fmt::format("cannot create {}: {}", path.string(), errno_text()));
    const std::string header = segment_header(segment_ + 1, size_.load(std::memory_order_relaxed));
    if (pwrite(fd, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) {
      const std::string why = fmt::format("cannot write {}: {}", path.string(), errno_text());
      close(fd);
      unlink(path.c_str());
      return std::unexpected(why);
    }
    if (options_.fsync && !sync_directory()) {
      const std::string why = fmt::format("cannot sync {}: {}", options_.directory->string(), errno_text());
      close(fd);
      unlink(path.c_str());
      return std::unexpected(why);
    }
    fds_[segment_ + 1].store(fd, std::memory_order_release);
    ++segment_;
    segment_size_ = segment_header_bytes;
    return {};
  }

  // The name of a new file outlives a loss of power only then.
  bool sync_directory() const {
    const int fd = ::open(options_.directory->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool synced = fsync(fd) == 0;
    close(fd);
    return synced;
  }

  // ---- reading

  static std::size_t frame_bytes(const Row& at) {
    FrameHeader header;
    header.meta_bytes = at.meta_bytes;
    header.body_bytes = at.body_bytes;
    header.reply_bytes = at.reply_bytes;
    return header.frame_bytes();
  }
  static std::string_view frame_in_memory(const Row& at) {
    const auto* const begin = reinterpret_cast<const char*>(at.address);  // NOLINT: a row has one word for both places
    return {begin, frame_bytes(at)};
  }

  std::expected<void, std::string> read(std::uint64_t ordinal, Entry& into) const {
    if (ordinal >= size_.load(std::memory_order_acquire)) {
      return std::unexpected(fmt::format("there is no entry {}", ordinal));
    }
    const Row& at = row(ordinal);
    const std::size_t bytes = frame_bytes(at);
    if (!on_disk()) return decode_frame(frame_in_memory(at), false, into);
    std::shared_ptr<char[]> frame(new char[bytes]);
    const int fd = fds_[at.address >> segment_shift].load(std::memory_order_acquire);
    auto offset = static_cast<off_t>(at.address & ((1ull << segment_shift) - 1));
    for (std::size_t done = 0; done < bytes;) {
      const ssize_t got = pread(fd, frame.get() + done, bytes - done, offset + static_cast<off_t>(done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        return std::unexpected(fmt::format("cannot read entry {} of {}: {}", ordinal, options_.directory->string(),
                                           got == 0 ? "the file was cut" : errno_text()));
      }
      done += static_cast<std::size_t>(got);
    }
    auto decoded = decode_frame({frame.get(), bytes}, true, into);
    if (decoded) into.frame = std::move(frame);
    return decoded;
  }

  // ---- a copy on disk

  // The bytes of a frame, as they stand in a segment file.
  std::expected<std::string_view, std::string> frame_of(std::uint64_t ordinal,
                                                        std::shared_ptr<const char[]>& held) const {
    const Row& at = row(ordinal);
    if (!on_disk()) return frame_in_memory(at);
    Entry entry;
    if (const auto done = read(ordinal, entry); !done) return std::unexpected(done.error());
    held = entry.frame;
    return std::string_view(held.get(), frame_bytes(at));
  }

  std::expected<void, std::string> save(const fs::path& directory) const {
    std::error_code error;
    if (fs::create_directories(directory, error)) fs::permissions(directory, fs::perms::owner_all, error);
    const fs::path path = directory / "000001.uj";
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return std::unexpected(fmt::format("cannot create {}: {}", path.string(), errno_text()));
    const std::uint64_t end = size_.load(std::memory_order_acquire);
    std::string buffer = segment_header(1, 0);
    std::expected<void, std::string> saved;
    const auto write = [&] {
      if (!write_all(fd, buffer))
        saved = std::unexpected(fmt::format("cannot write {}: {}", path.string(), errno_text()));
      buffer.clear();
    };
    for (std::uint64_t ordinal = 0; saved && ordinal < end; ++ordinal) {
      std::shared_ptr<const char[]> held;
      const auto frame = frame_of(ordinal, held);
      if (!frame) return close(fd), std::unexpected(frame.error());
      buffer += *frame;
      if (buffer.size() > saved_at_once) write();
    }
    if (saved) write();
    close(fd);
    return saved;
  }

  static bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  // ---- recovery

  // Reads all that is whole behind (segment_, segment_size_). `writer`: cuts a torn tail, refuses a damaged file.
  std::expected<void, std::string> scan(const Replay& replay, bool writer) {
    const std::uint64_t all = bytes_on_disk();
    std::uint64_t done = 0;
    while (true) {
      if (segment_ != 0) {
        auto whole = scan_segment(replay, writer, done, all);
        if (!whole) return std::unexpected(whole.error());
        if (!*whole) return {};
      }
      const fs::path next = segment_path(segment_ + 1);
      const int fd = ::open(next.c_str(), (writer ? O_RDWR : O_RDONLY) | O_CLOEXEC);
      if (fd < 0 && errno == ENOENT) return {};
      if (fd < 0) return std::unexpected(fmt::format("cannot open {}: {}", next.string(), errno_text()));
      std::string header(segment_header_bytes, '\0');
      if (pread(fd, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size())) {
        close(fd);  // killed while the file was begun: it holds nothing
        return {};
      }
      if (!is_segment_header(header)) {
        close(fd);
        return std::unexpected(fmt::format("{} is no journal segment of version 1: move it away", next.string()));
      }
      fds_[++segment_].store(fd, std::memory_order_release);
      segment_size_ = segment_header_bytes;
    }
  }

  std::uint64_t bytes_on_disk() const {
    std::uint64_t all = 0;
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(*options_.directory, ignored)) {
      if (file.path().extension() == ".uj") all += file.file_size(ignored);
    }
    return all;
  }

  // True if the segment is whole to its end and closed by a successor; false if this is where reading stops.
  std::expected<bool, std::string> scan_segment(const Replay& replay, bool writer, std::uint64_t& done,
                                                std::uint64_t all) {
    const int fd = fds_[segment_].load();
    struct stat status{};
    fstat(fd, &status);
    const Mapping mapping(fd, static_cast<std::size_t>(status.st_size));
    if (!mapping.ok()) {
      return std::unexpected(fmt::format("cannot map {}: {}", segment_path(segment_).string(), errno_text()));
    }
    const std::string_view file = mapping.view();
    while (segment_size_ < file.size()) {
      const std::string_view rest = file.substr(segment_size_);
      const auto problem = scan_frame(rest, replay, done + segment_size_, all);
      if (!problem.empty()) return bad_frame(problem, rest, writer);
    }
    done += file.size();
    return fs::exists(segment_path(segment_ + 1));
  }

  // Takes one frame in; returns what is wrong with it.
  std::string scan_frame(std::string_view rest, const Replay& replay, std::uint64_t done, std::uint64_t all) {
    const std::uint64_t ordinal = size_.load(std::memory_order_relaxed);
    const auto header = decode_frame_header(rest);
    if (!header) return header.error();
    if (rest.size() < header->frame_bytes()) return "the frame is cut";
    if (header->ordinal != ordinal) return fmt::format("entry {} stands where {} belongs", header->ordinal, ordinal);
    Entry entry;
    if (const auto decoded = decode_frame(rest.substr(0, header->frame_bytes()), true, entry); !decoded) {
      return decoded.error();
    }
    if (!make_room_for_row(ordinal)) return "no memory is left for the journal's index";
    add_row(*header, std::uint64_t{segment_} << segment_shift | segment_size_, entry.kind, entry.vendor, entry.read,
            !entry.findings.empty());
    note_outcomes(entry.outcomes, ordinal);
    segment_size_ += header->frame_bytes();
    size_.store(ordinal + 1, std::memory_order_release);
    if (replay) replay(entry, done, all);
    return "";
  }

  std::expected<bool, std::string> bad_frame(const std::string& problem, std::string_view rest, bool writer) {
    const std::string where = fmt::format("{} at byte {}: {}", segment_path(segment_).string(), segment_size_, problem);
    if (!writer) {
      warning_ = "reading stops in " + where;
      return false;
    }
    if (fs::exists(segment_path(segment_ + 1)) || a_frame_follows(rest)) {
      return std::unexpected(fmt::format(
          "damaged: {}, and whole entries follow. Read it with 'understudy show --journal', then move it away", where));
    }
    if (ftruncate(fds_[segment_].load(), static_cast<off_t>(segment_size_)) != 0) {
      return std::unexpected(fmt::format("cannot cut the torn tail of {}: {}", where, errno_text()));
    }
    warning_ = fmt::format("a torn tail of {} bytes was cut: {}", rest.size(), where);
    return false;
  }

  std::expected<void, std::string> lock() {
    std::error_code error;
    fs::create_directories(*options_.directory, error);
    if (error) {
      return std::unexpected(
          fmt::format("cannot create the journal folder {}: {}", options_.directory->string(), error.message()));
    }
    const fs::path path = *options_.directory / "lock";
    lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0) return std::unexpected(fmt::format("cannot open {}: {}", path.string(), errno_text()));
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      return std::unexpected(
          fmt::format("the journal {} is being written by another process: stop it, or use another "
                      "folder",
                      options_.directory->string()));
    }
    return {};
  }
};

Journal::Journal() : impl_(std::make_unique<Impl>()) {}
Journal::~Journal() = default;

std::expected<std::unique_ptr<Journal>, std::string> Journal::open(const JournalOptions& options,
                                                                   const Replay& replay) {
  std::unique_ptr<Journal> journal(new Journal);
  Impl& impl = *journal->impl_;
  impl.options_ = options;
  if (!impl.on_disk()) return journal;
  if (auto locked = impl.lock(); !locked) return std::unexpected(locked.error());
  if (auto scanned = impl.scan(replay, true); !scanned) return std::unexpected(scanned.error());
  return journal;
}

std::expected<std::unique_ptr<Journal>, std::string> Journal::open_read_only(const std::filesystem::path& directory,
                                                                             std::vector<std::string> vendors) {
  if (!fs::exists(directory / "000001.uj")) {
    return std::unexpected(fmt::format("{} holds no journal (no file 000001.uj)", directory.string()));
  }
  std::unique_ptr<Journal> journal(new Journal);
  journal->impl_->options_.directory = directory;
  journal->impl_->options_.vendors = std::move(vendors);
  if (auto scanned = journal->refresh({}); !scanned) return std::unexpected(scanned.error());
  return journal;
}

std::expected<void, std::string> Journal::refresh(const Replay& replay) {
  impl_->warning_.clear();
  return impl_->scan(replay, false);
}

std::expected<std::uint64_t, std::string> Journal::append(std::span<const Draft> drafts, Room room) {
  return impl_->append(drafts, room);
}

std::uint64_t Journal::size() const { return impl_->size_.load(std::memory_order_acquire); }
std::uint64_t Journal::bytes() const { return impl_->bytes_.load(std::memory_order_relaxed); }
const std::string& Journal::warning() const { return impl_->warning_; }
const std::string& Journal::append_error() const { return impl_->append_error_; }
std::expected<Entry, std::string> Journal::read(std::uint64_t ordinal) const {
  std::expected<Entry, std::string> entry;
  if (auto done = read(ordinal, *entry); !done) entry = std::unexpected(std::move(done.error()));
  return entry;
}
std::expected<void, std::string> Journal::read(std::uint64_t ordinal, Entry& into) const {
  return impl_->read(ordinal, into);
}
const Row& Journal::row(std::uint64_t ordinal) const { return impl_->row(ordinal); }
std::expected<void, std::string> Journal::save(const std::filesystem::path& directory) const {
  return impl_->save(directory);
}

}  // namespace understudy::recording
