// Any bytes as a body of the events API, as JSON and as MessagePack: the same answer again, a status for each event of
// a batch, and as many events as were stored.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "honeycomb/events.h"
#include "honeycomb/honeycomb.h"
#include "recording/record.h"

namespace {

using namespace understudy;

void require(bool holds) {
  if (!holds) std::abort();
}

struct NoEntries final : recording::EntrySource {
  std::expected<recording::Entry, std::string> read(std::uint64_t) const override { return std::unexpected("none"); }
};

std::size_t accepted(const recording::Reply& reply, bool batch) {
  if (!batch) return reply.status == 200 ? 1 : 0;
  const auto statuses = nlohmann::json::parse(reply.body);
  if (reply.status != 200) return 0;
  std::size_t count = 0;
  for (const auto& status : statuses) count += status["status"] == 202 ? 1U : 0U;
  return count;
}

void decide(const recording::Vendor& vendor, std::string_view path, std::string_view type, std::string_view body) {
  recording::Entry entry;
  entry.kind = recording::EntryKind::exchange;
  entry.vendor = "honeycomb";
  entry.door = "honeycomb_http";
  entry.head = "POST " + std::string(path) +
               " HTTP/1.1\r\nx-honeycomb-team: abcdefghij1234567890ab\r\nContent-Type: " + std::string(type) +
               "\r\n\r\n";
  entry.body = body;
  const recording::Request request = entry.request();
  const NoEntries none;
  const recording::Context context{entry.moment, recording::Entropy(1, "honeycomb", 1), 1, none};
  const auto state = vendor.make_state();
  const recording::Decision decision = vendor.decide(*state, request, context);
  require(vendor.decide(*state, request, context).reply.body == decision.reply.body);
  entry.effect = decision.effect;
  std::size_t events = 0;
  honeycomb::for_each_event(entry, [&](const honeycomb::Event& event) {
    for (const auto& field : event.fields) require(!field.name.empty());
    ++events;
  });
  require(events == accepted(decision.reply, path.starts_with("/1/batch")));
  vendor.records(entry, [](recording::Record&& record) { (void)to_json(record).dump(); });
  if (!decision.effect.empty()) vendor.apply(*state, {1, entry.moment, decision.effect, entry.body});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto vendor = honeycomb::make_vendor();
  std::string padded(reinterpret_cast<const char*>(data), size);
  padded.append(64, '\0');
  const auto body = std::string_view(padded).substr(0, size);
  for (const auto* path : {"/1/batch/d", "/1/events/d"}) {
    for (const auto* type : {"application/json", "application/msgpack"}) decide(*vendor, path, type, body);
  }
  return 0;
}
