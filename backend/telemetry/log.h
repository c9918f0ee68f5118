#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "backend/telemetry/cloudwatch_logs.h"

namespace cruddur::telemetry {

/// The application's logger: stderr, and CloudWatch Logs where there is a handler. The level stays here: on the wire an
/// event is its message alone.
class Log {
 public:
  enum class Level { debug, info, warning, error };

  void attach(std::shared_ptr<CloudWatchHandler> handler) { handler_ = std::move(handler); }
  void info(std::string_view message) { write(Level::info, message); }
  void error(std::string_view message) { write(Level::error, message); }
  void write(Level level, std::string_view message);

 private:
  std::shared_ptr<CloudWatchHandler> handler_;
};

/// `{machine}/{program}/{logger}/{process}`, as watchtower names a stream by default; a program that is an absolute
/// path makes two slashes.
std::string default_log_stream(std::string_view logger);

}  // namespace cruddur::telemetry
