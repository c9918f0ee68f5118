// Logs Insights queries over a few events: whatever comes, a query is refused with a place inside it, or runs.
//
// The first line is the message of an event; the rest is the query.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cloudwatch_logs/insights/engine.h"
#include "cloudwatch_logs/insights/parser.h"

namespace {

using namespace understudy;
using namespace understudy::cloudwatch_logs;

void require(bool holds) {
  if (!holds) std::abort();
}

// One entry whose body is a PutLogEvents.
class OneEntry final : public recording::EntrySource {
 public:
  explicit OneEntry(std::string_view message) {
    const auto events =
        nlohmann::json::array({{{"timestamp", 1'000}, {"message", message}},
                               {{"timestamp", 400'000}, {"message", "{\"a\":{\"b\":[1,\"x\"]}}"}},
                               {{"timestamp", 400'000}, {"message", "REPORT RequestId: 1\tDuration: 2 ms"}}});
    body_ = nlohmann::json({{"logEvents", events}}).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    size_ = body_.size();
    body_.append(64, '\0');
  }
  std::expected<recording::Entry, std::string> read(std::uint64_t) const override {
    recording::Entry entry;
    entry.head = "POST / HTTP/1.1\r\n\r\n";
    entry.body = std::string_view(body_).substr(0, size_);
    return entry;
  }

 private:
  std::string body_;
  std::size_t size_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(input.find('\n'), input.size());
  const auto text = input.substr(std::min(end + 1, input.size()));
  const auto query = insights::parse_query(text);
  if (!query) {
    require(!query.error().message.empty());
    require(query.error().start <= query.error().end && query.error().end <= text.size());
    return 0;
  }
  const OneEntry entries(input.substr(0, end));
  const Batch batch{0, 0, 3, 1'000, 400'000, 1'000};
  const std::vector<insights::Block> blocks = {
      {"1:g", "s", batch, 0, std::make_shared<const BatchEvents>(batch, entries)}};
  const auto results = insights::run(*query, blocks, {0, 500'000}, 100);
  require(results.scanned == 3);
  require(query->has_limit || results.rows.size() <= 100);
  for (const auto& row : results.rows) require(row.size() <= query->columns.size() + 1);
  return 0;
}
