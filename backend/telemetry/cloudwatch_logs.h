#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "backend/environment.h"
#include "backend/telemetry/http_client.h"
#include "backend/telemetry/sigv4.h"

namespace cruddur::telemetry {

struct LogEvent {
  std::int64_t timestamp = 0;  // milliseconds since 1970
  std::string message;
};

struct CloudWatchSettings {
  Url endpoint;
  std::string region;
  AwsCredentials credentials;
  std::string log_group = "cruddur";
  std::string log_stream;
  std::string ca_file;
  CourierLimits batches;
};

/// AWS_DEFAULT_REGION and the keys must be set: without them the seeds' backend does not start either. AWS_REGION alone
/// is not read, as boto3 does not read it.
std::expected<CloudWatchSettings, std::string> read_cloudwatch_settings(const Environment& environment,
                                                                        std::string log_stream);

/// Delivers log events as watchtower does [code: watchtower 3]: DescribeLogGroups and, where the group is missing,
/// CreateLogGroup at the start; PutLogEvents in batches of 60 s, 10,000 events or 1 MiB, sorted by time; where the
/// stream is missing, CreateLogStream and the same batch again. Other than watchtower it keeps a batch that was
/// throttled or did not arrive.
class CloudWatchHandler {
 public:
  explicit CloudWatchHandler(const CloudWatchSettings& settings);
  ~CloudWatchHandler();

  /// The calls of the start. An error when the service refuses the group; a service that does not answer is none, the
  /// group is then created with the first batch.
  std::expected<void, std::string> open();
  /// Empty messages are passed over, those beyond 256 KiB are cut; both with a warning.
  void send(LogEvent event);
  bool stop(Deadline deadline);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

struct AwsError {
  std::string type;  // the exception's name
  std::string message;
  bool is_transient = false;  // throttled, unavailable, or no reply at all

  std::string text() const { return type + ": " + message; }
};
AwsError read_aws_error(const Reply& reply);

/// In the order of time, in parts of less than 24 hours each, which is what one call may span: after a long outage a
/// batch holds more. Events of one millisecond keep their order.
std::vector<std::vector<LogEvent>> parts_by_day(std::vector<LogEvent> events);
/// The events are in the order of time.
std::string put_log_events_body(const std::string& group, const std::string& stream, std::vector<LogEvent> events);

/// What an event weighs in a batch, and what a message may weigh.
constexpr std::size_t event_overhead = 26;
constexpr std::size_t largest_message = std::size_t{256} * 1024 - event_overhead;

}  // namespace cruddur::telemetry
