#include "cloudwatch_logs/deriver.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "cloudwatch_logs/findings.h"
#include "recording/record.h"

namespace understudy::cloudwatch_logs {
namespace {

constexpr std::uint64_t enough_events = 20;  // to speak of "most" of a stream

// Lines that only the client has that ships the logs: its own requests, seen from inside.
bool is_of_the_shipper(std::string_view message) {
  return message.contains("Logs_20140328.PutLogEvents") || message.contains("OperationModel(name=PutLogEvents)");
}

// "GET http /api/activities/home? 200 OK" and the like.
bool is_successful_access_line(std::string_view message) {
  return message.contains(" 200 OK") || message.contains("\" 200 ");
}

class LogDeriver final : public recording::Vendor::Deriver {
 public:
  void add(const recording::Record& record) override {
    if (record.kind != "log_event") return;
    const auto& fields = record.fields;
    const auto place = fmt::format("{}/{}", fields.value("log_group", ""), fields.value("log_stream", ""));
    auto& stream = streams_[place];
    const auto found = fields.find("message");
    if (found == fields.end() || !found->is_string()) return;
    const auto& message = found->get_ref<const std::string&>();
    ++stream.events;
    if (stream.calls == 0 || stream.last_entry != record.entry) ++stream.calls;
    stream.last_entry = record.entry;
    if (is_of_the_shipper(message) && stream.shipper_lines++ == 0) stream.first_shipper_entry = record.entry;
    if (is_successful_access_line(message) && stream.access_lines++ == 0) stream.first_access_entry = record.entry;
  }

  std::vector<recording::Vendor::DerivedFinding> findings() const override {
    std::vector<recording::Vendor::DerivedFinding> found;
    for (const auto& [place, stream] : streams_) {
      const auto share = [&](std::uint64_t part) { return fmt::format("{} of {} events", part, stream.events); };
      if (stream.shipper_lines > 0) {
        found.push_back(
            {finding("messages.feedback-loop", place, share(stream.shipper_lines)), stream.first_shipper_entry});
      }
      if (stream.events >= enough_events && stream.calls == stream.events) {
        found.push_back(
            {finding("messages.one-a-call", place, fmt::format("{} events", stream.events)), stream.last_entry});
      }
      if (stream.events >= enough_events && stream.access_lines * 2 > stream.events) {
        found.push_back(
            {finding("messages.access-lines", place, share(stream.access_lines)), stream.first_access_entry});
      }
    }
    return found;
  }

 private:
  struct Seen {
    std::uint64_t events = 0;
    std::uint64_t calls = 0;
    std::uint64_t last_entry = 0;
    std::uint64_t shipper_lines = 0;
    std::uint64_t access_lines = 0;
    std::uint64_t first_shipper_entry = 0;
    std::uint64_t first_access_entry = 0;
  };
  std::map<std::string, Seen> streams_;
};

}  // namespace

std::unique_ptr<recording::Vendor::Deriver> make_log_deriver() { return std::make_unique<LogDeriver>(); }

}  // namespace understudy::cloudwatch_logs
