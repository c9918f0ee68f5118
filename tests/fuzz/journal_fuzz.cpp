// The journal's reader: any bytes as a frame, and any bytes as a segment file, are read or refused, never believed.
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "recording/frame.h"
#include "recording/journal.h"

namespace {

using namespace understudy::recording;

[[noreturn]] void broken(const char* what) {
  std::fprintf(stderr, "journal_fuzz: %s\n", what);
  std::abort();
}

const std::filesystem::path& folder() {
  static const std::filesystem::path path = [] {
    char name[] = "/dev/shm/understudy-fuzz-XXXXXX";
    const char* made = mkdtemp(name);
    if (made == nullptr) broken("cannot make a folder in /dev/shm");
    std::atexit([] { std::filesystem::remove_all(folder()); });
    return std::filesystem::path(made);
  }();
  return path;
}

// A frame whose checksums are right around the input's meta message, so that the message's reader is reached.
void read_meta(const std::string& meta) {
  FrameHeader header;
  header.meta_bytes = static_cast<std::uint32_t>(meta.size());
  header.meta_crc = crc32(0, meta);
  header.content_crc = crc32(0, "");
  const auto head = encode(header);
  std::string frame(head.data(), head.size());
  frame += meta;
  frame.resize(header.frame_bytes());
  Entry entry;
  if (decode_frame(frame, true, entry) && entry.protocol != Protocol::udp) (void)entry.request();
}

// A segment: a right header, then the input. Whatever the reader counts as whole it can read, and the writer finds the
// same entries or refuses.
void read_segment(const std::string& bytes) {
  std::string header(64, '\0');
  header.replace(0, 21, "UNDERSTUDY-JOURNAL-1\n");
  header[32] = 1;
  const std::uint32_t crc = crc32(0, std::string_view(header).substr(0, 60));
  header.replace(60, 4, reinterpret_cast<const char*>(&crc), 4);
  std::ofstream(folder() / "000001.uj", std::ios::binary | std::ios::trunc) << header << bytes;
  auto reader = Journal::open_read_only(folder(), {"toy"});
  if (!reader) return;
  for (std::uint64_t ordinal = 0; ordinal < (*reader)->size(); ++ordinal) {
    if (!(*reader)->read(ordinal)) broken("an entry that was counted as whole cannot be read");
  }
  JournalOptions options;
  options.directory = folder();
  const auto writer = Journal::open(options, {});
  if (writer && (*writer)->size() != (*reader)->size()) broken("writer and reader count differently");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string input(reinterpret_cast<const char*>(data), size);
  input.reserve(size + frame_min_padding);
  Entry entry;
  (void)decode_frame(input, true, entry);
  read_meta(input);
  read_segment(input);
  return 0;
}
