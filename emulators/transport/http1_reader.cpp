// Beast asserts that it reads a last chunk's header with five bytes or more at hand. A peer may send it in smaller
// pieces, and where they stop Beast asks for more, as it should.
#define BOOST_DISABLE_ASSERTS
#include "transport/http1_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>

#include "base/bytes.h"
#include "base/padding.h"

namespace understudy::transport {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using Reason = recording::Refusal::Reason;

constexpr std::size_t first_capacity = 8192;    // holds the usual small post
constexpr std::size_t kept_capacity = 4 << 20;  // more is given back after each request
constexpr std::size_t shown_bytes = 64 * 1024;  // of a request that never became whole

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// Judges one request's head and chunks. It keeps only what framing needs; the head itself is read by
// recording::parse_head, as it is when it comes back from a journal.
class Syntax final : public http::basic_parser<true> {
 public:
  Syntax(std::size_t head_limit, std::size_t body_limit) {
    header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(head_limit + 4, UINT32_MAX)));
    this->body_limit(body_limit);
  }

  // What put() will get next.
  void presents(const char* from, std::size_t size) {
    input_ = from;
    presented_ = size;
  }
  std::string_view complaint() const { return complaint_; }
  bool http10() const { return version_ == 10; }
  bool expects_continue() const { return expects_continue_; }

  char* body_to = nullptr;  // chunk data is moved here
  std::size_t moved = 0;

 private:
  void on_request_impl(http::verb, boost::beast::string_view, boost::beast::string_view, int version,
                       error_code& ec) override {
    version_ = version;
    ec = {};
  }
  void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}

  void on_field_impl(http::field field, boost::beast::string_view, boost::beast::string_view value,
                     error_code& ec) override {
    ec = {};
    if (is_header_done()) return;  // trailers are read and dropped
    // Beast joins folded lines in a buffer of its own. RFC 9112 section 5.2 lets a server refuse them.
    if (!value.empty() && folded(value.data())) return complain("a header is folded over several lines", ec);
    switch (field) {
      case http::field::content_length:
        if (++lengths_ > 1 || view(value).find(',') != std::string_view::npos)
          complain("more than one Content-Length", ec);
        break;
      case http::field::transfer_encoding:
        if (!equals_ignoring_case(view(value), "chunked")) complain("a Transfer-Encoding other than chunked", ec);
        break;
      case http::field::host:
        if (++hosts_ > 1) complain("more than one Host header", ec);
        break;
      case http::field::expect:
        expects_continue_ = equals_ignoring_case(view(value), "100-continue");
        break;
      default:
        break;
    }
  }
  void on_header_impl(error_code& ec) override {
    ec = {};
    if (hosts_ == 0 && version_ == 11) return complain("no Host header", ec);  // RFC 9112 section 3.2
    if (version_ == 10 && chunked()) return complain("Transfer-Encoding in an HTTP/1.0 request", ec);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& ec) override { ec = {}; }
  std::size_t on_body_impl(boost::beast::string_view body, error_code& ec) override {
    ec = {};
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code& ec) override { ec = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, error_code& ec) override {
    ec = {};
    std::memmove(body_to + moved, body.data(), body.size());
    moved += body.size();
    return body.size();
  }
  void on_finish_impl(error_code& ec) override { ec = {}; }

  bool folded(const char* value) const { return value < input_ || value >= input_ + presented_; }
  void complain(std::string_view text, error_code& ec) {
    complaint_ = text;
    ec = http::error::bad_field;
  }

  const char* input_ = nullptr;
  std::size_t presented_ = 0;
  int version_ = 11;
  int lengths_ = 0;
  int hosts_ = 0;
  bool expects_continue_ = false;
  std::string_view complaint_;
};

}  // namespace

// Beast's parser serves one message; the place for it is kept.
class Http1Reader::Parser {
 public:
  std::optional<Syntax> syntax;
};

Http1Reader::Http1Reader(const Limits& limits) : limits_(limits), parser_(std::make_unique<Parser>()) {
  reserve(first_capacity - padding);
}

Http1Reader::~Http1Reader() { std::free(buffer_); }

void Http1Reader::reserve(std::size_t room) {
  if (capacity_ >= end_ + room + padding) return;
  if (begin_ > 0) {
    std::memmove(buffer_, buffer_ + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (capacity_ >= end_ + room + padding) return;
  }
  const std::size_t wanted = end_ + room + padding;
  void* grown = std::realloc(buffer_, wanted);
  if (grown == nullptr) throw std::bad_alloc();
  buffer_ = static_cast<char*>(grown);
  capacity_ = wanted;
}

std::span<char> Http1Reader::room() {
  if (begin_ == end_ && phase_ == Phase::between) begin_ = end_ = 0;
  if (phase_ == Phase::body) {
    const std::size_t whole = head_size_ + body_size_;
    const std::size_t have = end_ - begin_;
    reserve(whole > have ? whole - have + 1
                         : 1);  // one more, so that a read that brings all of it does not fill the room
  } else if (capacity_ - padding - end_ < first_capacity / 4) {
    reserve(std::max<std::size_t>(first_capacity / 2, end_ - begin_));
  }
  return {buffer_ + end_, capacity_ - padding - end_};
}

void Http1Reader::commit(std::size_t count) { end_ += count; }

Http1Reader::Step Http1Reader::next() {
  if (phase_ == Phase::between) {
    // A few senders end a body with an empty line that they do not count. RFC 9112 section 2.2: ignore it.
    while (begin_ < end_ && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) ++begin_;
    if (begin_ == end_) return Step::need_more;
    parser_->syntax.emplace(limits_.head_bytes, limits_.body_bytes);
    phase_ = Phase::head;
  }
  switch (phase_) {
    case Phase::head:
      return read_head();
    case Phase::body:
      return read_body();
    case Phase::chunks:
      return read_chunks();
    case Phase::whole:
      return Step::request;
    default:
      return Step::refused;
  }
}

Http1Reader::Step Http1Reader::read_head() {
  Syntax& syntax = *parser_->syntax;
  const std::size_t have = end_ - begin_;
  error_code ec;
  syntax.presents(buffer_ + begin_ + parsed_, have - parsed_);
  parsed_ += syntax.put(boost::asio::const_buffer(buffer_ + begin_ + parsed_, have - parsed_), ec);
  const bool head_whole = syntax.is_header_done() || ec == http::error::body_limit;
  const std::size_t head_bytes = head_whole ? parsed_ : have;
  if (ec == http::error::header_limit ||
      ((head_whole || ec == http::error::need_more) && head_bytes > limits_.head_bytes)) {
    return refuse(Reason::head_too_large, "the head is larger than the door takes");
  }
  if (ec == http::error::need_more) return Step::need_more;
  if (ec == http::error::body_limit) {
    head_size_ = parsed_;
    return refuse(Reason::body_too_large, "the Content-Length is larger than the door takes");
  }
  if (ec) return refuse(Reason::bad_head, syntax.complaint().empty() ? ec.message() : std::string(syntax.complaint()));
  return accept_head();
}

Http1Reader::Step Http1Reader::accept_head() {
  Syntax& syntax = *parser_->syntax;
  head_size_ = parsed_;
  keep_alive_ = syntax.keep_alive();
  http10_ = syntax.http10();
  if (syntax.chunked()) {
    syntax.eager(true);
    phase_ = Phase::chunks;
    chunked_ = true;
  } else {
    body_size_ = syntax.content_length().value_or(0);
    phase_ = Phase::body;
  }
  const bool body_awaited = end_ - begin_ == head_size_ && (syntax.chunked() || body_size_ > 0);
  if (body_awaited && syntax.expects_continue() && !http10_) return Step::send_continue;
  return next();
}

Http1Reader::Step Http1Reader::read_body() {
  if (end_ - begin_ < head_size_ + body_size_) return Step::need_more;
  parsed_ = head_size_ + body_size_;
  return hand_out();
}

Http1Reader::Step Http1Reader::read_chunks() {
  Syntax& syntax = *parser_->syntax;
  const std::size_t have = end_ - begin_;
  if (have == parsed_) return Step::need_more;
  syntax.body_to = buffer_ + begin_ + head_size_;
  error_code ec;
  syntax.presents(buffer_ + begin_ + parsed_, have - parsed_);
  parsed_ += syntax.put(boost::asio::const_buffer(buffer_ + begin_ + parsed_, have - parsed_), ec);
  body_size_ = syntax.moved;
  if (!ec && syntax.is_done()) return hand_out();
  if (ec == http::error::body_limit) {
    return refuse(Reason::body_too_large, "the chunks are together larger than the door takes");
  }
  if (ec && ec != http::error::need_more) {
    return refuse(Reason::bad_head, syntax.complaint().empty() ? ec.message() : std::string(syntax.complaint()));
  }
  // What is not parsed yet moves up behind the body, so that framing takes no room.
  const std::size_t joined = head_size_ + body_size_;
  const std::size_t unparsed = have - parsed_;
  std::memmove(buffer_ + begin_ + joined, buffer_ + begin_ + parsed_, unparsed);
  raw_dropped_ += parsed_ - joined;
  end_ = begin_ + joined + unparsed;
  parsed_ = joined;
  if (unparsed > limits_.head_bytes) return refuse(Reason::bad_head, "a chunk's header or the trailers are too long");
  return Step::need_more;
}

Http1Reader::Step Http1Reader::hand_out() {
  phase_ = Phase::whole;
  request_.protocol = recording::Protocol::http1;
  request_.head = {buffer_ + begin_, head_size_};
  request_.body = {buffer_ + begin_ + head_size_, body_size_};
  recording::parse_head(request_);
  return Step::request;
}

void Http1Reader::consume() {
  begin_ += parsed_;
  phase_ = Phase::between;
  parsed_ = head_size_ = body_size_ = 0;
  raw_dropped_ = 0;
  chunked_ = false;
  if (capacity_ > kept_capacity) trim();
}

void Http1Reader::trim() {
  if (phase_ != Phase::between) return;
  const std::size_t have = end_ - begin_;
  if (begin_ > 0) std::memmove(buffer_, buffer_ + begin_, have);
  begin_ = 0;
  end_ = have;
  const std::size_t wanted = std::max(first_capacity, have + first_capacity / 2 + padding);
  if (wanted >= capacity_) return;
  if (void* smaller = std::realloc(buffer_, wanted)) {
    buffer_ = static_cast<char*>(smaller);
    capacity_ = wanted;
  }
}

const recording::Request& Http1Reader::partial() {
  request_ = {};
  const std::size_t have = end_ - begin_;
  if (head_size_ > 0) {
    request_.head = {buffer_ + begin_, head_size_};
    const std::size_t of_body = chunked_ ? body_size_ : have - head_size_;
    request_.body = {buffer_ + begin_ + head_size_, std::min(of_body, shown_bytes)};
    recording::parse_head(request_);
  } else {
    request_.head = {buffer_ + begin_, std::min(have, shown_bytes)};
  }
  return request_;
}

Http1Reader::Step Http1Reader::refuse(Reason reason, std::string_view detail) {
  reason_ = reason;
  detail_ = detail;
  phase_ = Phase::refused;
  return Step::refused;
}

}  // namespace understudy::transport
