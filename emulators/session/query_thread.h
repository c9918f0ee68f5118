// The one thread of a process that reads: queries, waits, streams, findings, proofs. Nothing slow runs on the io
// thread; results go back to it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace understudy::session {

class QueryThread {
 public:
  using Job = std::function<void()>;

  // `to_io` runs a job on the io thread.
  explicit QueryThread(std::function<void(Job)> to_io);
  ~QueryThread();  // ends the job that runs, forgets the others
  QueryThread(const QueryThread&) = delete;
  QueryThread& operator=(const QueryThread&) = delete;

  // Any thread. Jobs run in order; they must not throw.
  void post(Job job);
  // Any thread. Runs before the jobs that wait: for what takes no time, such as a look at a new entry.
  void post_urgent(Job job);
  // Any thread. Runs on the io thread.
  void to_io(Job job) const { to_io_(std::move(job)); }

 private:
  void run();

  std::function<void(Job)> to_io_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> urgent_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace understudy::session
