// API calls with any body: the first byte chooses the operation.
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>
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

constexpr std::string_view paths[] = {"/TraceSegments",      "/TelemetryRecords",   "/GetSamplingRules",
                                      "/SamplingTargets",    "/CreateSamplingRule", "/UpdateSamplingRule",
                                      "/DeleteSamplingRule", "/CreateGroup",        "/GetGroup",
                                      "/UpdateGroup",        "/DeleteGroup",        "/Groups"};

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;
  if (size == 0) return 0;
  static const auto vendor = xray::make_vendor();
  static const NoEntries no_entries;
  const auto state = vendor->make_state();

  std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  bytes.append(64, '#');
  recording::Entry entry;
  entry.ordinal = 1;
  entry.moment = {1'795'222'504'000'000'000, 0, 1'795'222'504'000'000'000};
  entry.door = "xray";
  entry.head = "POST ";
  entry.head += paths[data[0] % std::size(paths)];
  entry.head += " HTTP/1.1\r\n\r\n";
  entry.body = std::string_view(bytes).substr(0, size - 1);

  const recording::Context context{entry.moment, recording::Entropy(1, "xray", 1), 1, no_entries};
  const auto decision = vendor->decide(*state, entry.request(), context);
  must(nlohmann::json::accept(decision.reply.body));
  must(decision.reply.status == 200 || !decision.findings.empty());
  entry.reply = decision.reply;
  entry.effect = decision.effect;
  if (!entry.effect.empty()) vendor->apply(*state, {1, entry.moment, entry.effect, entry.body});
  (void)vendor->dump(*state);
  const auto deriver = vendor->make_deriver();
  vendor->records(entry, [&](recording::Record&& record) { deriver->add(record); });
  (void)deriver->findings();
  return 0;
}
