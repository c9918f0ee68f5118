// Bodies of the calls about datasets, columns, queries and results: never a crash, always JSON with a finding where it
// is refused; and a query that is accepted can be run.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "honeycomb/honeycomb.h"
#include "recording/entry.h"
#include "recording/vendor.h"

namespace {

using namespace understudy;

class NoEntries final : public recording::EntrySource {
 public:
  std::expected<recording::Entry, std::string> read(std::uint64_t) const override {
    return std::unexpected("no entries");
  }
};

constexpr std::string_view calls[] = {"POST /1/queries/a", "POST /1/query_results/a", "POST /1/datasets",
                                      "PUT /1/datasets/a", "POST /1/columns/a",       "PUT /1/columns/a/abcdefghijkm"};

constexpr std::string_view one_span = R"({"resourceSpans":[
  {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},
   "scopeSpans":[{"spans":[{"traceId":"0123456789abcdef0123456789abcdef","spanId":"0123456789abcdef","name":"home",
     "startTimeUnixNano":"1795222444000000000","endTimeUnixNano":"1795222444005000000",
     "attributes":[{"key":"user","value":{"stringValue":"anna"}},{"key":"m","value":{"intValue":"7"}}]}]}]}]})";

void must(bool holds) {
  if (!holds) std::abort();
}

// A vendor with one dataset, and the straight line.
class House {
 public:
  House() : vendor_(honeycomb::make_vendor()), state_(vendor_->make_state()), index_(vendor_->make_index()) {
    send("POST /1/datasets", R"({"name":"a"})");
    must(send("POST /v1/traces", one_span).status == 200);
  }

  recording::Reply send(std::string_view call, std::string_view body) {
    recording::Entry entry;
    entry.ordinal = ++ordinal_;
    entry.moment = {1'795'222'504'000'000'000, 0, 1'795'222'504'000'000'000};
    entry.door = "honeycomb_http";
    entry.head = std::string(call);
    entry.head += " HTTP/1.1\r\nx-honeycomb-team: abcdefghij1234567890ab\r\ncontent-type: application/json\r\n\r\n";
    std::string bytes(body);
    bytes.append(64, '#');
    entry.body = std::string_view(bytes).substr(0, body.size());

    const recording::Context context{entry.moment, recording::Entropy(1, "honeycomb", ordinal_), ordinal_, no_entries_};
    auto decision = vendor_->decide(*state_, entry.request(), context);
    if (decision.later) {
      recording::Answer answer = decision.later(*index_, context);
      decision.reply = std::move(answer.reply);
      decision.findings = std::move(answer.findings);
      entry.read = true;
    }
    must(decision.reply.status < 400 || !decision.findings.empty());
    entry.effect = decision.effect;
    if (!entry.effect.empty()) vendor_->apply(*state_, {ordinal_, entry.moment, entry.effect, entry.body});
    entry.reply = decision.reply;
    entry.reply_bytes = entry.reply.body.size();
    index_->add(entry);
    (void)vendor_->dump(*state_);
    return decision.reply;
  }

 private:
  std::unique_ptr<recording::Vendor> vendor_;
  std::unique_ptr<recording::State> state_;
  std::unique_ptr<recording::Index> index_;
  NoEntries no_entries_;
  std::uint64_t ordinal_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  House house;
  const std::string_view call = calls[data[0] % std::size(calls)];
  const auto reply = house.send(call, std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  if (reply.body.empty()) return 0;
  must(nlohmann::json::accept(reply.body));
  if (call != calls[0] || reply.status != 200) return 0;

  const auto id = nlohmann::json::parse(reply.body)["id"].dump();
  const auto made = house.send(calls[1], "{\"query_id\":" + id + "}");
  if (made.status != 201) return 0;  // too far back
  const auto result = nlohmann::json::parse(made.body)["id"].get<std::string>();
  const auto read = house.send("GET /1/query_results/a/" + result, {});
  must(read.status == 200 && nlohmann::json::parse(read.body)["complete"] == true);
  return 0;
}
