// What the library costs a test: bench_library start|wake|miss COUNT. Prints one line of JSON.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/library/senders.h"
#include "understudy/matchers.h"

namespace {

using namespace understudy;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

[[noreturn]] void fail(std::string_view why) {
  fmt::print(stderr, "bench_library: {}\n", why);
  std::exit(1);
}

// Four vendors, up and down again.
void start(int count) {
  std::vector<double> took;
  const auto begin = Clock::now();
  for (int i = 0; i < count; ++i) {
    const auto one = Clock::now();
    {
      const Understudy vendors;
      if (vendors.ports().rollbar == 0) fail("a vendor without a port");
    }
    took.push_back(ms_since(one));
  }
  const double all = ms_since(begin);
  fmt::print("{{\"median_ms\":{:.3f},\"per_second\":{:.0f}}}\n", median(took), count / all * 1000);
}

// From before the datagram is handed to the kernel to the waiter's own thread.
void wake(int count) {
  const Understudy vendors;
  std::vector<double> took;
  for (int i = 0; i < count; ++i) {
    const std::string name = "segment " + std::to_string(i);
    Clock::time_point sent;
    std::thread sender([&] {
      const json document = segment(name);
      (void)vendors.sync();  // the waiter is most likely asleep by now
      sent = Clock::now();
      send_segment(vendors, document);
    });
    const auto seen = vendors.xray().wait_for(segment_named(name), within(30s));
    const double woke = ms_since(sent);
    sender.join();
    if (!seen.met() || seen.front().name() != name) fail(seen.explain());
    took.push_back(woke);
  }
  fmt::print("{{\"median_ms\":{:.3f},\"most_ms\":{:.3f}}}\n", median(took), *std::ranges::max_element(took));
}

// A matcher that no span meets, and its explanation.
void miss(int count, const std::string& captures) {
  constexpr int each = 2000;
  const Understudy vendors(Options{.captures = captures});
  for (int post = 0; post * each < count; ++post) {
    json batch = json::array();
    for (int i = 0; i < each; ++i) {
      batch.push_back(otlp_span({.name = "span " + std::to_string(i), .attributes = {{"post", post}, {"index", i}}}));
    }
    if (post_otlp(vendors, batch) != 200) fail("a post was not accepted");
  }
  auto begin = Clock::now();
  const auto spans = vendors.honeycomb().spans();
  const double read = ms_since(begin);
  if (spans.size() < static_cast<std::size_t>(count)) fail("spans are missing");
  const testing::Matcher<const std::vector<Span>&> matcher =
      Includes(HasName("span 1999"), HasAttribute("post", 0), HasStatus(SpanStatus::ok));
  testing::StringMatchResultListener why;
  begin = Clock::now();
  const bool matched = matcher.MatchAndExplain(spans, &why);
  const double explained = ms_since(begin);
  if (matched || why.str().find("status.code is \"UNSET\", not \"OK\"") == std::string::npos) fail(why.str());
  begin = Clock::now();
  const auto waited = vendors.honeycomb().wait_for(span_named("span 2000"), within(1ms));
  const double unmet = ms_since(begin);
  if (waited.met() || waited.explain().empty()) fail("a wait that cannot be met");
  fmt::print("{{\"miss_ms\":{:.1f},\"read_ms\":{:.1f},\"wait_ms\":{:.1f}}}\n", explained, read, unmet);
}

// The wait that is not met saves its capture, as it does for a test that failed.
void miss_and_tidy(int count) {
  char name[] = "/tmp/understudy-bench-XXXXXX";
  const std::string captures = mkdtemp(name);
  miss(count, captures);
  std::filesystem::remove_all(captures);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mode = argc == 3 ? argv[1] : "";
  const int count = argc == 3 ? std::atoi(argv[2]) : 0;
  if (count > 0 && mode == "start") return start(count), 0;
  if (count > 0 && mode == "wake") return wake(count), 0;
  if (count > 0 && mode == "miss") return miss_and_tidy(count), 0;
  fail("usage: bench_library start|wake|miss COUNT");
}
