#include "program/source.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace understudy::program {
namespace {

template <typename Item, typename Read>
Result<void> for_each(Ask& ask, const Read& read, const std::function<bool(Item&&)>& see) {
  while (true) {
    auto page = read(ask);
    if (!page) return std::unexpected(page.error());
    for (Item& item : page->items) {
      if (!see(std::move(item))) return {};
    }
    if (page->last) return {};
    ask.after = page->next_after;
  }
}

}  // namespace

std::string url_of(const SourceOptions& options) {
  if (!options.url.empty()) return options.url;
  const char* named = std::getenv("UNDERSTUDY_URL");
  return named != nullptr && *named != '\0' ? named : "http://127.0.0.1:4700";
}

Result<std::unique_ptr<Source>> open_source(const SourceOptions& options) {
  if (!options.journal.empty()) return open_journal(options);
  return open_url(options);
}

Result<void> for_each_record(Source& source, Ask ask, const std::function<bool(recording::Record&&)>& see) {
  return for_each<recording::Record>(ask, [&](const Ask& page) { return source.records(page); }, see);
}

Result<void> for_each_exchange(Source& source, Ask ask, const std::function<bool(nlohmann::ordered_json&&)>& see) {
  return for_each<nlohmann::ordered_json>(ask, [&](const Ask& page) { return source.exchanges(page); }, see);
}

}  // namespace understudy::program
