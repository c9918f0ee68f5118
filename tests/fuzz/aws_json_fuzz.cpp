// The CloudWatch Logs door under any body: whatever comes, the answer is JSON, deciding again gives it again, and what
// the answer says was accepted is what is kept.
//
// First byte: the operation; second: whether the body claims to be gzipped. The rest is the body.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cloudwatch_logs/cloudwatch_logs.h"
#include "recording/continuation.h"
#include "recording/record.h"

namespace {

using namespace understudy;

constexpr const char* operations[] = {
    "PutLogEvents",       "CreateLogGroup",   "CreateLogStream",     "DescribeLogGroups",      "DescribeLogStreams",
    "PutRetentionPolicy", "GetLogEvents",     "FilterLogEvents",     "DeleteLogGroup",         "DeleteLogStream",
    "TagResource",        "UntagResource",    "ListTagsForResource", "DeleteRetentionPolicy",  "TagLogGroup",
    "UntagLogGroup",      "StartQuery",       "NoSuchOperation",     "PutMetricFilter",        "PutSubscriptionFilter",
    "PutAccountPolicy",   "TestMetricFilter", "PutDestination",      "PutDeliveryDestination", "CreateExportTask",
    "PutQueryDefinition", "PutIndexPolicy",   "PutTransformer",      "ListLogGroups",          "DescribeMetricFilters",
    "TestTransformer",    "StartLiveTail"};
constexpr std::int64_t now_ns = 1'795'222'519'000'000'000;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string head_of(std::string_view operation, bool gzipped) {
  return "POST / HTTP/1.1\r\nX-Amz-Target: Logs_20140328." + std::string(operation) +
         "\r\nX-Amz-Date: 20261121T005519Z\r\nAuthorization: AWS4-HMAC-SHA256 "
         "Credential=k/20261121/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=" +
         std::string(64, '0') + (gzipped ? "\r\nContent-Encoding: gzip\r\n\r\n" : "\r\n\r\n");
}

// A state with one group, one stream and one batch, and whatever the input adds.
class World : public recording::EntrySource {
 public:
  World() : vendor_(cloudwatch_logs::make_vendor()), state_(vendor_->make_state()) {
    send(head_of("CreateLogGroup", false), R"({"logGroupName":"g"})");
    send(head_of("CreateLogStream", false), R"({"logGroupName":"g","logStreamName":"s"})");
    send(head_of("PutLogEvents", false),
         R"({"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1795222519000,"message":"m"}]})");
  }

  void send(std::string head, std::string_view body) {
    Kept& kept = *kept_.emplace_back(std::make_unique<Kept>());
    kept.body = std::string(body) + std::string(64, '\0');
    kept.entry.ordinal = kept_.size() - 1;
    kept.entry.moment = {now_ns, 0, now_ns};
    kept.entry.door = "aws";
    kept.entry.head = std::move(head);
    kept.entry.body = std::string_view(kept.body).substr(0, body.size());
    const auto decision = decide(kept.entry);
    const auto again = decide(kept.entry);
    require(again.reply.body == decision.reply.body && again.effect == decision.effect);
    if (auto tail = continuation(kept.entry, decision)) {
      tails_.push_back(std::move(tail));
    } else {
      require(decision.reply.body.empty() || nlohmann::json::accept(decision.reply.body));
    }
    require(decision.reply.status == 200 || decision.reply.status == 400);
    require(decision.reply.status == 200 || (!decision.findings.empty() && decision.effect.empty()));
    for (const auto& finding : decision.findings) {
      require(std::ranges::any_of(vendor_->rules(), [&](const auto& rule) { return rule.id == finding.id; }));
    }
    kept.entry.effect = decision.effect;
    const auto take = [](recording::Record&& record) { require(!record.fields.dump().empty()); };
    vendor_->records(kept.entry, take);
    vendor_->records_on_request("log_call", kept.entry, take);
    if (!decision.effect.empty()) {
      vendor_->apply(*state_, {kept.entry.ordinal, kept.entry.moment, kept.entry.effect, kept.entry.body});
    }
    index_->add(kept.entry);
    for (const auto& tail : tails_) {
      tail->add(kept.entry);
      require(!tail->piece(kept.entry.moment).bytes.empty());
    }
    require(!vendor_->dump(*state_).empty() || kept_.size() < 2);
  }

  std::expected<recording::Entry, std::string> read(std::uint64_t ordinal) const override {
    if (ordinal >= kept_.size()) return std::unexpected("no such entry");
    return kept_[ordinal]->entry;
  }

 private:
  struct Kept {
    recording::Entry entry;
    std::string body;
  };

  recording::Context context_of(const recording::Entry& entry) const {
    return {entry.moment, recording::Entropy(1, vendor_->name(), entry.ordinal), entry.ordinal, *this};
  }

  std::shared_ptr<recording::Continuation> continuation(const recording::Entry& entry,
                                                        const recording::Decision& decision) const {
    const auto& continuing = dynamic_cast<const recording::Continuing&>(*vendor_);
    return continuing.continuation(*state_, entry.request(), decision, context_of(entry));
  }

  recording::Decision decide(const recording::Entry& entry) const {
    const auto context = context_of(entry);
    auto decision = vendor_->decide(*state_, entry.request(), context);
    if (!decision.later) return decision;
    auto answer = decision.later(*index_, context);
    decision.reply = std::move(answer.reply);
    decision.findings = std::move(answer.findings);
    return decision;
  }

  std::unique_ptr<recording::Vendor> vendor_;
  std::unique_ptr<recording::State> state_;
  std::unique_ptr<recording::Index> index_ = vendor_->make_index();
  std::vector<std::unique_ptr<Kept>> kept_;
  std::vector<std::shared_ptr<recording::Continuation>> tails_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  World world;
  world.send(head_of(operations[data[0] % std::size(operations)], data[1] == 'z'), body);
  world.send(
      head_of("PutLogEvents", false),
      R"({"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1795222519000,"message":"{\"a\":1}"}]})");
  world.send(head_of("FilterLogEvents", false), R"({"logGroupName":"g"})");
  world.send(head_of("GetLogEvents", false), R"({"logGroupName":"g","logStreamName":"s","limit":1})");
  world.send(head_of("DescribeLogStreams", false), R"({"logGroupName":"g"})");
  world.send(head_of("DescribeLogGroups", false), "{}");
  return 0;
}
