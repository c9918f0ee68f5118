#include "recording/journal.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "recording/frame.h"
#include "tests/places.h"

namespace understudy::recording {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A folder that goes away with the test.
class Folder {
 public:
  Folder() {
    char name[] = "/tmp/understudy-journal-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }
  fs::path segment(int number) const {
    char name[16];
    std::snprintf(name, sizeof name, "%06d.uj", number);
    return path_ / name;
  }

 private:
  fs::path path_;
};

JournalOptions options(const std::optional<fs::path>& directory) {
  JournalOptions options;
  options.directory = directory;
  options.vendors = {"rollbar", "xray"};
  return options;
}

std::unique_ptr<Journal> open(const JournalOptions& with, const Journal::Replay& replay = {}) {
  auto opened = Journal::open(with, replay);
  EXPECT_TRUE(opened.has_value()) << opened.error();
  return opened ? std::move(*opened) : nullptr;
}

// An exchange with every field set, and the strings that its draft points to.
struct Sample {
  std::string head = "POST /api/1/item/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
  std::string body;
  Reply reply;
  std::vector<Finding> findings{{"rollbar.token.missing", "header", "none was sent", 3, 4}};
  Draft draft;

  explicit Sample(std::string body_of) : body(std::move(body_of)) {
    reply.status = 422;
    reply.headers = {{"Content-Type", "application/json"}};
    reply.body = "{\"err\": 1}";
    draft.fields.kind = EntryKind::exchange;
    draft.fields.moment = {1700000000000000001, 42, 1600000000000000002};
    draft.fields.vendor = "rollbar";
    draft.fields.door = "rollbar";
    draft.fields.peer = "127.0.0.1:5";
    draft.fields.head = head;
    draft.fields.reply = &reply;
    draft.fields.effect = "effect";
    draft.fields.findings = &findings;
    draft.body = body;
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;
};

void append(Journal& journal, const std::string& body) {
  const Sample sample(body);
  ASSERT_TRUE(journal.append({&sample.draft, 1}).has_value()) << journal.append_error();
}

std::string read_with_python(const fs::path& folder) {
  const std::string command =
      "python3 " + std::string(places::source) + "/tests/recording/journal_reader.py " + folder.string() + " 2>&1";
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  pclose(pipe);
  return output;
}

class BothWays : public testing::TestWithParam<bool> {
 protected:
  JournalOptions with() const { return options(GetParam() ? std::optional(folder_.path()) : std::nullopt); }
  Folder folder_;
};

INSTANTIATE_TEST_SUITE_P(Journal, BothWays, testing::Bool(),
                         [](const auto& param) { return param.param ? "on_disk" : "in_memory"; });

// All that an entry tells, on one line.
std::string told(const Entry& entry) {
  std::string text = fmt::format("{} {} {} {} {} {} {} {}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", entry.ordinal,
                                 static_cast<int>(entry.kind), entry.moment.vendor_ns, static_cast<int>(entry.protocol),
                                 entry.grpc_compressed, entry.read, entry.read_number, entry.read_below, entry.vendor,
                                 entry.door, entry.peer, entry.head, entry.effect, entry.reason, entry.fault,
                                 entry.control, entry.text, entry.total_bytes, entry.body);
  const Reply& reply = entry.reply;
  text +=
      fmt::format("|{} {} {} {} {} {} {} {} {}", reply.status, reply.reason, reply.body, reply.grpc_status.value_or(-1),
                  reply.grpc_message, reply.close, reply.silent, entry.reply_bytes, entry.reply_hash);
  for (const auto& [name, value] : reply.headers) text += fmt::format("|{}: {}", name, value);
  for (const Finding& finding : entry.findings) text += fmt::format("|{} {}", finding.id, finding.place);
  for (const OutcomeOf& of : entry.outcomes) text += fmt::format("|{} {}", of.ordinal, static_cast<int>(of.outcome));
  return text;
}

// Of an entry that was read into before, nothing stays.
TEST_P(BothWays, AUsedEntryTellsTheNextOneAlone) {
  const auto journal = open(with());
  append(*journal, "a body that is longer than the others");
  Sample call("message");
  call.draft.fields.protocol = Protocol::grpc;
  call.draft.fields.grpc_compressed = true;
  call.reply.headers.clear();
  call.reply.grpc_status = 8;
  call.reply.grpc_message = "slow down";
  call.reply.close = true;
  call.findings.clear();
  call.draft.fields.fault = "{}";
  Sample read("");
  read.reply.body = std::string(Journal::read_reply_kept_bytes + 1, 'x');
  read.draft.fields.read = true;
  read.draft.fields.read_number = 1;
  read.draft.fields.read_below = 2;
  Draft control;
  control.fields.kind = EntryKind::control;
  control.fields.control = "clock";
  control.fields.text = "{}";
  const std::vector<OutcomeOf> outcomes{{0, Outcome::written}};
  Draft left;
  left.fields.kind = EntryKind::outcome;
  left.fields.outcomes = &outcomes;
  for (const Draft& draft : {call.draft, read.draft, left, control}) ASSERT_TRUE(journal->append({&draft, 1}));

  Entry used;
  for (const std::uint64_t ordinal : {0, 1, 2, 3, 4, 0, 3, 2, 1, 4, 0}) {
    ASSERT_TRUE(journal->read(ordinal, used));
    EXPECT_EQ(told(used), told(*journal->read(ordinal)));
  }
}

TEST_P(BothWays, AnEntryComesBackAsItWasAppended) {
  const auto journal = open(with());
  append(*journal, "the body");
  const auto entry = journal->read(0);
  ASSERT_TRUE(entry.has_value()) << entry.error();
  EXPECT_EQ(entry->kind, EntryKind::exchange);
  EXPECT_EQ(entry->moment.wall_ns, 1700000000000000001);
  EXPECT_EQ(entry->moment.monotonic_ns, 42);
  EXPECT_EQ(entry->moment.vendor_ns, 1600000000000000002);
  EXPECT_EQ(entry->vendor, "rollbar");
  EXPECT_EQ(entry->peer, "127.0.0.1:5");
  EXPECT_THAT(entry->head, HasSubstr("Host: localhost"));
  EXPECT_EQ(entry->body, "the body");
  EXPECT_EQ(entry->reply.status, 422);
  EXPECT_EQ(entry->reply.headers.at(0).second, "application/json");
  EXPECT_EQ(entry->reply.body, "{\"err\": 1}");
  EXPECT_EQ(entry->effect, "effect");
  ASSERT_EQ(entry->findings.size(), 1u);
  EXPECT_EQ(entry->findings[0].detail, "none was sent");
  EXPECT_EQ(entry->findings[0].offset, 3u);
  EXPECT_EQ(journal->row(0).vendor, 0);
  EXPECT_TRUE(journal->row(0).has_findings);
}

TEST_P(BothWays, ABodyHasSixtyFourReadableBytesBehindIt) {
  const auto journal = open(with());
  Sample sample("{}");
  sample.reply.body.clear();
  ASSERT_TRUE(journal->append({&sample.draft, 1}).has_value());
  const auto entry = journal->read(0);
  const std::string_view behind(entry->body.data() + entry->body.size(), 64);
  EXPECT_EQ(behind, std::string(64, '\0'));  // AddressSanitizer would tell of a shorter buffer
}

TEST_P(BothWays, ABatchIsOneAppend) {
  const auto journal = open(with());
  const Sample first("1"), second("22"), third("333");
  const Draft drafts[] = {first.draft, second.draft, third.draft};
  EXPECT_EQ(*journal->append(drafts), 0u);
  EXPECT_EQ(journal->size(), 3u);
  EXPECT_EQ(journal->read(2)->body, "333");
}

TEST_P(BothWays, ABodyLargerThanASlabIsKeptWhole) {
  const auto journal = open(with());
  const std::string large(9 << 20, 'x');
  append(*journal, large);
  append(*journal, "small");
  EXPECT_EQ(journal->read(0)->body, large);
  EXPECT_EQ(journal->read(1)->body, "small");
}

TEST_P(BothWays, AFullJournalRefusesAndKeepsWhatItHas) {
  JournalOptions small = with();
  small.max_bytes = 2000;
  const auto journal = open(small);
  append(*journal, "fits");
  const Sample sample(std::string(3000, 'x'));
  const auto refused = journal->append({&sample.draft, 1});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error(), HasSubstr("--max-bytes"));
  EXPECT_EQ(journal->size(), 1u);
  EXPECT_EQ(journal->read(0)->body, "fits");
  append(*journal, "fits too");
  EXPECT_EQ(journal->append_error(), "");
}

TEST_P(BothWays, OfALargeReadReplyLengthAndHashAreKept) {
  const auto journal = open(with());
  Sample sample("");
  sample.reply.body.assign(Journal::read_reply_kept_bytes + 1, 'r');
  sample.draft.fields.read = true;
  ASSERT_TRUE(journal->append({&sample.draft, 1}).has_value());
  const auto entry = journal->read(0);
  EXPECT_EQ(entry->reply.body, "");
  EXPECT_EQ(entry->reply_bytes, Journal::read_reply_kept_bytes + 1);
  EXPECT_EQ(entry->reply_hash.size(), 64u);
  EXPECT_TRUE(journal->row(0).read);
}

TEST_P(BothWays, AnOutcomeMarksItsExchange) {
  const auto journal = open(with());
  append(*journal, "answered");
  append(*journal, "not yet");
  const std::vector<OutcomeOf> outcomes{{0, Outcome::written}, {99, Outcome::written}};  // 99 does not exist
  Draft draft;
  draft.fields.kind = EntryKind::outcome;
  draft.fields.outcomes = &outcomes;
  ASSERT_TRUE(journal->append({&draft, 1}).has_value());
  EXPECT_EQ(journal->row(0).outcome.load(), Outcome::written);
  EXPECT_EQ(journal->row(1).outcome.load(), Outcome{});
  EXPECT_EQ(journal->read(2)->outcomes.at(0).ordinal, 0u);
}

TEST_P(BothWays, ASavedCopyIsReadAsTheJournalItself) {
  const auto journal = open(with());
  for (std::size_t i = 0; i < 20; ++i) append(*journal, std::string(i * 100'000, 'x'));
  const Folder other;
  const fs::path copy = other.path() / "captures" / "default";
  const auto saved = journal->save(copy);
  ASSERT_TRUE(saved.has_value()) << saved.error();
  const auto again = Journal::open_read_only(copy, {"rollbar"});
  ASSERT_TRUE(again.has_value()) << again.error();
  ASSERT_EQ((*again)->size(), 20u);
  for (std::uint64_t i = 0; i < 20; ++i) EXPECT_EQ((*again)->read(i)->body, journal->read(i)->body);
  EXPECT_EQ((*again)->warning(), "");
  EXPECT_EQ(fs::status(copy / "000001.uj").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_THAT(journal->save(copy).error(), HasSubstr("000001.uj: File exists"));
}

TEST_P(BothWays, ReadersSeeWholeEntriesWhileTheWriterAppends) {
  const auto journal = open(with());
  constexpr std::uint64_t count = 2000;
  std::thread reader([&] {
    for (std::uint64_t next = 0; next < count;) {
      if (next >= journal->size()) {
        std::this_thread::yield();
        continue;
      }
      const auto entry = journal->read(next);
      ASSERT_TRUE(entry.has_value()) << entry.error();
      ASSERT_EQ(entry->body, std::to_string(next));
      ++next;
    }
  });
  for (std::uint64_t i = 0; i < count; ++i) append(*journal, std::to_string(i));
  reader.join();
}

// ---- files

TEST(JournalFiles, EverythingIsThereAfterReopening) {
  const Folder folder;
  {
    const auto journal = open(options(folder.path()));
    for (int i = 0; i < 100; ++i) append(*journal, std::string(i, 'x'));
  }
  std::uint64_t replayed = 0;
  const auto journal = open(options(folder.path()), [&](const Entry& entry, std::uint64_t, std::uint64_t) {
    EXPECT_EQ(entry.ordinal, replayed);
    EXPECT_EQ(entry.body.size(), replayed);
    ++replayed;
  });
  EXPECT_EQ(replayed, 100u);
  EXPECT_EQ(journal->size(), 100u);
  EXPECT_EQ(journal->warning(), "");
  append(*journal, "goes on");
  EXPECT_EQ(journal->read(100)->body, "goes on");
}

TEST(JournalFiles, SegmentsFollowEachOther) {
  const Folder folder;
  JournalOptions small = options(folder.path());
  small.segment_bytes = 1000;
  {
    const auto journal = open(small);
    for (int i = 0; i < 20; ++i) append(*journal, std::string(200, 'x'));
    EXPECT_TRUE(fs::exists(folder.segment(5)));
    EXPECT_EQ(journal->read(0)->body, journal->read(19)->body);
  }
  EXPECT_EQ(open(small)->size(), 20u);
}

TEST(JournalFiles, FilesAreThisUsersAlone) {
  const Folder folder;
  const auto journal = open(options(folder.path()));
  append(*journal, "secret");
  EXPECT_EQ(fs::status(folder.segment(1)).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(JournalFiles, ASecondWriterIsKeptOut) {
  const Folder folder;
  const auto journal = open(options(folder.path()));
  const auto second = Journal::open(options(folder.path()), {});
  ASSERT_FALSE(second.has_value());
  EXPECT_THAT(second.error(), HasSubstr("being written by another process"));
}

// Cuts the last segment to every length behind its first entry: what is whole stays, the rest is cut with a warning.
TEST(JournalFiles, ATornTailIsCutAnywhere) {
  const Folder folder;
  std::uintmax_t one_entry = 0, two_entries = 0;
  {
    const auto journal = open(options(folder.path()));
    append(*journal, "first");
    one_entry = fs::file_size(folder.segment(1));
    append(*journal, "second");
    two_entries = fs::file_size(folder.segment(1));
  }
  std::string whole(two_entries, '\0');
  std::ifstream(folder.segment(1), std::ios::binary).read(whole.data(), static_cast<std::streamsize>(whole.size()));
  for (std::uintmax_t size = one_entry + 1; size < two_entries; ++size) {
    std::ofstream(folder.segment(1), std::ios::binary | std::ios::trunc) << whole.substr(0, size);
    const auto journal = open(options(folder.path()));
    ASSERT_EQ(journal->size(), 1u) << size;
    EXPECT_THAT(journal->warning(), HasSubstr("a torn tail of")) << size;
    append(*journal, "again");
    EXPECT_EQ(journal->read(1)->body, "again");
  }
}

TEST(JournalFiles, DamageBeforeWholeEntriesIsNoTornTail) {
  const Folder folder;
  std::uintmax_t first_end = 0;
  {
    const auto journal = open(options(folder.path()));
    append(*journal, "first");
    first_end = fs::file_size(folder.segment(1));
    append(*journal, "second");
    append(*journal, "third");
  }
  std::fstream file(folder.segment(1), std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(first_end + frame_header_bytes + 5));
  file.put('!');
  file.close();
  const auto writer = Journal::open(options(folder.path()), {});
  ASSERT_FALSE(writer.has_value());
  EXPECT_THAT(writer.error(), HasSubstr("damaged"));
  EXPECT_THAT(writer.error(), HasSubstr("000001.uj"));
  const auto reader = Journal::open_read_only(folder.path(), {"rollbar"});
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ((*reader)->size(), 1u);
  EXPECT_THAT((*reader)->warning(), HasSubstr("reading stops"));
}

TEST(JournalFiles, AFolderThatCannotBeMadeIsNamed) {
  const Folder folder;
  std::ofstream(folder.path() / "file") << "in the way";
  const auto journal = Journal::open(options(folder.path() / "file" / "below"), {});
  ASSERT_FALSE(journal.has_value());
  EXPECT_THAT(journal.error(), HasSubstr("file/below"));
}

TEST(JournalFiles, AReaderFollowsAWriter) {
  const Folder folder;
  const auto writer = open(options(folder.path()));
  append(*writer, "first");
  const auto reader = Journal::open_read_only(folder.path(), {"rollbar"});
  ASSERT_TRUE(reader.has_value()) << reader.error();
  EXPECT_EQ((*reader)->size(), 1u);
  append(*writer, "second");
  EXPECT_EQ((*reader)->size(), 1u);
  ASSERT_TRUE((*reader)->refresh({}).has_value());
  EXPECT_EQ((*reader)->size(), 2u);
  EXPECT_EQ((*reader)->read(1)->body, "second");
}

TEST(JournalFiles, NoJournalInAFolderIsSaid) {
  const Folder folder;
  const auto reader = Journal::open_read_only(folder.path(), {});
  ASSERT_FALSE(reader.has_value());
  EXPECT_THAT(reader.error(), HasSubstr("holds no journal"));
}

// A full disk, provoked by RLIMIT_FSIZE in a child: the append fails with the reason, nothing of it stays, and what was
// acknowledged before is there.
TEST(JournalFiles, AFullDiskRefusesAndCutsTheShortWriteBack) {
  const Folder folder;
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto journal = Journal::open(options(folder.path()), {});
    if (!journal) _exit(10);
    const Sample small("kept");
    if (!(*journal)->append({&small.draft, 1})) _exit(11);
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    const Sample large(std::string(100'000, 'x'));
    const auto refused = (*journal)->append({&large.draft, 1});
    if (refused) _exit(12);
    if (refused.error().find("cannot write") == std::string::npos) _exit(13);
    if ((*journal)->size() != 1) _exit(14);
    const Sample again("small enough");
    if (!(*journal)->append({&again.draft, 1})) _exit(15);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 0);
  const auto journal = open(options(folder.path()));
  EXPECT_EQ(journal->warning(), "");
  ASSERT_EQ(journal->size(), 2u);
  EXPECT_EQ(journal->read(1)->body, "small enough");
}

// A real kill in the middle of writing: what was acknowledged (told through a pipe) is there.
TEST(JournalFiles, KillNineLosesNothingAcknowledged) {
  const Folder folder;
  int acknowledged[2];
  ASSERT_EQ(pipe(acknowledged), 0);
  const pid_t child = fork();
  if (child == 0) {
    auto journal = Journal::open(options(folder.path()), {});
    if (!journal) _exit(1);
    for (std::uint64_t i = 0;; ++i) {
      const Sample sample(std::string(i % 5000, 'x'));
      if (!(*journal)->append({&sample.draft, 1})) _exit(2);
      if (write(acknowledged[1], &i, sizeof i) != sizeof i) _exit(3);
    }
  }
  close(acknowledged[1]);
  std::uint64_t last = 0;
  for (int i = 0; i < 3000; ++i)
    ASSERT_EQ(read(acknowledged[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
  kill(child, SIGKILL);
  for (std::uint64_t more = 0; read(acknowledged[0], &more, sizeof more) == sizeof more;) last = more;
  close(acknowledged[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  const auto journal = open(options(folder.path()));
  EXPECT_GT(journal->size(), last);
  for (std::uint64_t i = 0; i <= last; ++i) ASSERT_EQ(journal->read(i)->body.size(), i % 5000);
}

// docs/journal.md is enough to read a journal: a reader that was written from it alone tells what was appended.
TEST(JournalFiles, TheDocumentedFormatIsWhatIsWritten) {
  const Folder folder;
  JournalOptions small = options(folder.path());
  small.segment_bytes = 2000;
  {
    const auto journal = open(small);
    for (int i = 0; i < 9; ++i) append(*journal, std::string(i * 50, 'x'));
    const std::vector<OutcomeOf> outcomes{{3, Outcome::written}, {300, Outcome::peer_gone}};
    Draft draft;
    draft.fields.kind = EntryKind::outcome;
    draft.fields.outcomes = &outcomes;
    ASSERT_TRUE(journal->append({&draft, 1}).has_value());
  }
  const std::string output = read_with_python(folder.path());
  EXPECT_THAT(output, HasSubstr(R"("ordinal": 8, "kind": "exchange", "vendor": "rollbar")"));
  EXPECT_THAT(output, HasSubstr(R"("status": 422, "findings": ["rollbar.token.missing"], "effect_bytes": 6, )"
                                R"("body_bytes": 400, "reply_bytes": 10)"));
  EXPECT_THAT(output, HasSubstr(R"("kind": "outcome")"));
  EXPECT_THAT(output, HasSubstr(R"("outcomes": [3, 300])"));
  std::ofstream(folder.segment(1), std::ios::binary | std::ios::app) << "x";
  EXPECT_THAT(read_with_python(folder.path()), HasSubstr("cut header"));
}

}  // namespace
}  // namespace understudy::recording
