// How long Rollbar's read operations take over 100,000 occurrences of 3 KB in 1,000 items, once the index has seen
// them, and how long that takes. CPU time; a line of JSON. Fails where what is read back is not what was sent.
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rollbar/rollbar.h"

namespace {

using namespace understudy;

constexpr std::size_t occurrences = 100'000;
constexpr std::size_t different = 1'000;

std::string body_of(std::size_t i) {
  std::string frames;
  for (int frame = 0; frame < 20; ++frame) {
    frames += fmt::format(R"({}{{"filename":"/srv/releases/20261121/app/file{}.py","method":"method_{}","lineno":{},)"
                          R"("code":"    return self.connection.load_row"}})",
                          frame == 0 ? "" : ",", frame, frame, i);
  }
  return fmt::format(
      R"({{"data":{{"environment":"production","level":"error","language":"python 3.11","framework":"flask",)"
      R"("code_version":"1.{}","body":{{"trace":{{"frames":[{}],"exception":{{"class":"Error{}X",)"
      R"("message":"row {} is missing"}}}}}}}}}})",
      i % 5, frames, std::string(1 + i % different, 'a'), i);
}

struct Entries final : recording::EntrySource {
  std::vector<recording::Entry> entries;
  std::expected<recording::Entry, std::string> read(std::uint64_t ordinal) const override { return entries[ordinal]; }
};

// Of this process, so that the neighbours do not count.
double milliseconds_since(std::clock_t start) {
  return 1e3 * static_cast<double>(std::clock() - start) / static_cast<double>(CLOCKS_PER_SEC);
}

recording::Entry request(const std::string& line) {
  recording::Entry entry;
  entry.kind = recording::EntryKind::exchange;
  entry.vendor = entry.door = "rollbar";
  entry.head = line + " HTTP/1.1\r\nX-Rollbar-Access-Token: 0123456789abcdef0123456789abcdef\r\n\r\n";
  entry.moment.vendor_ns = 1'795'222'506'000'000'000;
  return entry;
}

// The result with what is known beforehand put into it.
nlohmann::ordered_json expected(const std::string& target, nlohmann::ordered_json result) {
  if (target == "items") {
    result["total_count"] = different;
    for (auto& item : result["items"]) item["total_occurrences"] = occurrences / different;
  }
  if (target == "reports/occurrence_counts") {
    std::size_t sum = 0;
    for (const auto& row : result) sum += row[1].get<std::size_t>();
    if (sum != occurrences) return nullptr;
  }
  return result;
}

}  // namespace

int main() {
  const auto vendor = rollbar::make_vendor();
  const auto state = vendor->make_state();
  const auto index = vendor->make_index();
  Entries source;
  std::vector<std::string> bodies;
  for (std::size_t i = 0; i < different; ++i) bodies.push_back(body_of(i) + std::string(64, '\0'));
  auto start = std::clock();
  for (std::size_t i = 0; i < occurrences; ++i) {
    recording::Entry entry = request("POST /api/1/item/");
    entry.ordinal = i;
    entry.moment.vendor_ns += static_cast<std::int64_t>(i) * 1'000'000;
    entry.body = std::string_view(bodies[i % different]).substr(0, bodies[i % different].size() - 64);
    const recording::Context context{entry.moment, recording::Entropy(1, "rollbar", i), i, source};
    const auto decision = vendor->decide(*state, entry.request(), context);
    entry.reply.status = decision.reply.status;
    entry.effect = decision.effect;
    source.entries.push_back(std::move(entry));
  }
  const double decided_ms = milliseconds_since(start);
  start = std::clock();
  for (const recording::Entry& entry : source.entries) index->add(entry);
  nlohmann::ordered_json told = {{"occurrences", occurrences},
                                 {"bytes", bodies[0].size() - 64},
                                 {"decided_ms", decided_ms},
                                 {"folded_ms", milliseconds_since(start)}};
  for (const std::string target :
       {"items", "items?level=error&query=x&page=3", "instances?page=4000", "instances?limit=100",
        "reports/top_active_items", "reports/occurrence_counts", "versions/1.3", "versions/1.3/items"}) {
    const recording::Entry entry = request("GET /api/1/" + target);
    const recording::Context context{source.entries.back().moment, recording::Entropy(1, "rollbar", occurrences),
                                     occurrences, source};
    const auto decision = vendor->decide(*state, entry.request(), context);
    start = std::clock();
    const auto answer = decision.later(*index, context);
    told["reads_ms"][target] = milliseconds_since(start);
    const auto result = nlohmann::ordered_json::parse(answer.reply.body)["result"];
    if (answer.reply.status != 200 || result != expected(target, result)) {
      fmt::print(stderr, "{} answers {} and not what was sent: {}\n", target, answer.reply.status, answer.reply.body);
      return 1;
    }
  }
  fmt::print("{}\n", told.dump());
}
