// Filter expressions of any bytes: read or refused at a place within them, and what was read is matched without harm.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "recording/entry.h"
#include "xray/effect.h"
#include "xray/filter_expression.h"
#include "xray/filter_match.h"
#include "xray/index.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

constexpr std::string_view document =
    "{}\n"
    R"({"id":"000000000000000a","name":"front","trace_id":"1-6b00ebe8-c09045740abe454752beac88","start_time":1,)"
    R"("end_time":2,"fault":true,"user":"ada","annotations":{"k":"v","n":1},"subsegments":[{"id":"000000000000000b",)"
    R"("name":"host","namespace":"remote","start_time":1,"end_time":2,"fault":true,"cause":{"exceptions":)"
    R"([{"id":"000000000000000c","type":"E","message":"m"}]}}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;
  static const std::string body = std::string(document) + std::string(64, '#');
  static auto* const index = [] {
    recording::Entry entry;
    entry.ordinal = 1;
    entry.protocol = recording::Protocol::udp;
    entry.effect = xray::datagram_taken;
    entry.body = std::string_view(body).substr(0, document.size());
    static xray::TraceIndex made;
    made.add(entry);
    return &made;
  }();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto filter = xray::parse_filter(text);
  if (!filter) {
    must(filter.error().position <= size && !filter.error().reason.empty());
    return 0;
  }
  const auto replaced =
      xray::with_groups(*filter, [](auto, std::string_view) { return std::optional<std::string>("ok"); });
  must(replaced.has_value());
  must(index->size() == 1);
  (void)xray::FilterMatcher(*replaced, *index, "000000000000").matches(index->trace(0));
  return 0;
}
