// Bodies and the protobuf baseline of scripts/bench.
//
//   otlp_body make SPANS FILE      writes an ExportTraceServiceRequest of spans of about 250 bytes
//   otlp_body parse FILE SECONDS   parses it with libprotobuf into a reused arena; prints
//   {"spans","seconds","spans_per_s"}
//                                  in CPU seconds of this thread
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "otlp/trace_service.pb.h"

namespace {

namespace trace = opentelemetry::proto::trace::v1;
using Request = opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;

template <typename Message>
void attribute(Message& message, const char* key, const std::string& value) {
  auto* added = message.add_attributes();
  added->set_key(key);
  added->mutable_value()->set_string_value(value);
}

template <typename Message>
void attribute(Message& message, const char* key, std::int64_t value) {
  auto* added = message.add_attributes();
  added->set_key(key);
  added->mutable_value()->set_int_value(value);
}

std::string id(std::mt19937_64& random, std::size_t bytes) {
  std::string text(bytes, '\0');
  for (char& byte : text) byte = static_cast<char>(random());
  return text;
}

int make(int spans, const char* path) {
  std::mt19937_64 random(1);
  Request request;
  auto* resource_spans = request.add_resource_spans();
  attribute(*resource_spans->mutable_resource(), "service.name", std::string("backend-flask"));
  attribute(*resource_spans->mutable_resource(), "telemetry.sdk.language", std::string("python"));
  auto* scope_spans = resource_spans->add_scope_spans();
  scope_spans->mutable_scope()->set_name("opentelemetry.instrumentation.flask");
  scope_spans->mutable_scope()->set_version("0.37b0");
  constexpr std::int64_t begin = 1'700'000'000'000'000'000;
  for (int i = 0; i < spans; ++i) {
    trace::Span* span = scope_spans->add_spans();
    span->set_trace_id(id(random, 16));
    span->set_span_id(id(random, 8));
    span->set_parent_span_id(id(random, 8));
    span->set_name("/api/activities/home");
    span->set_kind(trace::Span::SPAN_KIND_SERVER);
    span->set_start_time_unix_nano(static_cast<std::uint64_t>(begin + i * 1000));
    span->set_end_time_unix_nano(static_cast<std::uint64_t>(begin + i * 1000 + 1'234'567));
    attribute(*span, "http.method", std::string("GET"));
    attribute(*span, "http.target", "/api/activities/home?page=" + std::to_string(i));
    attribute(*span, "http.status_code", std::int64_t{200});
    attribute(*span, "app.now", std::string("2023-03-01T12:00:00.000000+00:00"));
    attribute(*span, "app.result_length", std::int64_t{3});
    span->mutable_status();
  }
  std::ofstream file(path, std::ios::binary);
  const std::string bytes = request.SerializeAsString();
  file << bytes;
  std::printf("{\"bytes\":%zu,\"bytes_a_span\":%.1f}\n", bytes.size(), static_cast<double>(bytes.size()) / spans);
  return file ? 0 : 1;
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

int parse(const char* path, double seconds) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  std::string block(bytes.size() * 8, '\0');
  google::protobuf::ArenaOptions options;
  options.initial_block = block.data();
  options.initial_block_size = block.size();
  google::protobuf::Arena arena(options);
  long long spans = 0;
  const double begin = cpu_seconds();
  while (cpu_seconds() - begin < seconds) {
    auto* request = google::protobuf::Arena::CreateMessage<Request>(&arena);
    if (!request->ParseFromString(bytes)) return 1;
    spans += request->resource_spans(0).scope_spans(0).spans_size();
    arena.Reset();
  }
  const double used = cpu_seconds() - begin;
  std::printf("{\"spans\":%lld,\"seconds\":%.6f,\"spans_per_s\":%.0f}\n", spans, used,
              static_cast<double>(spans) / used);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc == 4 ? argv[1] : "";
  if (mode == "make") return make(std::atoi(argv[2]), argv[3]);
  if (mode == "parse") return parse(argv[2], std::atof(argv[3]));
  std::fputs("usage: otlp_body make SPANS FILE | otlp_body parse FILE SECONDS\n", stderr);
  return 2;
}
