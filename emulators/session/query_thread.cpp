#include "session/query_thread.h"

#include <pthread.h>

namespace understudy::session {

QueryThread::QueryThread(std::function<void(Job)> to_io) : to_io_(std::move(to_io)), thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "query");
}

QueryThread::~QueryThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void QueryThread::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void QueryThread::post_urgent(Job job) {
  {
    const std::lock_guard lock(mutex_);
    urgent_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void QueryThread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !urgent_.empty() || !jobs_.empty(); });
    if (stopping_) return;
    std::deque<Job>& from = urgent_.empty() ? jobs_ : urgent_;
    Job job = std::move(from.front());
    from.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // what it held is let go before the next one is waited for
    lock.lock();
  }
}

}  // namespace understudy::session
