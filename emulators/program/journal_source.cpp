// Reads a journal on disk, also one that another process writes.
#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "program/commands.h"
#include "program/source.h"
#include "session/findings.h"
#include "session/reader.h"

namespace understudy::program {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using recording::Entry;
using recording::EntryKind;
using recording::Journal;
using recording::Record;

namespace {

// Blocks until something was written in a folder.
class FolderWatch {
 public:
  explicit FolderWatch(const fs::path& folder) : fd_(inotify_init1(IN_CLOEXEC)) {
    if (fd_ >= 0 && inotify_add_watch(fd_, folder.c_str(), IN_MODIFY | IN_CREATE) >= 0) return;
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  ~FolderWatch() {
    if (fd_ >= 0) close(fd_);
  }
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  bool is_open() const { return fd_ >= 0; }
  bool wait() const {
    char events[4096];
    return read(fd_, events, sizeof events) > 0;
  }

 private:
  int fd_;
};

class JournalSource final : public Source {
 public:
  JournalSource(fs::path folder, std::unique_ptr<Journal> journal, bool show_secrets)
      : folder_(std::move(folder)),
        journal_(std::move(journal)),
        secrets_(show_secrets ? console::Secrets::shown : console::Secrets::masked) {
    capture_.journal = journal_.get();
    capture_.vendors = &vendors();
    capture_.session = session::name_of_session(*journal_);
    capture_.start = session::start_of(*journal_);
  }

  Result<PageOf<Record>> records(const Ask& ask) override {
    const std::uint64_t end = journal_->size();
    auto page = session::read_page(capture_, selection(ask), begin(ask), end, ask.limit);
    if (!page) return std::unexpected(Failure{page.error()});
    return PageOf<Record>{std::move(page->records), page->next == 0 ? 0 : page->next - 1, page->next >= end};
  }

  Result<PageOf<ordered_json>> exchanges(const Ask& ask) override {
    PageOf<ordered_json> page;
    const std::uint64_t end = journal_->size();
    std::uint64_t ordinal = std::max(begin(ask), capture_.start);
    for (; ordinal < end && page.items.size() < ask.limit; ++ordinal) {
      const recording::Row& row = journal_->row(ordinal);
      if (row.kind != EntryKind::exchange && row.kind != EntryKind::fragment) continue;
      const auto entry = journal_->read(ordinal);
      if (!entry) return std::unexpected(Failure{entry.error()});
      if (ask.vendor.empty() || entry->vendor == ask.vendor) {
        page.items.push_back(console::summary_of(*entry, row, secrets_));
      }
    }
    page.next_after = ordinal == 0 ? 0 : ordinal - 1;
    page.last = ordinal >= end;
    return page;
  }

  Result<ordered_json> entry(std::uint64_t ordinal) override {
    const auto entry = read(ordinal);
    if (!entry) return std::unexpected(entry.error());
    return console::details_of(*entry, journal_->row(ordinal), vendors(), secrets_);
  }

  Result<std::string> part(std::uint64_t ordinal, console::Part part) override {
    const auto entry = read(ordinal);
    if (!entry) return std::unexpected(entry.error());
    console::RawPart raw = console::raw_part(*entry, part, secrets_);
    if (!raw.refused) return std::move(raw.bytes);
    return std::unexpected(
        Failure{"the body is compressed and holds a token, so it cannot be masked: add --show-secrets"});
  }

  Result<std::vector<ordered_json>> findings(const std::string& vendor) override {
    const auto found = session::read_findings(capture_, journal_->size(), vendor);
    if (!found) return std::unexpected(Failure{found.error()});
    std::vector<ordered_json> list;
    for (const session::FoldedFinding& finding : *found) list.push_back(to_json(finding));
    return list;
  }

  Result<void> follow(const Ask& ask, const std::function<bool(const Record&)>& see) override {
    const FolderWatch watch(folder_);
    if (!watch.is_open()) return std::unexpected(Failure{fmt::format("cannot watch {}", folder_.string())});
    const session::Selection wanted = selection(ask);
    std::uint64_t next = ask.after ? begin(ask) : journal_->size();
    while (true) {
      if (auto refreshed = journal_->refresh({}); !refreshed) return std::unexpected(Failure{refreshed.error()});
      for (; next < journal_->size(); ++next) {
        bool go_on = true;
        const auto read = session::read_records(
            capture_, next, wanted.vendor,
            [&](Record&& record, const Entry&) {
              if (go_on && wanted.wants(record)) go_on = see(record);
            },
            wanted.kind);
        if (!read) return std::unexpected(Failure{read.error()});
        if (!go_on) return {};
      }
      if (!watch.wait()) return std::unexpected(Failure{fmt::format("cannot watch {}", folder_.string())});
    }
  }

 private:
  static std::uint64_t begin(const Ask& ask) { return ask.after ? *ask.after + 1 : 0; }

  static session::Selection selection(const Ask& ask) {
    session::Selection selection{ask.vendor, ask.kinds.size() == 1 ? ask.kinds[0] : "", ask.where};
    if (ask.kinds.size() < 2) return selection;
    std::vector<recording::Condition> conditions = ask.where.conditions();
    conditions.push_back({"record.kind", recording::FilterOp::in, ask.kinds});
    selection.where = recording::Filter(std::move(conditions));
    return selection;
  }

  Result<Entry> read(std::uint64_t ordinal) {
    if (ordinal >= journal_->size()) {
      return std::unexpected(
          Failure{fmt::format("there is no entry {}: the last one is {}", ordinal, journal_->size() - 1)});
    }
    auto entry = journal_->read(ordinal);
    if (!entry) return std::unexpected(Failure{entry.error()});
    return std::move(*entry);
  }

  fs::path folder_;
  std::unique_ptr<Journal> journal_;
  session::Capture capture_;
  console::Secrets secrets_;
};

}  // namespace

// DIR is what "serve --journal" was given, or the folder of one session in it.
Result<std::unique_ptr<Source>> open_journal(const SourceOptions& options) {
  fs::path folder = fs::path(options.journal) / options.session;
  if (fs::exists(fs::path(options.journal) / "000001.uj")) folder = options.journal;
  std::vector<std::string> names;
  for (const recording::Vendor* vendor : vendors()) names.emplace_back(vendor->name());
  auto journal = Journal::open_read_only(folder, std::move(names));
  if (!journal) {
    return std::unexpected(
        Failure{fmt::format("{}: give the folder of \"serve --journal\", and --session", journal.error())});
  }
  if (!(*journal)->warning().empty()) fmt::print(stderr, "understudy: {}\n", (*journal)->warning());
  return std::make_unique<JournalSource>(folder, std::move(*journal), options.show_secrets);
}

}  // namespace understudy::program
