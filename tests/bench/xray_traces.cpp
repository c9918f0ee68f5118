// What a person asks over many traces: builds an index of TRACES (default 100,000) and times the reads over it.
// Prints {"traces","add_s","first_ms",...} as JSON; each read's result is checked before its time counts.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "recording/entry.h"
#include "xray/effect.h"
#include "xray/xray.h"

namespace {

using namespace understudy;

constexpr std::int64_t start_s = 1'795'222'504;

class NoEntries final : public recording::EntrySource {
 public:
  std::expected<recording::Entry, std::string> read(std::uint64_t) const override {
    return std::unexpected("no entries");
  }
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void must(bool holds, const char* what) {
  if (holds) return;
  fmt::print(stderr, "xray_traces: {}\n", what);
  std::exit(1);
}

// Two segments with calls to the second and to a table; every thousandth is a fault of the second.
std::string front(int n, int second) {
  return fmt::format(
      R"({{"id":"{0:016x}","name":"front","trace_id":"1-{1:08x}-{0:024x}","start_time":{1}.1,"end_time":{1}.{2:03},)"
      R"("http":{{"request":{{"method":"GET","url":"http://h/api/{3}"}},"response":{{"status":200}}}},"user":"u{4}",)"
      R"("annotations":{{"n":{0}}},"subsegments":[{{"id":"{5:016x}","name":"back","namespace":"remote",)"
      R"("start_time":{1}.1,"end_time":{1}.2}},{{"id":"{6:016x}","name":"DynamoDB","namespace":"aws",)"
      R"("start_time":{1}.1,"end_time":{1}.2,"aws":{{"table_name":"users"}}}}]}})",
      n + 1, start_s + second, 200 + n % 800, n % 50, n % 1000, n + 1'000'000, n + 2'000'000);
}

std::string back(int n, int second) {
  return fmt::format(
      R"({{"id":"{5:016x}","name":"back","trace_id":"1-{1:08x}-{0:024x}","parent_id":"{2:016x}","start_time":{1}.1,)"
      R"("end_time":{1}.{3},"fault":{4}}})",
      n + 1, start_s + second, n + 1'000'000, 2 + n % 7, n % 1000 == 0, n + 3'000'000);
}

}  // namespace

int main(int argc, char** argv) {
  const int traces = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const auto vendor = xray::make_vendor();
  const auto state = vendor->make_state();
  const auto index = vendor->make_index();
  recording::Entry entry;
  entry.protocol = recording::Protocol::udp;
  entry.effect = xray::datagram_taken;
  entry.moment.vendor_ns = start_s * 1'000'000'000;
  auto started = std::chrono::steady_clock::now();
  for (int n = 0; n < traces; ++n) {
    for (auto& document : {front(n, n % 3600), back(n, n % 3600)}) {
      const auto body = "{}\n" + document + std::string(64, ' ');
      ++entry.ordinal;
      entry.body = std::string_view(body).substr(0, body.size() - 64);
      index->add(entry);
    }
  }
  nlohmann::ordered_json told = {{"traces", traces}, {"add_s", seconds_since(started)}};

  const NoEntries no_entries;
  const auto ask = [&](const char* what, std::string_view path, const nlohmann::json& more, auto&& check) {
    nlohmann::json body = {{"StartTime", start_s - 1}, {"EndTime", start_s + 7200}};
    body.update(more);
    const auto text = body.dump() + std::string(64, ' ');
    const auto head = fmt::format("POST {} HTTP/1.1\r\n\r\n", path);
    recording::Entry read;
    read.door = "xray";
    read.head = head;
    read.body = std::string_view(text).substr(0, text.size() - 64);
    const recording::Context context{entry.moment, recording::Entropy(1, "xray", 1), entry.ordinal + 1, no_entries};
    started = std::chrono::steady_clock::now();
    const auto decision = vendor->decide(*state, read.request(), context);
    must(static_cast<bool>(decision.later), "the read is answered at once");
    const auto answer = decision.later(*index, context);
    told[what] = seconds_since(started) * 1000;
    must(answer.reply.status == 200 && check(nlohmann::json::parse(answer.reply.body)), what);
  };
  const auto processed = [&](const nlohmann::json& reply) { return reply["TracesProcessedCount"] == traces; };
  const auto graph = [&](const nlohmann::json& reply) {
    return reply["Services"].size() == 4 && reply["Services"][0]["SummaryStatistics"]["TotalCount"] == traces;
  };
  ask("first_read_ms", "/TraceSummaries", {{"FilterExpression", "user = \"none\""}}, processed);
  ask("nested_filter_ms", "/TraceSummaries",
      {{"FilterExpression",
        "service(\"back\") { fault AND responsetime > 5 } OR edge(\"front\", \"users\") { error }"}},
      processed);
  ask("matches_ms", "/TraceSummaries",
      {{"FilterExpression", "service(\"back\") { fault } AND http.url CONTAINS \"/api/0\""}},
      [](const nlohmann::json& reply) { return !reply["TraceSummaries"].empty(); });
  ask("root_cause_ms", "/TraceSummaries", {{"FilterExpression", "rootcause.fault.service { name = \"none\" }"}},
      processed);
  ask("service_graph_ms", "/ServiceGraph", nlohmann::json::object(), graph);
  ask("service_graph_again_ms", "/ServiceGraph", nlohmann::json::object(), graph);
  fmt::print("{}\n", told.dump());
}
