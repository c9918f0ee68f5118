#include "cloudwatch_logs/live_tail.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "aws/event_stream.h"
#include "cloudwatch_logs/events.h"
#include "cloudwatch_logs/filter_pattern.h"
#include "cloudwatch_logs/objects.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::json;

// [docs: StartLiveTail, LiveTailSessionUpdate]
constexpr std::chrono::milliseconds update_period{1000};
constexpr std::size_t largest_update = 500;
constexpr std::size_t most_buffered = 5000;
constexpr std::size_t most_buffered_bytes = 8 << 20;  // of messages; so that a slow reader costs little [guess]
constexpr std::int64_t longest_session_ms = std::int64_t{3} * 3'600'000;

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

// What a session shows.
struct Wanted {
  Place place;
  std::map<std::string, std::string, std::less<>> groups;  // by name: the identifier that was given
  std::vector<std::string> streams;
  std::vector<std::string> prefixes;
  FilterPattern pattern;

  bool has_stream(std::string_view name) const {
    if (!streams.empty()) return std::ranges::find(streams, name) != streams.end();
    return prefixes.empty() || std::ranges::any_of(prefixes, [name](const auto& one) { return name.starts_with(one); });
  }
};

class LiveTail final : public recording::Continuation {
 public:
  LiveTail(Wanted wanted, std::int64_t started_ms) : wanted_(std::move(wanted)), started_ms_(started_ms) {}

  std::chrono::milliseconds period() const override { return update_period; }
  void add(const recording::Entry& entry) override;
  Piece piece(const recording::Moment& moment) override;

 private:
  json take_update();

  const Wanted wanted_;
  const std::int64_t started_ms_;
  std::vector<json> waiting_;  // since the last update
  std::size_t waiting_bytes_ = 0;
  bool dropped_ = false;  // more than are buffered
};

void LiveTail::add(const recording::Entry& entry) {
  effect::Effect effect;
  if (entry.effect.empty() || !effect.ParseFromString(entry.effect) || !effect.has_put_log_events()) return;
  if (effect.account() != wanted_.place.account || effect.region() != wanted_.place.region) return;
  const auto group = wanted_.groups.find(effect.log_group());
  if (group == wanted_.groups.end() || !wanted_.has_stream(effect.log_stream())) return;
  const auto& put = effect.put_log_events();
  for_each_event(entry.request(), put.first(), put.end(), put.ingestion_time_ms(),
                 [&](std::uint32_t, std::int64_t timestamp_ms, std::string_view message) {
                   if (!wanted_.pattern.matches(message)) return;
                   if (waiting_.size() >= most_buffered || waiting_bytes_ + message.size() > most_buffered_bytes) {
                     dropped_ = true;
                     return;
                   }
                   waiting_bytes_ += message.size();
                   waiting_.push_back({{"ingestionTime", put.ingestion_time_ms()},
                                       {"logGroupIdentifier", group->second},
                                       {"logStreamName", effect.log_stream()},
                                       {"message", message},
                                       {"timestamp", timestamp_ms}});
                 });
}

// Of more than an update holds, as many from all over.
json LiveTail::take_update() {
  const bool sampled = dropped_ || waiting_.size() > largest_update;
  const auto shown = std::min(waiting_.size(), largest_update);
  json results = json::array();
  for (std::size_t i = 0; i < shown; ++i) results.push_back(std::move(waiting_[i * waiting_.size() / shown]));
  waiting_.clear();
  waiting_bytes_ = 0;
  dropped_ = false;
  return {{"sessionMetadata", {{"sampled", sampled}}}, {"sessionResults", std::move(results)}};
}

// The text of the exception [guess].
recording::Continuation::Piece LiveTail::piece(const recording::Moment& moment) {
  Piece piece;
  aws::append_event(piece.bytes, "sessionUpdate", text_of(take_update()));
  if (moment.vendor_ns / 1'000'000 - started_ms_ < longest_session_ms) return piece;
  aws::append_exception(piece.bytes, "SessionTimeoutException", R"({"message":"Live Tail session timed out."})");
  piece.last = true;
  return piece;
}

// Streams are named for a single group, and in one way [docs]; the texts [guess].
std::optional<recording::Decision> refuse_streams(const Call& call, const Input& input) {
  const bool names = input.given("logStreamNames");
  const bool prefixes = input.given("logStreamNamePrefixes");
  if (names && prefixes) {
    return refuse(call,
                  invalid_parameter("logStreamNames and logStreamNamePrefixes are mutually exclusive parameters."),
                  finding("input.exclusive", "logStreamNamePrefixes", "logStreamNames is given too"));
  }
  if ((names || prefixes) && input.json("logGroupIdentifiers")->size() > 1) {
    return refuse(call, invalid_parameter("Log streams can be specified only if one log group is specified."),
                  finding("input.exclusive", names ? "logStreamNames" : "logStreamNamePrefixes",
                          "more than one log group is given"));
  }
  return std::nullopt;
}

std::vector<std::string> texts(const Input& input, std::string_view name) {
  const auto* list = input.json(name);
  return list == nullptr ? std::vector<std::string>() : list->get<std::vector<std::string>>();
}

std::string beginning(const Call& call, const Input& input) {
  json start = {{"requestId", aws::request_id(call.context.entropy)},
                {"sessionId", call.context.entropy.uuid("live tail session")},
                {"logStreamNames", json::array()},
                {"logStreamNamePrefixes", json::array()},
                {"logEventFilterPattern", ""}};
  copy_members(start, input,
               {"logGroupIdentifiers", "logStreamNames", "logStreamNamePrefixes", "logEventFilterPattern"});
  std::string bytes;
  aws::append_event(bytes, "initial-response", "{}");  // botocore wants it first [run]
  aws::append_event(bytes, "sessionStart", text_of(start));
  return bytes;
}

recording::Decision start_live_tail(const Call& call) {
  Input input(call);
  if (const auto refused = input.check_model()) return *refused;
  if (const auto refused = refuse_streams(call, input)) return *refused;
  const auto pattern = FilterPattern::parse(input.text("logEventFilterPattern").value_or(""));
  if (!pattern) return refuse_filter_pattern(call, pattern.error());
  for (const auto& identifier : texts(input, "logGroupIdentifiers")) {
    const auto name = group_name_of(call, identifier);
    if (find_group(call.groups, name) == nullptr) return refuse_missing_group(call, name);
  }
  auto decision = answer(call, beginning(call, input));
  for (auto& [name, value] : decision.reply.headers) {
    if (name == "Content-Type") value = aws::event_stream_type;
  }
  return decision;
}

constexpr NamedOperation operations[] = {{"StartLiveTail", start_live_tail}};

}  // namespace

std::span<const NamedOperation> live_tail_operations() { return operations; }

std::shared_ptr<recording::Continuation> live_tail_of(const Call& call, const recording::Reply& reply) {
  const auto is_type = [](const auto& header) { return header.second == aws::event_stream_type; };
  if (std::ranges::none_of(reply.headers, is_type)) return nullptr;
  const Input input(call);
  auto pattern = FilterPattern::parse(
      input.json("logEventFilterPattern") == nullptr ? "" : input.json("logEventFilterPattern")->get<std::string>());
  if (!pattern) return nullptr;
  Wanted wanted{call.place, {}, texts(input, "logStreamNames"), texts(input, "logStreamNamePrefixes"), *pattern};
  for (auto& identifier : texts(input, "logGroupIdentifiers")) {
    auto name = group_name_of(call, identifier);
    wanted.groups.emplace(std::move(name), std::move(identifier));
  }
  return std::make_shared<LiveTail>(std::move(wanted), call.now_ms());
}

}  // namespace understudy::cloudwatch_logs
