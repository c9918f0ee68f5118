#include "contract/evidence.h"

#include <fmt/format.h>

namespace understudy::contract {

std::expected<void, std::string> CaptureEvidence::records(std::string_view vendor, std::string_view kind,
                                                          const See& see) const {
  for (std::uint64_t ordinal = capture_.start; ordinal < end_; ++ordinal) {
    const auto read = session::read_records(
        capture_, ordinal, vendor,
        [&](recording::Record&& record, const recording::Entry&) {
          if (kind.empty() || record.kind == kind) see(std::move(record));
        },
        kind);
    if (!read) return read;
  }
  return {};
}

std::expected<std::vector<session::FoldedFinding>, std::string> CaptureEvidence::findings() const {
  return session::read_findings(capture_, end_, "");
}

std::string CaptureEvidence::show(std::string_view id) const { return show_command(id, option_); }

std::string show_command(std::string_view id, std::string_view option) {
  return fmt::format("understudy show {} {}", id, option);
}

}  // namespace understudy::contract
