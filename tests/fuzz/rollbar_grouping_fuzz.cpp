// Any bytes as the data of an item, as a text, as a query, as a source map and as a bundle of them: a fingerprint and a
// title that hold their limits, the same again, and nothing added by taking data away.
#include <cstdint>
#include <cstdlib>

#include "base/json.h"
#include "rollbar/grouping.h"
#include "rollbar/multipart.h"
#include "rollbar/rql.h"
#include "rollbar/source_maps.h"
#include "rollbar/zip.h"

namespace {

using namespace understudy;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  require(rollbar::without_data(text).size() <= size);
  require(rollbar::without_numbers(text).size() <= size);
  require(rollbar::without_release(text, "").size() <= size);
  (void)rollbar::read_multipart(text, text.substr(0, text.find('\n')));
  (void)rollbar::boundary_of(text);
  if (const auto map = rollbar::SourceMap::parse(text)) (void)map->find(1, 0);
  if (const auto files = rollbar::read_zip(text, 1 << 20)) {
    std::size_t unpacked = 0;
    for (const auto& file : *files) unpacked += file.content.size();
    require(unpacked <= 1 << 20);
  }
  (void)rollbar::maps_of_bundle(text);
  if (const auto query = rollbar::rql::parse(text, 0)) require(query->limit <= 1000);
  JsonReader reader;
  if (const auto root = reader.read(text)) {
    const rollbar::Grouping grouping = rollbar::grouping_of(*root);
    require(grouping.fingerprint.size() <= 160 && !grouping.fingerprint.empty());
    require(rollbar::cut_to(grouping.title, 255) == grouping.title);
    require(rollbar::grouping_of(*root).fingerprint == grouping.fingerprint);
  }
  return 0;
}
