#include "backend/telemetry/log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>

namespace cruddur::telemetry {

void Log::write(Level, std::string_view message) {
  const auto line = std::string(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
  if (handler_) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    handler_->send({std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), std::string(message)});
  }
}

std::string default_log_stream(std::string_view logger) {
  std::array<char, 256> machine{};
  gethostname(machine.data(), machine.size() - 1);
  std::error_code ignored;
  auto program = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  std::erase_if(program, [](char c) { return c == ':' || c == '*'; });  // no stream's name may hold them
  return fmt::format("{}/{}/{}/{}", machine.data(), program, logger, getpid());
}

}  // namespace cruddur::telemetry
