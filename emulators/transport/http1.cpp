// HTTP/1.1 over a connection: one request at a time in the order of arrival, as the vendors' fronts do it. Requests
// that were pipelined wait in the reader, and their replies leave together.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "transport/connection.h"
#include "transport/http1_reader.h"
#include "transport/http1_reply.h"
#include "transport/sniff.h"

namespace understudy::transport {
namespace {

using recording::Outcome;
using recording::Refusal;
using recording::Reply;
using recording::Request;

constexpr std::size_t idle_capacity = 64 * 1024;    // of the reader, for a connection that has nothing to do
constexpr std::size_t ahead_of_stream = 16 * 1024;  // what is read while a stream is open
constexpr std::size_t shown_bytes = 64 * 1024;

class Http1 final : public Conversation {
 public:
  explicit Http1(Connection& connection);
  ~Http1() override;

  std::span<char> room() override { return reader_.room(); }
  void received(std::size_t count) override;
  bool wants_input() const override;
  void peer_ended() override;
  void taken() override { advance(); }
  void timed_out() override;
  void shut_down() override;
  void broken() override;
  bool oversized() const override { return reader_.empty() && reader_.capacity() > idle_capacity; }
  void trim() override { reader_.trim(); }

 private:
  class Answer;
  class Events;

  bool sniffed();
  void advance();
  void advance_once(Http1Reader::Step step);
  void hand_over();
  void answered(Outgoing&& outgoing);
  std::shared_ptr<Stream> streamed(Outgoing&& head);
  void write(Reply&& reply, std::optional<std::size_t> cut = std::nullopt);
  void next_request();
  void refuse(const Refusal& refusal);
  void report(const Request& partial, std::uint64_t total_bytes, const Refusal& refusal);
  void await_input();
  bool held_back() const;

  enum class Awaits { nothing, request, head, body };

  Connection& connection_;
  Http1Reader reader_;
  std::shared_ptr<Answer> answer_;  // used again for each request unless somebody still holds it
  Events* stream_ = nullptr;
  Http1ReplyForm form_;  // of the reply that is awaited
  std::string head_;     // scratch
  Awaits awaits_ = Awaits::nothing;
  bool spoken_ = false;  // the protocol was found out
  bool busy_ = false;    // a request was handed over and is not answered
  bool advancing_ = false;
  bool peer_ended_ = false;
  bool last_ = false;  // no more requests after the one under way
};

// Outlives the connection if its holder wants to; then it only reports that nobody was there.
class Http1::Answer final : public Responder, public std::enable_shared_from_this<Http1::Answer> {
 public:
  explicit Answer(Http1& to) : to_(&to), port_(to.connection_.port()), core_(to.connection_.core()) {}

  void reply(Outgoing&& outgoing) override {
    if (!open_) return;
    open_ = false;
    if (outgoing.delay.count() <= 0 || to_ == nullptr) return deliver(std::move(outgoing));
    const auto delay = std::exchange(outgoing.delay, {});
    core_.after(delay, [self = shared_from_this(), late = std::make_shared<Outgoing>(std::move(outgoing))] {
      self->deliver(std::move(*late));
    });
  }
  std::shared_ptr<Stream> stream(Outgoing&& head) override {
    if (!open_ || to_ == nullptr) return nullptr;
    open_ = false;
    return to_->streamed(std::move(head));
  }

  void open() { open_ = true; }
  void forget() { to_ = nullptr; }

 private:
  void deliver(Outgoing&& outgoing) {
    if (to_ == nullptr || to_->connection_.ending()) return port_->left(outgoing, Outcome::peer_gone);
    to_->answered(std::move(outgoing));
  }

  Http1* to_;
  const std::shared_ptr<Port> port_;
  Core& core_;
  bool open_ = false;
};

class Http1::Events final : public Stream {
 public:
  Events(Http1& to, const Outgoing& head)
      : to_(&to),
        port_(to.connection_.port()),
        ordinal_(head.ordinal),
        recorded_(head.recorded),
        chunked_(!to.form_.http10),
        silent_(to.form_.head_only) {}
  ~Events() override {
    if (to_ == nullptr) return;
    Http1& to = *to_;
    finish();
    to.next_request();
  }

  bool write(std::string_view piece) override {
    if (to_ == nullptr || to_->connection_.ending()) return false;
    Connection& connection = to_->connection_;
    if (silent_ || piece.empty()) return true;
    if (connection.output().waiting() > port_->limits.pipelined_bytes) {
      // A gap would go unseen: a reader that is too slow loses the connection.
      connection.reset();
      lose();
      return false;
    }
    if (chunked_) connection.output().append(fmt::format("{:x}\r\n", piece.size()));
    connection.output().append(piece);
    if (chunked_) connection.output().append(std::string_view("\r\n"));
    connection.send();
    return to_ != nullptr && !connection.ending();
  }

  // The reply is complete.
  void finish() {
    Connection& connection = to_->connection_;
    if (connection.ending()) return lose();
    if (chunked_ && !silent_) connection.output().append(std::string_view("0\r\n\r\n"));
    if (recorded_ && !connection.output().empty()) {
      connection.output().mark(ordinal_);
    } else if (recorded_) {
      port_->left(ordinal_, Outcome::written);
    }
    detach();
  }
  // The connection is gone.
  void lose() {
    detach();
    if (recorded_) port_->left(ordinal_, Outcome::peer_gone);
  }

 private:
  void detach() {
    to_->stream_ = nullptr;
    to_ = nullptr;
  }

  Http1* to_;  // null: it has ended
  const std::shared_ptr<Port> port_;
  const std::uint64_t ordinal_;
  const bool recorded_;
  const bool chunked_;
  const bool silent_;  // the answer to HEAD
};

Http1::Http1(Connection& connection) : connection_(connection), reader_(connection.port()->limits) {}

Http1::~Http1() {
  if (answer_) answer_->forget();
  if (stream_ != nullptr) stream_->lose();
}

void Http1::received(std::size_t count) {
  reader_.commit(count);
  if (!spoken_ && !sniffed()) return;
  if (stream_ == nullptr) advance();
}

// False if this conversation has nothing more to do now.
bool Http1::sniffed() {
  const std::string_view bytes = reader_.unread();
  switch (sniff(bytes)) {
    case Spoken::need_more:
      await_input();
      return false;
    case Spoken::http2:
      connection_.speak(make_http2(connection_), bytes);
      return false;
    case Spoken::tls: {
      if (connection_.secure()) break;  // TLS in TLS is no HTTP either
      if (connection_.port()->tls) {
        connection_.secure(bytes);
        return false;
      }
      Request hello;
      hello.body = bytes.substr(0, shown_bytes);
      report(hello, bytes.size(), {Refusal::Reason::tls_on_plain_port, "the connection begins with a TLS ClientHello"});
      connection_.send();
      return false;
    }
    case Spoken::http1:
      break;
  }
  spoken_ = true;
  return true;
}

bool Http1::held_back() const { return connection_.output().waiting() > connection_.port()->limits.pipelined_bytes; }

bool Http1::wants_input() const {
  if (stream_ != nullptr) return reader_.unread().size() < ahead_of_stream;
  return !busy_ && !held_back();
}

// Takes as many requests as are there, and lets their replies leave together. A slow reader holds this up: taken()
// goes on then.
void Http1::advance() {
  if (advancing_) return;
  advancing_ = true;
  bool more = true;
  do {
    while (more && !busy_ && !held_back() && !connection_.ending()) {
      const Http1Reader::Step step = reader_.next();
      advance_once(step);
      more = step != Http1Reader::Step::need_more;
    }
    connection_.send();
  } while (more && !busy_ && !held_back() && !connection_.ending());
  advancing_ = false;
}

void Http1::advance_once(Http1Reader::Step step) {
  switch (step) {
    case Http1Reader::Step::need_more:
      if (peer_ended_ && !reader_.empty()) {
        report(reader_.partial(), reader_.total_bytes(),
               {Refusal::Reason::cut, "the connection ended before the request"});
      } else if (peer_ended_ || last_) {
        connection_.end();
      } else {
        await_input();
      }
      break;
    case Http1Reader::Step::send_continue:
      connection_.output().append(std::string_view("HTTP/1.1 100 Continue\r\n\r\n"));
      break;
    case Http1Reader::Step::request:
      hand_over();
      break;
    case Http1Reader::Step::refused:
      refuse(reader_.refusal());
      break;
  }
}

// A head has its time from its first byte to its end, a body from each byte to the next.
void Http1::await_input() {
  const Limits& limits = connection_.port()->limits;
  const Awaits now = reader_.in_body() ? Awaits::body : reader_.empty() ? Awaits::request : Awaits::head;
  if (now == Awaits::head && awaits_ == Awaits::head) return;
  awaits_ = now;
  connection_.expect_within(now == Awaits::body   ? limits.body_timeout
                            : now == Awaits::head ? limits.head_timeout
                                                  : limits.idle_timeout);
}

void Http1::hand_over() {
  awaits_ = Awaits::nothing;
  connection_.expect_nothing();
  Request& request = reader_.request();
  request.door = connection_.port()->door;
  request.peer = connection_.peer();
  form_ = {.http10 = reader_.http10(), .keep_alive = reader_.keep_alive(), .head_only = request.method == "HEAD"};
  if (!answer_ || answer_.use_count() > 1) {
    if (answer_) answer_->forget();
    answer_ = std::make_shared<Answer>(*this);
  }
  answer_->open();
  busy_ = true;
  connection_.port()->handler->request(request, answer_);
  reader_.consume();
}

void Http1::answered(Outgoing&& outgoing) {
  const std::shared_ptr<Port> port = connection_.port();
  if (outgoing.reset) {
    connection_.reset();
    return port->left(outgoing, Outcome::cut_by_fault);
  }
  if (outgoing.reply.silent) {
    connection_.end();
    port->left(outgoing, Outcome::cut_by_fault);
  } else {
    write(std::move(outgoing.reply), outgoing.cut);
    if (outgoing.cut) {
      connection_.end();
      port->left(outgoing, Outcome::cut_by_fault);
    } else if (outgoing.recorded) {
      connection_.output().mark(outgoing.ordinal);
    }
  }
  next_request();
}

// `cut`: how many bytes of the body leave; the head tells of all.
void Http1::write(Reply&& reply, std::optional<std::size_t> cut) {
  if (reply.close || last_) form_.keep_alive = false;
  head_.clear();
  write_http1_head(head_, reply, form_);
  connection_.output().append(std::string_view(head_));
  if (cut) reply.body.resize(std::min(*cut, reply.body.size()));
  if (has_body(reply.status, form_.head_only)) connection_.output().append(std::move(reply.body));
}

// The reply to the one under way is complete.
void Http1::next_request() {
  busy_ = false;
  if (!form_.keep_alive) connection_.end();
  if (advancing_) return;
  advance();
  connection_.resume();
}

std::shared_ptr<Stream> Http1::streamed(Outgoing&& head) {
  form_.streaming = true;
  if (form_.http10 || head.reply.close || last_) form_.keep_alive = false;
  head_.clear();
  write_http1_head(head_, head.reply, form_);
  connection_.output().append(std::string_view(head_));
  auto events = std::make_shared<Events>(*this, head);
  stream_ = events.get();
  if (!head.reply.body.empty()) events->write(head.reply.body);
  if (advancing_) return events;  // the request still stands in the reader; who advances sends and reads on
  connection_.send();
  connection_.resume();  // to see that the peer is gone
  return events;
}

void Http1::peer_ended() {
  peer_ended_ = true;
  if (!spoken_ && !reader_.empty()) spoken_ = true;
  if (!busy_) advance();
}

void Http1::timed_out() {
  if (busy_) return;
  if (reader_.empty()) return connection_.end();
  refuse(
      {Refusal::Reason::timeout, reader_.in_body() ? "the body stopped coming" : "the head did not come to its end"});
}

void Http1::shut_down() {
  last_ = true;
  if (stream_ != nullptr) {
    stream_->finish();
    busy_ = false;
    connection_.end();
  } else if (!busy_) {
    if (!reader_.empty()) broken();
    connection_.end();
  }
}

void Http1::broken() {
  if (stream_ != nullptr) stream_->lose();
  if (busy_ || reader_.empty()) return;
  Request partial = reader_.partial();
  partial.door = connection_.port()->door;
  partial.peer = connection_.peer();
  if (connection_.port()->handler == nullptr) return;
  connection_.port()->handler->fragment(partial, reader_.total_bytes(),
                                        {Refusal::Reason::cut, "the connection ended before the request"});
}

void Http1::refuse(const Refusal& refusal) { report(reader_.partial(), reader_.total_bytes(), refusal); }

// Tells the handler, sends what it says to a peer that may still read, and closes.
void Http1::report(const Request& what, std::uint64_t total_bytes, const Refusal& refusal) {
  Request partial = what;
  partial.door = connection_.port()->door;
  partial.peer = connection_.peer();
  form_ = {.keep_alive = false, .head_only = partial.method == "HEAD"};
  Reply reply = connection_.port()->handler->fragment(partial, total_bytes, refusal);
  if (refusal.reason != Refusal::Reason::cut && !reply.silent) write(std::move(reply));
  connection_.end();
}

}  // namespace

std::unique_ptr<Conversation> make_http1(Connection& connection) { return std::make_unique<Http1>(connection); }

}  // namespace understudy::transport
