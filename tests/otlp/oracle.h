// libprotobuf as the judge of the wire walker, and random requests for both to read.
#pragma once

#include <google/protobuf/arena.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "otlp/logs_service.pb.h"
#include "otlp/metrics_service.pb.h"
#include "otlp/trace_service.pb.h"
#include "otlp/walker.h"

namespace understudy::otlp::oracle {

namespace collector = opentelemetry::proto::collector;
using TraceRequest = collector::trace::v1::ExportTraceServiceRequest;
using LogsRequest = collector::logs::v1::ExportLogsServiceRequest;
using MetricsRequest = collector::metrics::v1::ExportMetricsServiceRequest;

inline const google::protobuf::Message& prototype(Signal signal) {
  switch (signal) {
    case Signal::traces:
      return TraceRequest::default_instance();
    case Signal::logs:
      return LogsRequest::default_instance();
    default:
      return MetricsRequest::default_instance();
  }
}

inline std::unique_ptr<google::protobuf::Message> parse(Signal signal, std::string_view body) {
  std::unique_ptr<google::protobuf::Message> message(prototype(signal).New());
  if (!message->ParseFromArray(body.data(), static_cast<int>(body.size()))) return nullptr;
  return message;
}

inline void count(const TraceRequest& request, Summary& summary) {
  for (const auto& group : request.resource_spans()) {
    ++summary.resource_groups;
    for (const auto& scope : group.scope_spans()) {
      ++summary.scopes;
      for (const auto& span : scope.spans()) {
        ++summary.items;
        summary.span_events += static_cast<std::size_t>(span.events_size());
        summary.span_links += static_cast<std::size_t>(span.links_size());
      }
    }
  }
}

inline void count(const LogsRequest& request, Summary& summary) {
  for (const auto& group : request.resource_logs()) {
    ++summary.resource_groups;
    for (const auto& scope : group.scope_logs()) {
      ++summary.scopes;
      summary.items += static_cast<std::size_t>(scope.log_records_size());
    }
  }
}

inline void count(const MetricsRequest& request, Summary& summary) {
  for (const auto& group : request.resource_metrics()) {
    ++summary.resource_groups;
    for (const auto& scope : group.scope_metrics()) {
      ++summary.scopes;
      for (const auto& metric : scope.metrics()) {
        summary.items += static_cast<std::size_t>(metric.gauge().data_points_size() + metric.sum().data_points_size() +
                                                  metric.histogram().data_points_size() +
                                                  metric.exponential_histogram().data_points_size() +
                                                  metric.summary().data_points_size());
      }
    }
  }
}

template <typename Request>
std::optional<Summary> read_as(std::string_view body) {
  google::protobuf::Arena arena;
  auto* request = google::protobuf::Arena::CreateMessage<Request>(&arena);
  if (!request->ParseFromArray(body.data(), static_cast<int>(body.size()))) return std::nullopt;
  Summary summary;
  count(*request, summary);
  return summary;
}

// What libprotobuf makes of a body; nothing if it refuses it.
inline std::optional<Summary> read(Signal signal, std::string_view body) {
  switch (signal) {
    case Signal::traces:
      return read_as<TraceRequest>(body);
    case Signal::logs:
      return read_as<LogsRequest>(body);
    default:
      return read_as<MetricsRequest>(body);
  }
}

// libprotobuf writes a line to stderr for every text that is not UTF-8.
inline void silence() { google::protobuf::SetLogHandler(nullptr); }

// Random requests, by reflection over the generated classes: every field of the schema occurs.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::unique_ptr<google::protobuf::Message> message(Signal signal) {
    std::unique_ptr<google::protobuf::Message> message(prototype(signal).New());
    fill(*message, 0);
    return message;
  }

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  std::string text() {
    static constexpr std::string_view pieces[] = {"service.name",
                                                  "/api/activities/home",
                                                  "GET",
                                                  "\xc3\xa9",
                                                  "x",
                                                  "\xe2\x82\xac",
                                                  "\xf0\x9f\x98\x80",
                                                  "a longer piece of plain text",
                                                  std::string_view("\0", 1)};
    std::string text;
    for (std::size_t n = below(4); n > 0; --n) text += pieces[below(std::size(pieces))];
    return text;
  }

  std::string bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }

  // The same bytes with a few of them flipped, cut out, repeated or replaced.
  std::string mutated(std::string body) {
    for (std::size_t n = 1 + below(3); n > 0 && !body.empty(); --n) mutate_once(body);
    return body;
  }

 private:
  void mutate_once(std::string& body) {
    const std::size_t at = below(body.size());
    switch (below(6)) {
      case 0:
        body[at] = static_cast<char>(random_());
        break;
      case 1:
        body[at] = static_cast<char>(body[at] ^ (1 << below(8)));
        break;
      case 2:
        body.erase(at, 1 + below(4));
        break;
      case 3:
        body.insert(at, body.substr(below(body.size()), 1 + below(12)));
        break;
      case 4:
        body.resize(at);
        break;
      default:
        body.insert(at, bytes(1 + below(3)));
    }
  }

  void fill(google::protobuf::Message& message, int depth) {
    const auto* descriptor = message.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto* field = descriptor->field(i);
      const bool list_of_groups = depth < 3 && field->is_repeated();  // nothing below, unless there is a group
      if (!list_of_groups && below(depth > 8 ? 12 : 3) != 0) continue;
      const std::size_t times = field->is_repeated() ? 1 + below(3) : 1;
      for (std::size_t n = 0; n < times; ++n) set(message, field, depth);
    }
  }

  void set(google::protobuf::Message& message, const google::protobuf::FieldDescriptor* field, int depth) {
    using Kind = google::protobuf::FieldDescriptor;
    const auto* reflection = message.GetReflection();
    const auto put = [&](auto set_one, auto add_one, const auto& value) {
      field->is_repeated() ? (reflection->*add_one)(&message, field, value)
                           : (reflection->*set_one)(&message, field, value);
    };
    using R = google::protobuf::Reflection;
    switch (field->cpp_type()) {
      case Kind::CPPTYPE_MESSAGE:
        if (depth > 14) return;
        fill(*(field->is_repeated() ? reflection->AddMessage(&message, field)
                                    : reflection->MutableMessage(&message, field)),
             depth + 1);
        return;
      case Kind::CPPTYPE_STRING:
        return put(&R::SetString, &R::AddString, string_for(field));
      case Kind::CPPTYPE_BOOL:
        return put(&R::SetBool, &R::AddBool, below(2) == 1);
      case Kind::CPPTYPE_DOUBLE:
        return put(&R::SetDouble, &R::AddDouble, static_cast<double>(random_()) / 3.0);
      case Kind::CPPTYPE_INT32:
        return put(&R::SetInt32, &R::AddInt32, static_cast<std::int32_t>(integer()));
      case Kind::CPPTYPE_UINT32:
        return put(&R::SetUInt32, &R::AddUInt32, static_cast<std::uint32_t>(integer()));
      case Kind::CPPTYPE_INT64:
        return put(&R::SetInt64, &R::AddInt64, static_cast<std::int64_t>(integer()));
      case Kind::CPPTYPE_UINT64:
        return put(&R::SetUInt64, &R::AddUInt64, integer());
      case Kind::CPPTYPE_ENUM:
        return put(&R::SetEnumValue, &R::AddEnumValue, static_cast<int>(below(30)));
      default:
        return;
    }
  }

  std::string string_for(const google::protobuf::FieldDescriptor* field) {
    if (field->type() == google::protobuf::FieldDescriptor::TYPE_STRING) return text();
    return bytes(field->name() == "trace_id" ? 16 : below(12));
  }

  std::uint64_t integer() {
    static constexpr std::uint64_t special[] = {
        0, 1, 127, 128, 1544712660000000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff};
    return below(2) == 0 ? special[below(std::size(special))] : random_();
  }

  std::mt19937_64 random_;
};

}  // namespace understudy::otlp::oracle
