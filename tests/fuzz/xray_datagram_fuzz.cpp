// The daemon's intake with header and document: whatever arrives is decided, applied and read back without harm.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "recording/entry.h"
#include "recording/record.h"
#include "xray/xray.h"

namespace {

class NoEntries final : public understudy::recording::EntrySource {
 public:
  std::expected<understudy::recording::Entry, std::string> read(std::uint64_t) const override {
    return std::unexpected("no entries");
  }
};

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;
  static const auto vendor = xray::make_vendor();
  static const NoEntries no_entries;
  const auto state = vendor->make_state();

  std::string bytes(reinterpret_cast<const char*>(data), size);
  bytes.append(64, '#');
  recording::Entry entry;
  entry.ordinal = 1;
  entry.moment = {1'795'222'504'000'000'000, 0, 1'795'222'504'000'000'000};
  entry.protocol = recording::Protocol::udp;
  entry.door = "xray";
  entry.body = std::string_view(bytes).substr(0, size);

  const recording::Context context{entry.moment, recording::Entropy(1, "xray", 1), 1, no_entries};
  const auto decision = vendor->decide(*state, entry.request(), context);
  must(decision.reply.silent);
  must(decision.effect.empty() == (size == 0));
  for (const auto& finding : decision.findings) must(finding.offset + finding.length <= size);
  entry.effect = decision.effect;
  if (!entry.effect.empty()) vendor->apply(*state, {1, entry.moment, entry.effect, entry.body});
  const auto deriver = vendor->make_deriver();
  vendor->records(entry, [&](recording::Record&& record) {
    must(record.fields.is_object());
    deriver->add(record);
  });
  (void)deriver->findings();
  return 0;
}
