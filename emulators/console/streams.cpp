#include "console/streams.h"

#include <fmt/format.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "session/session.h"

namespace understudy::console {

using session::Followers;

namespace {

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::chrono::seconds heartbeat{15};  // a comment that finds out whether the peer is still there

std::string event_of(const recording::Record& record) {
  const std::string data =
      recording::to_json(record).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return fmt::format("id: {}\nevent: record\ndata: {}\n\n", recording::record_id(record), data);
}

}  // namespace

struct Streams::Run {
  std::shared_ptr<const session::Session> session;
  session::Selection selection;
  StreamStart next;                           // query thread
  std::shared_ptr<transport::Stream> stream;  // io thread
  std::atomic<bool> under_way{false};         // a piece is on its way to the peer
  std::atomic<bool> gone{false};

  // As much as makes a piece. True: there is more to read.
  bool read(std::string& text) {
    const session::Capture capture = session::capture_of(session);
    const std::uint64_t end = capture.journal->size();
    while (next.entry < end && text.size() < piece_bytes) {
      const auto read = session::read_records(
          capture, next.entry, selection.vendor,
          [&](recording::Record&& record, const recording::Entry&) {
            if (record.index >= next.index && selection.wants(record)) text += event_of(record);
          },
          selection.kind);
      if (!read) gone = true;
      next = {next.entry + 1, 0};
    }
    return next.entry < end;
  }
};

void Streams::begin(std::shared_ptr<const session::Session> session, session::Selection selection, StreamStart start,
                    std::shared_ptr<transport::Stream> stream) {
  const auto run = std::make_shared<Run>();
  run->session = std::move(session);
  run->selection = std::move(selection);
  run->next = start;
  run->stream = std::move(stream);
  run->stream->write(": records as they are recorded\n\n");
  followers_.follow([this, run] {
    if (run->gone) {
      query_.to_io([run] { run->stream.reset(); });
      return Followers::Next::done;
    }
    if (run->under_way) return Followers::Next::wait;
    std::string text;
    const bool more = run->read(text);
    if (!text.empty()) {
      send(run, std::move(text));
      return Followers::Next::wait;
    }
    return more ? Followers::Next::again : Followers::Next::wait;
  });
  keep_alive(run);
}

void Streams::send(const std::shared_ptr<Run>& run, std::string text) {
  run->under_way = true;
  query_.to_io([this, run, text = std::move(text)] {
    if (!run->stream->write(text)) run->gone = true;
    run->under_way = false;
    followers_.wake();
  });
}

void Streams::keep_alive(const std::weak_ptr<Run>& waiting) {
  loop_.after(heartbeat, [this, waiting] {
    const auto run = waiting.lock();
    if (!run || !run->stream) return;
    if (!run->stream->write(": still here\n\n")) {
      run->gone = true;
      followers_.wake();
      return;
    }
    keep_alive(waiting);
  });
}

}  // namespace understudy::console
