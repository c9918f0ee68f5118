#include "session/reads.h"

#include <algorithm>

namespace understudy::session {
namespace {

constexpr std::uint64_t reads_apart = 1ull << 63;  // no ordinal is that high

// For a vendor without an index of its own.
class NoIndex final : public recording::Index {
 public:
  void add(const recording::Entry&) override {}
};

}  // namespace

Indexes::Indexes(const Vendors& vendors, std::uint64_t start) : vendors_(vendors) {
  for (std::size_t i = 0; i < vendors.size(); ++i) built_.push_back({nullptr, start});
}

recording::Index& Indexes::up_to(std::size_t vendor, const recording::Journal& journal, std::uint64_t end) {
  Built& built = built_[vendor];
  if (!built.index) built.index = vendors_[vendor]->make_index();
  if (!built.index) built.index = std::make_unique<NoIndex>();
  recording::Entry entry;
  for (; built.next < end; ++built.next) {
    const recording::Row& row = journal.row(built.next);
    if (row.kind != recording::EntryKind::exchange || row.vendor != vendor) continue;
    if (journal.read(built.next, entry) && !was_never_decided(entry)) built.index->add(entry);
  }
  return *built.index;
}

void DeferredRead::run(const recording::Journal& journal) {
  const recording::Context context{entry.moment, entropy_of_read(seed, entry.vendor, entry.read_number),
                                   entry.read_below, journal};
  answer = later(indexes->up_to(vendor, journal, entry.read_below), context);
}

recording::Entropy entropy_of_read(std::uint64_t seed, std::string_view vendor, std::uint64_t number) {
  return {seed, vendor, reads_apart | number};
}

}  // namespace understudy::session
