// Waiting for records: a count of them, exactly so many, or none.
//
// A wait begins at an entry (the session's start or last reset, if not said), so it sees what came before it was
// asked: subscribing before emitting is not needed, and never too late. It reads every entry once, when it is
// published, and decodes it once. "Exactly" and "never" hold when no further matching record came for the quiet
// window, and after what had reached a socket by then was read too.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/input_error.h"
#include "session/followers.h"
#include "session/reader.h"

namespace understudy::session {

class Session;
class Sessions;

// What the io thread offers; made from the server, or by a test with a clock of its own.
struct Loop {
  std::function<void(std::function<void()>)> post;                              // any thread; runs on the io thread
  std::function<void(std::chrono::milliseconds, std::function<void()>)> after;  // io thread
  // io thread; calls back once everything that had reached a socket before was published
  std::function<void(std::function<void()>)> drain;
};

Loop loop_of(Sessions& sessions);

struct Wait {
  enum class Count { at_least, exactly };
  // received: the exchange is in the journal. answered: and its reply was written. A datagram has no reply: it counts
  // as answered when it was received.
  enum class State { received, answered };

  static constexpr std::chrono::milliseconds default_timeout{15000};
  static constexpr std::chrono::milliseconds longest_timeout{3'600'000};
  static constexpr std::chrono::milliseconds default_quiet{250};

  Selection selection;
  Count count = Count::at_least;
  std::uint64_t number = 1;  // "never" is exactly 0
  std::chrono::milliseconds timeout = default_timeout;
  std::chrono::milliseconds quiet = default_quiet;
  std::optional<std::uint64_t> after;  // entries after this one; absent: from the session's start or last reset
  State state = State::received;

  // {"kind","vendor","where","count","timeout_ms","quiet_ms","after","state"}; the error names the member.
  static std::expected<Wait, InputError> from_json(const nlohmann::json& json, const Vendors& vendors);
  std::string wanted() const;  // "at least 2 records of kind span where name = \"home\""
};

struct WaitResult {
  bool met = false;
  std::uint64_t seen = 0;                  // how many matched
  std::vector<recording::Record> records;  // that matched, oldest first
  std::optional<recording::Record> nearest;
  std::vector<std::string> why;  // the nearest record does not count
  std::string message;           // one sentence, where it was not met

  nlohmann::ordered_json to_json() const;
};

// All waits of a process.
class Waits {
 public:
  using Answer = std::function<void(WaitResult&&)>;

  Waits(Loop loop, QueryThread& query, Followers& followers)
      : loop_(std::move(loop)), query_(query), followers_(followers) {}

  // io thread. `answer` is called once, on the query thread.
  void begin(std::shared_ptr<const Session> session, const Wait& wait, Answer answer);

 private:
  class Run;
  void await_quiet(const std::shared_ptr<Run>& run, std::uint64_t counted);

  Loop loop_;
  QueryThread& query_;
  Followers& followers_;
};

// The capture of a live session.
Capture capture_of(const std::shared_ptr<const Session>& session);

}  // namespace understudy::session
