#include "session/streaming.h"

namespace understudy::session {

Streaming::Streaming(const std::shared_ptr<Session>& session, std::size_t vendor, std::uint64_t ordinal,
                     std::shared_ptr<recording::Continuation> goes_on, std::shared_ptr<transport::Stream> stream)
    : session_(session),
      vendor_(vendor),
      ordinal_(ordinal),
      next_(ordinal + 1),
      goes_on_(std::move(goes_on)),
      stream_(std::move(stream)) {}

void Streaming::begin(After after, QueryThread* query, std::weak_ptr<bool> alive) {
  after_ = std::move(after);
  query_ = query;
  alive_ = std::move(alive);
  await_piece();
}

// The stream ends where nothing more is awaited: with this object.
void Streaming::await_piece() {
  after_(goes_on_->period(), [self = shared_from_this()] {
    if (!self->alive_.expired()) self->make_piece();
  });
}

void Streaming::make_piece() {
  auto session = session_.lock();
  if (!session || session->start() > ordinal_) return;
  const std::uint64_t end = session->journal().size();
  const recording::Moment moment = session->views().clock.now();
  if (query_ == nullptr) {
    read_on(session->journal(), end, moment);
    return write();
  }
  // The job alone holds the stream and the session, and it goes on to the io thread: they end there.
  query_->post([self = shared_from_this(), query = query_, session = std::move(session), end, moment]() mutable {
    self->read_on(session->journal(), end, moment);
    query->to_io([self = std::move(self), session = std::move(session)] {
      if (!self->alive_.expired()) self->write();
    });
  });
}

void Streaming::read_on(const recording::Journal& journal, std::uint64_t end, const recording::Moment& moment) {
  for (; next_ < end; ++next_) {
    const recording::Row& row = journal.row(next_);
    if (row.kind != recording::EntryKind::exchange || row.vendor != vendor_) continue;
    if (const auto entry = journal.read(next_)) goes_on_->add(*entry);
  }
  piece_ = goes_on_->piece(moment);
}

void Streaming::write() {
  if (stream_->write(piece_.bytes) && !piece_.last) await_piece();
}

}  // namespace understudy::session
