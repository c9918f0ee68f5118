#include "program/daemon_log_thread.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>

namespace understudy::program {
namespace {

constexpr std::chrono::milliseconds look_every{50};

std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

DaemonLogThread::DaemonLogThread(std::shared_ptr<const session::Session> session, std::FILE* file,
                                 xray::DaemonLog::Level least)
    : session_(std::move(session)),
      log_(least,
           [file](const std::string& line) {
             fmt::print(file, "{} {}\n", xray::daemon_log_time(wall_ns()), line);
             std::fflush(file);
           }),
      next_(session_->journal().size()) {}

void DaemonLogThread::run() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
      stop_.wait_for(lock, look_every, [this] { return is_stopping_; });
      read();
    }
  });
}

DaemonLogThread::~DaemonLogThread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
  log_.stopped(signal_, monotonic_ns(), wall_ns());
}

// As Go names it.
void DaemonLogThread::stopped_by(int signal) {
  if (signal == SIGINT) signal_ = "interrupt";
}

void DaemonLogThread::read() {
  for (const auto end = session_->journal().size(); next_ < end; ++next_) {
    if (const auto entry = session_->journal().read(next_)) log_.add(*entry, monotonic_ns());
  }
  log_.tick(monotonic_ns());
}

}  // namespace understudy::program
