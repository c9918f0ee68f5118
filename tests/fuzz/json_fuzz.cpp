// The JSON reader against its own scanner and against another parser: they accept the same texts, and whatever comes
// out can be printed and read again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/json_scanner.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const JsonOptions options{.max_depth = 64};
  JsonReader reader;
  const auto element = reader.read(text, options);

  JsonScanner scanner(text, options.max_depth);
  require(scanner.scan() == element.has_value());
  require(!element || scanner.oddities().size() == reader.rewrites().size());
  if (!element) {
    require(element.error().offset <= size && !element.error().reason.empty());
    const auto opened = std::count(text.begin(), text.end(), '[') + std::count(text.begin(), text.end(), '{');
    const bool is_other_for_the_oracle = opened > 64 || text.find('\0') != text.npos;  // it takes NUL for the end
    require(is_other_for_the_oracle || !nlohmann::json::accept(text));
    return 0;
  }
  const auto json = to_ordered_json(*element);
  const std::string printed = json.dump();  // throws if a string is not UTF-8
  const auto again = reader.read(printed, options);
  require(again && to_ordered_json(*again) == json);
  for_each_child(text, [&](std::string_view, std::size_t, JsonRange child) {
    JsonReader inner;
    require(inner.read(text.substr(child.offset, child.length), options).has_value());
  });
  return 0;
}
