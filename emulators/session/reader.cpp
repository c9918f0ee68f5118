#include "session/reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "session/fault.h"

namespace understudy::session {

using recording::Entry;
using recording::EntryKind;
using recording::Record;

std::uint64_t start_of(const recording::Journal& journal) {
  for (std::uint64_t ordinal = journal.size(); ordinal-- > 0;) {
    if (journal.row(ordinal).kind != EntryKind::control) continue;
    const auto entry = journal.read(ordinal);
    if (entry && (entry->control == "reset" || entry->control == "session")) return ordinal + 1;
  }
  return 0;
}

std::string name_of_session(const recording::Journal& journal) {
  if (journal.size() == 0) return "";
  const auto entry = journal.read(0);
  if (!entry || entry->control != "session") return "";
  const auto text = nlohmann::json::parse(entry->text, nullptr, false);
  return text.is_object() && text.contains("name") && text["name"].is_string() ? text["name"].get<std::string>() : "";
}

bool may_hold_records(const Capture& capture, std::uint64_t ordinal, std::string_view vendor) {
  const recording::Row& row = capture.journal->row(ordinal);
  if (row.kind != EntryKind::exchange || row.vendor >= capture.vendors->size()) return false;
  return vendor.empty() || (*capture.vendors)[row.vendor]->name() == vendor;
}

std::expected<void, std::string> read_records(const Capture& capture, std::uint64_t ordinal, std::string_view vendor,
                                              const SeeRecord& see, std::string_view kind) {
  if (!may_hold_records(capture, ordinal, vendor)) return {};
  const auto entry = capture.journal->read(ordinal);
  if (!entry) return std::unexpected(entry.error());
  if (was_never_decided(*entry)) return {};
  const recording::Vendor& of = *(*capture.vendors)[capture.journal->row(ordinal).vendor];
  const auto pass_on = [&](Record&& record) {
    record.vendor = of.name();
    record.session = capture.session;
    record.entry = ordinal;
    see(std::move(record), *entry);
  };
  if (!kind.empty() && std::ranges::find(of.kinds_on_request(), kind) != of.kinds_on_request().end()) {
    of.records_on_request(kind, *entry, pass_on);
    return {};
  }
  std::uint32_t index = 0;
  of.records(*entry, [&](Record&& record) {
    record.index = index++;
    pass_on(std::move(record));
  });
  return {};
}

std::expected<Page, std::string> read_page(const Capture& capture, const Selection& selection, std::uint64_t begin,
                                           std::uint64_t end, std::size_t limit) {
  Page page;
  std::uint64_t ordinal = std::max(begin, capture.start);
  for (; ordinal < end && page.records.size() < limit; ++ordinal) {
    const auto read = read_records(
        capture, ordinal, selection.vendor,
        [&](Record&& record, const Entry&) {
          if (selection.wants(record)) page.records.push_back(std::move(record));
        },
        selection.kind);
    if (!read) return std::unexpected(read.error());
  }
  page.next = ordinal;
  return page;
}

}  // namespace understudy::session
