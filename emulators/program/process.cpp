#include "program/process.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace understudy::program {

void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGUSR1);  // ends the waiting thread when the server stops by itself
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

StopSignals::~StopSignals() {
  if (!thread_.joinable()) return;
  pthread_kill(thread_.native_handle(), SIGUSR1);
  thread_.join();
}

void StopSignals::call(std::function<void()> stop) {
  thread_ = std::thread([this, stop = std::move(stop)] {
    int signal = 0;
    sigwait(&signals_, &signal);
    if (signal == SIGUSR1) return;
    received_ = signal;
    stop();
  });
}

bool StopSignals::came_within(std::chrono::seconds time) {
  const timespec most{static_cast<std::time_t>(time.count()), 0};
  const int signal = sigtimedwait(&signals_, nullptr, &most);
  if (signal == SIGINT || signal == SIGTERM) received_ = signal;
  return received_ != 0;
}

std::string write_ready_file(const std::string& path, const std::string& text) {
  const std::string temporary = fmt::format("{}.{}", path, getpid());
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text << '\n';
  file.close();
  if (!file) return fmt::format("cannot write the ready file {}", temporary);
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  return error ? fmt::format("cannot write the ready file {}: {}", path, error.message()) : "";
}

}  // namespace understudy::program
