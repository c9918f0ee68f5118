// What stands behind the public headers. Private to this folder; not installed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <expected>
#include <filesystem>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "contract/traces.h"
#include "recording/record.h"
#include "session/sessions.h"
#include "session/waiting.h"
#include "understudy/understudy.h"

namespace understudy::detail {

nlohmann::ordered_json to_json(const Value& value);
Value from_json(const nlohmann::ordered_json& json);

// What records keep alive: the journal and the vendors that read it. It outlives the Understudy that filled it.
class Source {
 public:
  Source(std::vector<std::unique_ptr<recording::Vendor>> vendors, const Options& options);
  ~Source();  // saves the capture where a failure told how to show it

  void hold(std::shared_ptr<session::Session> session) { session_ = std::move(session); }
  const session::Vendors& vendors() const { return vendors_; }
  session::Session& session() const { return *session_; }
  session::Capture capture() const;

  // The command that shows the bytes of a record or an entry. `failed` is asked when this goes away: a capture in
  // memory is then saved to where the command looks for it. Null: it is saved.
  std::string show(std::string_view id, bool (*failed)() = nullptr) const;

  // Every span, segment and subsegment up to now. The reference lives while the lock is held.
  const contract::Traces& traces(std::unique_lock<std::mutex>& lock) const;

 private:
  const std::vector<std::unique_ptr<recording::Vendor>> owned_;
  session::Vendors vendors_;
  std::shared_ptr<session::Session> session_;
  std::string journal_;
  std::filesystem::path captures_;
  mutable std::mutex mutex_;
  mutable contract::Traces traces_;
  mutable std::uint64_t traces_start_ = 0;
  mutable std::uint64_t traces_next_ = 0;
  mutable std::atomic<bool> told_{false};
  mutable std::atomic<bool (*)()> failed_{nullptr};
};

struct Held {
  recording::Record record;
  std::shared_ptr<const Source> source;
};

struct HeldEntry {
  recording::Entry entry;
  std::shared_ptr<const Source> source;
};

// Makes public records, and looks into them.
struct Access {
  template <typename R>
  static R make(recording::Record&& record, std::shared_ptr<const Source> source) {
    return R(std::make_shared<const Held>(std::move(record), std::move(source)));
  }
  static Entry make(recording::Entry&& entry, std::shared_ptr<const Source> source) {
    return Entry(std::make_shared<const HeldEntry>(std::move(entry), std::move(source)));
  }
  static const Held& held(const Record& record) { return *record.held_; }
  static const HeldEntry& held(const Entry& entry) { return *entry.held_; }
};

// What each type of record is called inside.
struct Kind {
  std::string_view vendor;
  std::string_view kind;
};
template <typename R>
Kind kind_of();

// The error is one line.
std::expected<recording::Filter, std::string> filter_of(const std::vector<Condition>& conditions);

class House {
 public:
  static std::expected<std::unique_ptr<House>, std::string> open(const Options& options);
  ~House();
  void stop();

  session::WaitResult wait(const session::Wait& wait);
  // The story of a wait that was not met.
  std::string explain(const session::WaitResult& result) const;
  Result<void> sync();

  // Runs `work` where the vendors' state may be read and changed; refused once stopped.
  template <typename Work>
  std::expected<std::invoke_result_t<Work>, std::string> on_io(Work work) {
    const std::shared_lock lock(running_);
    if (stopped_) return std::unexpected(std::string(was_stopped));
    std::promise<std::invoke_result_t<Work>> done;
    server_.post([&] { done.set_value(work()); });
    return done.get_future().get();
  }
  // The same for what only reads, which goes on after stop().
  template <typename Work>
  std::invoke_result_t<Work> look(Work work) {
    auto seen = on_io(work);
    return seen ? std::move(*seen) : work();
  }
  template <typename Change>
  Result<void> change(Change change) {
    const auto done = on_io(std::move(change));
    if (!done) return Error{done.error()};
    if (!*done) return Error{done->error()};
    return {};
  }

  std::vector<Entry> entries(std::string_view vendor);
  std::vector<Finding> findings(std::string_view vendor);
  std::string url(std::string_view door) const;

  static constexpr std::string_view was_stopped =
      "this Understudy was stopped: ask before stop(), or read what it recorded";

  std::shared_ptr<Source> source;
  session::Ports ports;
  recording::Urls urls;
  std::unique_ptr<Honeycomb> honeycomb;
  std::unique_ptr<Xray> xray;
  std::unique_ptr<CloudWatchLogs> cloudwatch_logs;
  std::unique_ptr<Rollbar> rollbar;
  session::Sessions& sessions() { return *sessions_; }

 private:
  struct Pending;

  explicit House(const Options& options);
  std::expected<void, std::string> begin(const Options& options);

  transport::Server server_;
  std::unique_ptr<session::Sessions> sessions_;
  std::shared_mutex running_;
  bool stopped_ = false;
  std::mutex pending_mutex_;
  std::set<std::shared_ptr<Pending>> pending_;
  std::thread io_;
  std::unique_ptr<session::QueryThread> query_;
  std::unique_ptr<session::Followers> followers_;
  std::unique_ptr<session::Waits> waits_;
};

}  // namespace understudy::detail
