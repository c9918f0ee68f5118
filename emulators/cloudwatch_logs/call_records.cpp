#include "cloudwatch_logs/call_records.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "aws/authorization.h"
#include "aws/body.h"
#include "base/json.h"
#include "cloudwatch_logs/effect.pb.h"
#include "cloudwatch_logs/events.h"
#include "cloudwatch_logs/ingestion.h"
#include "cloudwatch_logs/operations.h"
#include "recording/record.h"

namespace understudy::cloudwatch_logs {
namespace {

using nlohmann::ordered_json;
using simdjson::dom::element;

// An ingestion path counts as an operation of its name.
std::string_view operation_of(const recording::Request& request) {
  if (is_ingestion(request)) return request.path();
  const auto target = request.header("x-amz-target");
  return target && target->starts_with(target_prefix) ? target->substr(target_prefix.size()) : std::string_view();
}

// Sizes as the service counts them.
void add_events(ordered_json& fields, element events) {
  std::uint64_t count = 0, bytes = 0, largest = 0;
  for (const auto event : simdjson::dom::array(events)) {
    ++count;
    if (!event.is_object()) continue;
    const auto message = last_member(event, "message");
    if (!message || !message->is_string()) continue;
    const auto size = std::string_view(*message).size() + event_overhead;
    bytes += size;
    largest = std::max<std::uint64_t>(largest, size);
  }
  fields["events"] = count;
  fields["bytes"] = bytes;
  fields["largest_event"] = largest;
}

void add_input(ordered_json& fields, std::string_view body) {
  thread_local JsonReader reader;
  const auto parsed = reader.read(body);
  if (!parsed || !parsed->is_object()) return;
  auto input = ordered_json::object();
  for (const auto member : simdjson::dom::object(*parsed)) {
    if (member.key == "logEvents" && member.value.is_array()) {
      add_events(fields, member.value);
    } else {
      input[std::string(member.key)] = to_ordered_json(member.value);
    }
  }
  for (const auto& [field, names] :
       {std::pair("log_group", "logGroupName"), std::pair("log_group", "logGroupIdentifier"),
        std::pair("log_stream", "logStreamName")}) {
    const auto found = input.find(names);
    if (found != input.end() && found->is_string()) fields[field] = *found;
  }
  fields["input"] = std::move(input);
}

void add_answer(ordered_json& fields, const recording::Entry& entry) {
  fields["status"] = entry.reply.status;
  const auto body = ordered_json::parse(entry.reply.body, nullptr, false);
  if (entry.reply.status >= 400 && body.is_object()) {
    for (const auto& [field, member] : {std::pair("error", "__type"), std::pair("message", "message")}) {
      if (body.contains(member)) fields[field] = body[member];
    }
  }
  effect::Effect effect;
  if (entry.effect.empty() || !effect.ParseFromString(entry.effect) || !effect.has_put_log_events()) return;
  const auto& put = effect.put_log_events();
  fields["log_group"] = effect.log_group();  // of the ingestion paths, whose bodies do not name them
  fields["log_stream"] = effect.log_stream();
  fields["accepted"] = put.end() - put.first();
  if (fields.contains("events")) fields["rejected"] = fields["events"].get<std::uint64_t>() - (put.end() - put.first());
}

}  // namespace

void call_record_of(const recording::Entry& entry, const recording::RecordSink& sink) {
  const auto request = entry.request();
  const auto operation = operation_of(request);
  if (operation.empty()) return;
  recording::Record record;
  record.kind = call_record_kind;
  record.time_ns = entry.moment.vendor_ns;
  record.fields["operation"] = operation;
  record.fields["user_agent"] = request.header("user-agent").value_or("");
  record.fields["region"] = aws::authorization_of(request).region;
  std::string storage;
  const auto body = aws::plain_body(request, storage, largest_body);
  if (body && !is_ingestion(request)) add_input(record.fields, *body);
  add_answer(record.fields, entry);
  sink(std::move(record));
}

}  // namespace understudy::cloudwatch_logs
