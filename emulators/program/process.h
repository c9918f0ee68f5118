// What every command needs that serves until it is told to stop.
#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <thread>

namespace understudy::program {

// As many open files as the system grants.
void raise_file_limit();

// SIGINT and SIGTERM as an ordinary event: they are blocked everywhere and awaited by one thread.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  void call(std::function<void()> stop);
  // Waits in the calling thread, before call(); whether one came.
  bool came_within(std::chrono::seconds time);
  int received() const { return received_; }  // SIGINT or SIGTERM; 0: none

 private:
  sigset_t signals_{};
  std::thread thread_;
  std::atomic<int> received_ = 0;
};

// Whole or not at all, so that a reader that polls for the file never sees half of it. Empty, or why it failed.
std::string write_ready_file(const std::string& path, const std::string& text);

}  // namespace understudy::program
