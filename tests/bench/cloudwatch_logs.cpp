// How long reads of CloudWatch Logs take over a million events like a web service's access log, half of them JSON.
//
//   bench_cloudwatch_logs [events] [streams]
#include "cloudwatch_logs/cloudwatch_logs.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>

#include "recording/vendor.h"

namespace {

using namespace understudy;

constexpr std::int64_t now_ms = 1'795'222'519'000;
constexpr std::size_t batch_events = 5'000;

// Of this process alone, whatever else the machine does.
double cpu_ms() { return static_cast<double>(std::clock()) * 1000 / CLOCKS_PER_SEC; }

// The straight line without a journal: entries stay where they are.
class Line final : public recording::EntrySource {
 public:
  nlohmann::json call(std::string_view operation, const nlohmann::json& input) {
    auto& kept = kept_.emplace_back();
    kept.body = input.dump();
    const auto size = kept.body.size();
    kept.body.append(64, '\0');
    kept.entry.ordinal = kept_.size() - 1;
    kept.entry.door = "aws";
    kept.entry.moment = {now_ms * 1'000'000, 0, now_ms * 1'000'000};
    kept.entry.head = fmt::format(
        "POST / HTTP/1.1\r\nX-Amz-Target: Logs_20140328.{}\r\nX-Amz-Date: 20261121T005519Z\r\nAuthorization: "
        "AWS4-HMAC-SHA256 Credential=k/20261121/us-east-1/logs/aws4_request, SignedHeaders=host, Signature={}\r\n\r\n",
        operation, std::string(64, 'a'));
    kept.entry.body = std::string_view(kept.body).substr(0, size);
    const recording::Context context{kept.entry.moment, recording::Entropy(1, vendor_->name(), kept.entry.ordinal),
                                     kept.entry.ordinal, *this};
    auto decision = vendor_->decide(*state_, kept.entry.request(), context);
    if (decision.later) decision.reply = decision.later(*index_, context).reply;
    if (decision.reply.status != 200) {
      fmt::print(stderr, "{}: {}\n", operation, decision.reply.body);
      std::exit(1);
    }
    kept.entry.effect = decision.effect;
    if (!decision.effect.empty()) {
      vendor_->apply(*state_, {kept.entry.ordinal, kept.entry.moment, kept.entry.effect, kept.entry.body});
    }
    index_->add(kept.entry);
    return decision.reply.body.empty() ? nlohmann::json() : nlohmann::json::parse(decision.reply.body);
  }

  std::expected<recording::Entry, std::string> read(std::uint64_t ordinal) const override {
    return kept_.at(ordinal).entry;
  }

 private:
  struct Kept {
    recording::Entry entry;
    std::string body;
  };
  std::unique_ptr<recording::Vendor> vendor_ = cloudwatch_logs::make_vendor();
  std::unique_ptr<recording::State> state_ = vendor_->make_state();
  std::unique_ptr<recording::Index> index_ = vendor_->make_index();
  std::deque<Kept> kept_;
};

std::string message_of(std::size_t i) {
  const auto status = i % 51 == 0 ? 500 : 200;
  if (i % 2 == 0) {
    return fmt::format(
        R"({{"level":"{}","status":{},"path":"/api/activities/home","duration_ms":{},"user":"user-{}"}})",
        status == 500 ? "ERROR" : "INFO", status, i % 997, i % 1000);
  }
  return fmt::format("127.0.0.1 - user-{} \"GET /api/activities/{} HTTP/1.1\" {} {}", i % 1000, i, status, i % 997);
}

void fill(Line& line, std::size_t events, std::size_t streams) {
  line.call("CreateLogGroup", {{"logGroupName", "g"}});
  for (std::size_t s = 0; s < streams; ++s) {
    line.call("CreateLogStream", {{"logGroupName", "g"}, {"logStreamName", fmt::format("s{}", s)}});
  }
  for (std::size_t i = 0; i < events;) {
    nlohmann::json batch = {{"logGroupName", "g"}, {"logStreamName", fmt::format("s{}", i / batch_events % streams)}};
    for (std::size_t j = 0; j < batch_events && i < events; ++j, ++i) {
      // A day's worth, streams at the same time.
      const auto at = now_ms - 80'000'000 +
                      static_cast<std::int64_t>((i / batch_events / streams * batch_events + j) * streams) * 80;
      batch["logEvents"].push_back({{"timestamp", at}, {"message", message_of(i)}});
    }
    line.call("PutLogEvents", batch);
  }
}

template <typename Ask>
void measure(std::string_view what, const Ask& ask) {
  double first = 0;
  double best = 1e9;
  for (int i = 0; i < 4; ++i) {
    const double start = cpu_ms();
    const auto shown = ask();
    const double took = cpu_ms() - start;
    if (i == 0) {
      first = took;
      fmt::print("{:<88} {:>7} rows", what, shown);
    }
    best = std::min(best, took);
  }
  fmt::print("  first {:>7.1f} ms, best {:>7.1f} ms\n", first, best);
}

void filter(Line& line, std::string_view pattern) {
  measure(fmt::format("FilterLogEvents {}", pattern), [&] {
    return line.call("FilterLogEvents", {{"logGroupName", "g"}, {"filterPattern", pattern}})["events"].size();
  });
}

void query(Line& line, std::string_view text) {
  measure(text, [&] {
    const auto id = line.call("StartQuery", {{"logGroupName", "g"},
                                             {"startTime", now_ms / 1000 - 86'400},
                                             {"endTime", now_ms / 1000 + 3600},
                                             {"queryString", text}});
    return line.call("GetQueryResults", id)["results"].size();
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::size_t streams = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 4;
  Line line;
  fill(line, events, streams);
  fmt::print("{} events in {} streams; CPU time, answers read back\n", events, streams);
  query(line, "stats count() by bin(5m)");
  filter(line, "\"user-7 nothing\"");
  filter(line, "ERROR -\"user-7\"");
  filter(line, "%user-99[0-9]%");
  filter(line, "{ $.status = 500 && $.duration_ms > 990 }");
  filter(line, "[ip, dash, user, request, status = 5*, bytes > 990]");
  filter(line, "");
  query(line, "fields @timestamp, @message | sort @timestamp desc | limit 20");
  query(line, "filter @message like /HTTP.1.1\" 500/ | stats count(*) as n by bin(1h) | sort n desc");
  query(line, "filter level = \"ERROR\" | stats count(*) by user");
  query(line, "stats avg(duration_ms), pct(duration_ms, 99) by bin(1h)");
  query(line, "parse @message '- * \"' as who | stats count(*) as n by who | sort n desc | limit 10");
  return 0;
}
