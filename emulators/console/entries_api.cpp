// The journal's entries: lists, one with all its parts, raw bytes.
#include <fmt/format.h>

#include <charconv>

#include "console/routes.h"

namespace understudy::console {

using nlohmann::ordered_json;
using recording::Entry;
using recording::EntryKind;
using recording::Reply;

namespace {

// 0: any kind.
std::uint8_t kind_of(const std::string& name) {
  if (name.empty()) return 0;
  std::vector<std::string_view> names;
  for (std::uint8_t kind = 1; kind <= static_cast<std::uint8_t>(EntryKind::driven); ++kind) {
    if (names.emplace_back(name_of(EntryKind{kind})) == name) return kind;
  }
  throw Refused{
      400, {fmt::format("\"{}\" is no kind of entry", name), fmt::format("use one of {}", fmt::join(names, ", "))}};
}

bool is_wanted(const recording::Row& row, std::uint8_t kind, std::string_view vendor, const session::Vendors& vendors) {
  if (kind != 0 && static_cast<std::uint8_t>(row.kind) != kind) return false;
  return vendor.empty() || (row.vendor < vendors.size() && vendors[row.vendor]->name() == vendor);
}

Entry read_entry(const session::Capture& capture, std::uint64_t ordinal) {
  auto entry = capture.journal->read(ordinal);
  if (!entry) throw Refused{500, {entry.error(), "the journal is damaged"}};
  return std::move(*entry);
}

std::uint64_t ordinal_of(const Call& call) {
  const std::string& text = call.path[0];
  std::uint64_t ordinal = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ordinal);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  const std::uint64_t size = call.session->journal().size();
  if (is_number && ordinal < size) return ordinal;
  throw Refused{404, {fmt::format("there is no entry {}", text), fmt::format("the last one is {}", size - 1)}};
}

Reply raw_reply(const Entry& entry, std::string_view session, Part part, std::string_view part_name, Secrets secrets) {
  RawPart raw = raw_part(entry, part, secrets);
  if (raw.refused) {
    throw Refused{403, {"the body is compressed and holds a token, so it cannot be masked", "add show_secrets=1"}};
  }
  if (part == Part::reply && !entry.reply_hash.empty()) {
    throw Refused{404,
                  {fmt::format("of this reply to a read only its length ({}) and SHA-256 ({}) are kept",
                               entry.reply_bytes, entry.reply_hash),
                   ""}};
  }
  Reply reply = text_reply("application/octet-stream", std::move(raw.bytes));
  reply.headers.emplace_back("Content-Disposition",
                             fmt::format("attachment; filename=\"{}-{}-{}.bin\"", session, entry.ordinal, part_name));
  if (raw.masked) reply.headers.emplace_back("X-Understudy-Masked", "1");
  return reply;
}

void send_part(Call& call, Part part, std::string_view part_name) {
  call.later([part, part_name, ordinal = ordinal_of(call), secrets = call.secrets(),
              capture = session::capture_of(call.session)] {
    return raw_reply(read_entry(capture, ordinal), capture.session, part, part_name, secrets);
  });
}

}  // namespace

void list_entries(Call& call) {
  const std::uint64_t begin = call.first_entry(0);
  const std::uint64_t limit = call.limit();
  call.later([begin, limit, vendor = call.vendor(), kind = kind_of(call.text("kind")), secrets = call.secrets(),
              capture = session::capture_of(call.session)] {
    ordered_json list = ordered_json::array();
    const std::uint64_t end = capture.journal->size();
    std::uint64_t ordinal = std::max(begin, capture.start);
    for (; ordinal < end && list.size() < limit; ++ordinal) {
      const recording::Row& row = capture.journal->row(ordinal);
      if (is_wanted(row, kind, vendor, *capture.vendors)) {
        list.push_back(summary_of(read_entry(capture, ordinal), row, secrets));
      }
    }
    return json_reply(200, {{"entries", std::move(list)}, {"next_after", ordinal == 0 ? 0 : ordinal - 1}});
  });
}

void get_entry(Call& call) {
  call.later([ordinal = ordinal_of(call), secrets = call.secrets(), capture = session::capture_of(call.session)] {
    const Entry entry = read_entry(capture, ordinal);
    return json_reply(200, details_of(entry, capture.journal->row(ordinal), *capture.vendors, secrets));
  });
}

void get_head(Call& call) { send_part(call, Part::head, "head"); }
void get_body(Call& call) { send_part(call, Part::body, "body"); }
void get_reply(Call& call) { send_part(call, Part::reply, "reply"); }

}  // namespace understudy::console
