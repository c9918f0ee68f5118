// Any bytes as an export: what is accepted becomes events with each name once, by either translator, and as many rows
// as the request has spans, span events and links.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "honeycomb/events.h"
#include "honeycomb/honeycomb.h"
#include "otlp/walker.h"

namespace {

using namespace understudy;
using honeycomb::Translator;

void require(bool holds) {
  if (!holds) std::abort();
}

struct NoEntries final : recording::EntrySource {
  std::expected<recording::Entry, std::string> read(std::uint64_t) const override { return std::unexpected("none"); }
};

void export_to(const recording::Vendor& vendor, std::string_view path, otlp::Signal signal, std::string_view body) {
  recording::Entry entry;
  entry.kind = recording::EntryKind::exchange;
  entry.vendor = "honeycomb";
  entry.door = "honeycomb_http";
  entry.head = "POST " + std::string(path) +
               " HTTP/1.1\r\nx-honeycomb-team: abcdefghij1234567890ab\r\nContent-Type: application/x-protobuf\r\n\r\n";
  entry.body = body;
  const NoEntries none;
  const recording::Context context{entry.moment, recording::Entropy(1, "honeycomb", 1), 1, none};
  const auto state = vendor.make_state();
  entry.effect = vendor.decide(*state, entry.request(), context).effect;
  const auto summary = otlp::validate(signal, body);
  for (const Translator translator : {Translator::direct, Translator::classic}) {
    std::size_t rows = 0;
    honeycomb::for_each_event(entry, translator, [&](const honeycomb::Event& event) {
      std::set<std::string_view> names;
      for (const auto& field : event.fields) require(!field.name.empty() && names.insert(field.name).second);
      require(event.sample_rate >= 1);
      ++rows;
    });
    const std::size_t most = summary ? summary->items + summary->span_events + summary->span_links : 0;
    require(signal == otlp::Signal::metrics ? rows <= most : rows == most);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto vendor = honeycomb::make_vendor();
  std::string padded(reinterpret_cast<const char*>(data), size);
  padded.append(64, '\0');
  const auto body = std::string_view(padded).substr(0, size);
  export_to(*vendor, "/v1/traces", otlp::Signal::traces, body);
  export_to(*vendor, "/v1/logs", otlp::Signal::logs, body);
  export_to(*vendor, "/v1/metrics", otlp::Signal::metrics, body);
  return 0;
}
