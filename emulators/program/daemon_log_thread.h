// Writes the log of the X-Ray daemon while a session records: reads the journal on a thread of its own.
#pragma once

#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>

#include "session/session.h"
#include "xray/daemon_log.h"

namespace understudy::program {

class DaemonLogThread {
 public:
  // `file` is written to and flushed, line by line.
  DaemonLogThread(std::shared_ptr<const session::Session> session, std::FILE* file, xray::DaemonLog::Level least);
  ~DaemonLogThread();  // reads what is published by then; says that the daemon was stopped
  DaemonLogThread(const DaemonLogThread&) = delete;
  DaemonLogThread& operator=(const DaemonLogThread&) = delete;

  xray::DaemonLog& log() { return log_; }  // before run()
  void run();
  void stopped_by(int signal);  // SIGTERM if not said otherwise

 private:
  void read();

  std::shared_ptr<const session::Session> session_;
  xray::DaemonLog log_;
  std::uint64_t next_ = 0;
  std::string_view signal_ = "terminated";
  std::mutex mutex_;
  std::condition_variable stop_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace understudy::program
