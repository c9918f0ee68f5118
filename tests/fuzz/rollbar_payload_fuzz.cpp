// Any bytes as the body of an item: an answer that is JSON, the same answer again, and records only of what was
// accepted. What is sound breaks no rule, and what is known by its outline is filed as it is when it is read.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "recording/record.h"
#include "rollbar/item_index.h"
#include "rollbar/rollbar.h"
#include "rollbar/schema.h"

namespace {

using namespace understudy;

void require(bool holds) {
  if (!holds) std::abort();
}

struct NoEntries final : recording::EntrySource {
  std::expected<recording::Entry, std::string> read(std::uint64_t) const override { return std::unexpected("none"); }
};

// The same bytes as a batch.
void batch_of(const recording::Vendor& vendor, recording::Entry entry) {
  entry.head.replace(0, entry.head.find(" HTTP"), "POST /api/1/item_batch/");
  const NoEntries none;
  const recording::Context context{entry.moment, recording::Entropy(1, "rollbar", 1), 1, none};
  const recording::Decision decision = vendor.decide(*vendor.make_state(), entry.request(), context);
  require(nlohmann::json::accept(decision.reply.body));
  require(decision.reply.body.size() < 1 << 20 || decision.reply.status == 200);
  entry.effect = decision.effect;
  entry.reply = decision.reply;
  std::size_t records = 0;
  vendor.records(entry, [&](recording::Record&&) { ++records; });
  rollbar::ItemIndex index;
  index.add(entry);
  require(decision.reply.status != 200 || (records > 0 && index.occurrences().size() == records));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto vendor = rollbar::make_vendor();
  std::string padded(reinterpret_cast<const char*>(data), size);
  padded.append(64, '\0');
  recording::Entry entry;
  entry.kind = recording::EntryKind::exchange;
  entry.vendor = entry.door = "rollbar";
  entry.head = "POST /api/1/item/ HTTP/1.1\r\nX-Rollbar-Access-Token: 0123456789abcdef0123456789abcdef\r\n\r\n";
  entry.body = std::string_view(padded).substr(0, size);
  const recording::Request request = entry.request();
  (void)vendor->credential(request);

  const NoEntries none;
  const recording::Context context{entry.moment, recording::Entropy(1, "rollbar", 1), 1, none};
  const auto state = vendor->make_state();
  const recording::Decision decision = vendor->decide(*state, request, context);
  require(nlohmann::json::accept(decision.reply.body));
  require(vendor->decide(*state, request, context).reply.body == decision.reply.body);
  for (const auto& finding : decision.findings) require(finding.offset + finding.length <= size);

  JsonReader reader;
  if (const auto root = reader.read(entry.body)) {
    require(!rollbar::is_sound(*root) || rollbar::violations(*root).empty());
  }
  entry.effect = decision.effect;
  const auto deriver = vendor->make_deriver();
  std::size_t records = 0;
  vendor->records(entry, [&](recording::Record&& record) {
    (void)to_json(record).dump();
    deriver->add(record);
    ++records;
  });
  require(records == (decision.reply.status == 200 ? 1U : 0U));
  (void)deriver->findings();
  batch_of(*vendor, entry);
  rollbar::ItemIndex reading(0), knowing;
  for (int i = 0; i < 2; ++i) reading.add(entry), knowing.add(entry);
  require(reading.items().size() == knowing.items().size() && reading.versions().size() == knowing.versions().size());
  require(reading.items().size() <= 1);
  for (const auto& item : knowing.items()) require(item.occurrences.size() == knowing.occurrences().size());
  if (!decision.effect.empty()) vendor->apply(*state, {1, entry.moment, decision.effect, entry.body});
  return 0;
}
