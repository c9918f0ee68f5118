#include "cloudwatch_logs/deriver.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "cloudwatch_logs/call_records.h"
#include "cloudwatch_logs/findings.h"
#include "recording/moment.h"
#include "recording/record.h"
#include "recording/sees_requested.h"

namespace understudy::cloudwatch_logs {
namespace {

using DerivedFinding = recording::Vendor::DerivedFinding;

constexpr std::uint64_t enough_events = 20;   // to speak of "most" of a stream
constexpr std::uint64_t enough_refusals = 3;  // to speak of a client that is stuck
constexpr std::uint64_t enough_repeats = 5;   // of one page
// What a shipper waits at most before it sends what it has: twice watchtower's interval.
constexpr std::int64_t silence_ns = std::int64_t{120} * 1'000'000'000;

// Lines that only the client has that ships the logs: its own requests, seen from inside.
bool is_of_the_shipper(std::string_view message) {
  return message.contains("Logs_20140328.PutLogEvents") || message.contains("OperationModel(name=PutLogEvents)");
}

// "GET http /api/activities/home? 200 OK" and the like.
bool is_successful_access_line(std::string_view message) {
  return message.contains(" 200 OK") || message.contains("\" 200 ");
}

// What the messages of a stream show.
struct SeenStream {
  std::uint64_t events = 0;
  std::uint64_t calls = 0;
  std::uint64_t last_entry = 0;
  std::uint64_t shipper_lines = 0;
  std::uint64_t access_lines = 0;
  std::uint64_t first_shipper_entry = 0;
  std::uint64_t first_access_entry = 0;
};

// What the calls to a stream show.
struct Delivery {
  std::uint64_t accepted = 0;
  std::int64_t last_ns = 0;
  std::uint64_t last_entry = 0;
  std::uint64_t stream_missing = 0;  // PutLogEvents refused for want of the stream or group, since the last success
  std::uint64_t create_refused = 0;  // CreateLogStream refused
  std::string refusal;               // of the last one
  std::uint64_t stuck_entry = 0;
  std::string token;  // of GetLogEvents: asked for so often in a row
  std::uint64_t token_calls = 0;
  std::uint64_t most_token_calls = 0;
  std::uint64_t token_entry = 0;
};

struct Created {
  std::uint64_t entry = 0;
  bool sent_to = false;
};

class LogDeriver final : public recording::Vendor::Deriver, public recording::SeesRequested {
 public:
  std::string_view kind_on_request() const override { return call_record_kind; }

  void add(const recording::Record& record) override {
    const auto place =
        fmt::format("{}/{}", record.fields.value("log_group", ""), record.fields.value("log_stream", ""));
    if (record.kind == "log_event") add_event(record, streams_[place]);
    if (record.kind == call_record_kind) add_call(record, place);
  }

  std::vector<DerivedFinding> findings() const override {
    std::vector<DerivedFinding> found;
    for (const auto& [place, stream] : streams_) tell_messages(found, place, stream);
    for (const auto& [place, delivery] : deliveries_) tell_delivery(found, place, delivery);
    for (const auto& [name, group] : created_) {
      if (!group.sent_to) found.push_back({finding("shipper.nothing-sent", name, ""), group.entry});
    }
    return found;
  }

 private:
  static void add_event(const recording::Record& record, SeenStream& stream) {
    const auto found = record.fields.find("message");
    if (found == record.fields.end() || !found->is_string()) return;
    const auto& message = found->get_ref<const std::string&>();
    ++stream.events;
    if (stream.calls == 0 || stream.last_entry != record.entry) ++stream.calls;
    stream.last_entry = record.entry;
    if (is_of_the_shipper(message) && stream.shipper_lines++ == 0) stream.first_shipper_entry = record.entry;
    if (is_successful_access_line(message) && stream.access_lines++ == 0) stream.first_access_entry = record.entry;
  }

  void add_call(const recording::Record& record, const std::string& place) {
    const auto& fields = record.fields;
    const auto operation = fields.value("operation", "");
    const auto error = fields.value("error", "");
    const auto group = fields.value("log_group", "");
    last_call_ns_ = std::max(last_call_ns_, record.time_ns);
    if (operation == "CreateLogGroup" && (error.empty() || error == "ResourceAlreadyExistsException")) {
      created_.try_emplace(group, Created{record.entry, false});
    } else if (operation == "DeleteLogGroup" && error.empty()) {
      created_.erase(group);
    } else if (operation == "PutLogEvents" || operation.starts_with('/')) {
      if (const auto found = created_.find(group); found != created_.end()) found->second.sent_to = true;
      add_put(record, error, deliveries_[place]);
    } else if (operation == "CreateLogStream" && !error.empty() && error != "ResourceAlreadyExistsException") {
      auto& delivery = deliveries_[place];
      ++delivery.create_refused;
      delivery.refusal = error;
    } else if (operation == "GetLogEvents" && fields.contains("input")) {
      const auto token = fields["input"].find("nextToken");
      const bool is_text = token != fields["input"].end() && token->is_string();
      add_read(record, is_text ? token->get<std::string>() : "", deliveries_[place]);
    }
  }

  static void add_put(const recording::Record& record, const std::string& error, Delivery& delivery) {
    if (error == "ResourceNotFoundException") {
      ++delivery.stream_missing;
      delivery.stuck_entry = record.entry;
    } else if (error.empty() && record.fields.contains("accepted")) {
      delivery.accepted += record.fields["accepted"].get<std::uint64_t>();
      delivery.last_ns = record.time_ns;
      delivery.last_entry = record.entry;
      delivery.stream_missing = delivery.create_refused = 0;
    }
  }

  static void add_read(const recording::Record& record, const std::string& token, Delivery& delivery) {
    delivery.token_calls = !token.empty() && token == delivery.token ? delivery.token_calls + 1 : 1;
    delivery.token = token;
    if (token.empty() || delivery.token_calls <= delivery.most_token_calls) return;
    delivery.most_token_calls = delivery.token_calls;
    delivery.token_entry = record.entry;
  }

  static void tell_messages(std::vector<DerivedFinding>& found, const std::string& place, const SeenStream& stream) {
    const auto share = [&](std::uint64_t part) { return fmt::format("{} of {} events", part, stream.events); };
    if (stream.shipper_lines > 0) {
      found.push_back(
          {finding("messages.feedback-loop", place, share(stream.shipper_lines)), stream.first_shipper_entry});
    }
    if (stream.events < enough_events) return;
    if (stream.calls == stream.events) {
      found.push_back(
          {finding("messages.one-a-call", place, fmt::format("{} events", stream.events)), stream.last_entry});
    }
    if (stream.access_lines * 2 > stream.events) {
      found.push_back({finding("messages.access-lines", place, share(stream.access_lines)), stream.first_access_entry});
    }
  }

  void tell_delivery(std::vector<DerivedFinding>& found, const std::string& place, const Delivery& delivery) const {
    if (delivery.stream_missing >= enough_refusals && delivery.create_refused >= enough_refusals) {
      found.push_back({finding("shipper.stream-never-made", place,
                               fmt::format("{} batches refused for want of the stream, {} CreateLogStream refused: {}",
                                           delivery.stream_missing, delivery.create_refused, delivery.refusal)),
                       delivery.stuck_entry});
    }
    if (delivery.accepted > 0 && last_call_ns_ - delivery.last_ns >= silence_ns) {
      found.push_back({finding("shipper.fell-silent", place,
                               fmt::format("{} events, the last at {}, {} s before the last call of any client",
                                           delivery.accepted, recording::rfc3339(delivery.last_ns),
                                           (last_call_ns_ - delivery.last_ns) / 1'000'000'000)),
                       delivery.last_entry});
    }
    if (delivery.most_token_calls >= enough_repeats) {
      found.push_back({finding("reads.same-token", place, fmt::format("{} times in a row", delivery.most_token_calls)),
                       delivery.token_entry});
    }
  }

  std::map<std::string, SeenStream> streams_;
  std::map<std::string, Delivery> deliveries_;
  std::map<std::string, Created> created_;
  std::int64_t last_call_ns_ = INT64_MIN;
};

}  // namespace

std::unique_ptr<recording::Vendor::Deriver> make_log_deriver() { return std::make_unique<LogDeriver>(); }

}  // namespace understudy::cloudwatch_logs
