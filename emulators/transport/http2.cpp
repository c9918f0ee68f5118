// HTTP/2 over a connection, and gRPC on it: nghttp2 keeps the protocol, this file keeps the requests.
#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/bytes.h"
#include "base/padding.h"
#include "transport/connection.h"
#include "transport/grpc.h"
#include "transport/http1_reply.h"

namespace understudy::transport {
namespace {

using recording::Outcome;
using recording::Protocol;
using recording::Refusal;
using recording::Reply;
using recording::Request;
using Reason = Refusal::Reason;

constexpr std::uint32_t max_streams = 100;
constexpr std::int32_t stream_window = 1 << 20;       // a batch of telemetry fits without waiting for an update
constexpr std::int32_t connection_window = 16 << 20;  // all streams together
constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t shown_bytes = 64 * 1024;    // of a request that never became whole
constexpr std::size_t trusted_bytes = 1 << 20;    // of an announced length that memory is taken for before it comes
constexpr std::size_t kept_capacity = 256 << 10;  // of an exchange's body, for the next one
constexpr std::size_t kept_exchanges = 8;
// Against floods that cost the sender little: frames that must be acknowledged, entries in SETTINGS, streams that are
// opened and reset at once (burst, and then so many a second), CONTINUATION frames behind one HEADERS.
constexpr std::size_t max_outbound_acks = 1000;
constexpr std::size_t max_settings = 32;
constexpr std::uint64_t reset_burst = 1000;
constexpr std::uint64_t resets_a_second = 33;
constexpr std::size_t max_continuations = 8;

class Http2;

// A stream from its first header to its end, and the way to answer it.
class Exchange final : public Responder, public std::enable_shared_from_this<Exchange> {
 public:
  explicit Exchange(Http2& of, std::shared_ptr<Port> port, Core& core);

  void begin(std::int32_t stream) {
    id = stream;
    stage = Stage::head;
    head.clear();
    if (body.capacity() > kept_capacity) std::string().swap(body);
    body.clear();
    total_bytes = 0;
    grpc = trailers = answered_ = too_much = head_only = false;
    reply_body.clear();
    reply_taken = 0;
    cut.reset();
    goes_on = false;
    recorded = false;
  }
  void append(std::string_view bytes) {
    const std::size_t wanted = body.size() + bytes.size() + padding;
    if (wanted > body.capacity()) body.reserve(std::max(wanted, body.capacity() * 2));
    body.append(bytes);
  }
  void announce(std::size_t bytes, std::size_t limit) {
    body.reserve(std::min({bytes, limit, trusted_bytes}) + padding);
  }

  void reply(Outgoing&& outgoing) override;
  std::shared_ptr<Stream> stream(Outgoing&& first) override;
  bool write(std::string_view piece);  // of a reply that goes on
  void finish();                       // such a reply
  void forget() { of_ = nullptr; }

  enum class Stage {
    head,     // headers come
    body,     // DATA comes
    waiting,  // the handler has it
    reply,    // the reply is on its way
    refused   // like `reply`; what still comes is thrown away
  };

  std::int32_t id = 0;
  Stage stage = Stage::head;
  std::string head;
  std::string body;
  std::uint64_t total_bytes = 0;
  bool grpc = false;
  bool too_much = false;   // of headers
  bool head_only = false;  // HEAD: the reply has no body
  std::string content_type;
  std::string encoding;  // of the gRPC message

  std::string reply_body;
  std::size_t reply_taken = 0;
  std::optional<std::size_t> cut;  // after so many bytes of the body the stream is reset
  bool goes_on = false;            // more of the body comes
  bool trailers = false;
  int grpc_status = 0;
  std::string grpc_message;
  bool recorded = false;
  std::uint64_t ordinal = 0;

 private:
  void deliver(Outgoing&& outgoing);

  Http2* of_;
  const std::shared_ptr<Port> port_;
  Core& core_;
  bool answered_ = false;
};

// A reply that is written piece by piece; over gRPC each piece is a message.
class Pieces final : public Stream {
 public:
  explicit Pieces(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~Pieces() override { exchange_->finish(); }
  bool write(std::string_view piece) override { return exchange_->write(piece); }

 private:
  const std::shared_ptr<Exchange> exchange_;
};

class Http2 final : public Conversation {
 public:
  explicit Http2(Connection& connection);
  ~Http2() override;

  void begin(std::string_view bytes) override { take(bytes); }
  std::span<char> room() override { return {input_.get(), read_bytes}; }
  void received(std::size_t count) override { take({input_.get(), count}); }
  bool wants_input() const override { return !held_back(); }
  void peer_ended() override;
  void taken() override { pump(); }
  void timed_out() override;
  void shut_down() override;
  void broken() override;

  void answered(Exchange& exchange, Outgoing&& outgoing);
  bool begun(Exchange& exchange, Outgoing&& head);  // false where there is nobody to answer
  bool wrote(Exchange& exchange, std::string_view piece);
  void finished(Exchange& exchange);

  // nghttp2's callbacks.
  int begin_headers(std::int32_t id);
  int header(std::int32_t id, std::string_view name, std::string_view value);
  int head_ended(std::int32_t id, bool stream_ended);
  int data(std::int32_t id, std::string_view bytes);
  int input_ended(std::int32_t id);
  int output_ended(std::int32_t id);
  int stream_closed(std::int32_t id, std::uint32_t error);
  int invalid(std::int32_t id, int error);
  int peer_leaves();
  int sent_away(std::string_view why);

 private:
  using Stage = Exchange::Stage;

  void take(std::string_view bytes);
  void pump();
  void end_if_over();
  bool held_back() const;
  void await_input();
  Exchange* find(std::int32_t id);
  void settle_body(Exchange& exchange);
  void hand_over(Exchange& exchange);
  void fill(const Exchange& exchange, Request& request, std::size_t most);
  Reply report(Exchange& exchange, const Refusal& refusal);
  void refuse(Exchange& exchange, const Refusal& refusal);
  void refuse(Exchange& exchange, Reason reason, const GrpcError& error);
  void submit(Exchange& exchange, Reply&& reply, int http_status);
  void lose(Exchange& exchange);
  // A copy: a stream that ends leaves the map at once.
  template <typename Wanted>
  std::vector<std::shared_ptr<Exchange>> those(Wanted wanted) const {
    std::vector<std::shared_ptr<Exchange>> found;
    for (const auto& [id, exchange] : exchanges_) {
      if (wanted(*exchange)) found.push_back(exchange);
    }
    return found;
  }
  std::vector<std::shared_ptr<Exchange>> going_on() const {
    return those([](const Exchange& one) { return one.goes_on; });
  }
  void break_off(Exchange& exchange);
  void abandon_unfinished(const Refusal& refusal, bool answer);

  Connection& connection_;
  nghttp2_session* session_ = nullptr;
  std::unique_ptr<char[]> input_ = std::make_unique_for_overwrite<char[]>(read_bytes);
  std::unordered_map<std::int32_t, std::shared_ptr<Exchange>> exchanges_;
  std::vector<std::shared_ptr<Exchange>> spare_;
  Request request_;                 // scratch; the one that a handler sees
  std::vector<nghttp2_nv> fields_;  // scratch
  bool inside_ = false;             // of nghttp2
  bool peer_ended_ = false;
  bool reported_ = false;  // that the protocol was broken, or it does not matter
  bool progress_ = false;  // an unfinished request got bytes
};

// ---- nghttp2's C interface ----

Http2& self(void* user_data) { return *static_cast<Http2*>(user_data); }

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  return self(user_data).begin_headers(frame->hd.stream_id);
}

int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
              const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user_data) {
  if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;  // trailers
  return self(user_data).header(frame->hd.stream_id, view(name, name_size), view(value, value_size));
}

int on_frame_recv(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  const bool ended = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
    return self(user_data).head_ended(frame->hd.stream_id, ended);
  }
  if (ended && (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS)) {
    return self(user_data).input_ended(frame->hd.stream_id);
  }
  return 0;
}

int on_data_chunk(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                  void* user_data) {
  return self(user_data).data(id, view(bytes, size));
}

int on_frame_send(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
  if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR) {
    return self(user_data).sent_away(view(frame->goaway.opaque_data, frame->goaway.opaque_data_len));
  }
  if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
  if (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) return 0;
  return self(user_data).output_ended(frame->hd.stream_id);
}

int on_stream_close(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user_data) {
  return self(user_data).stream_closed(id, error);
}

int on_invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int error, void* user_data) {
  if (frame->hd.type == NGHTTP2_GOAWAY) return self(user_data).peer_leaves();
  return self(user_data).invalid(frame->hd.stream_id, error);
}

const nghttp2_session_callbacks* callbacks() {
  static nghttp2_session_callbacks* const all = [] {
    nghttp2_session_callbacks* made = nullptr;
    nghttp2_session_callbacks_new(&made);
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(made, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, on_frame_recv);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, on_data_chunk);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, on_frame_send);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, on_stream_close);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, on_invalid_frame);
    return made;
  }();
  return all;
}

const nghttp2_option* options() {
  static nghttp2_option* const all = [] {
    nghttp2_option* made = nullptr;
    nghttp2_option_new(&made);
    nghttp2_option_set_max_outbound_ack(made, max_outbound_acks);
    nghttp2_option_set_max_settings(made, max_settings);
    nghttp2_option_set_stream_reset_rate_limit(made, reset_burst, resets_a_second);
    nghttp2_option_set_max_continuations(made, max_continuations);
    nghttp2_option_set_no_closed_streams(made, 1);
    return made;
  }();
  return all;
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

// Gives out the reply's body, and the trailers behind it.
ssize_t read_reply_body(nghttp2_session* session, std::int32_t id, std::uint8_t* to, std::size_t room,
                        std::uint32_t* flags, nghttp2_data_source* source, void*) {
  auto& exchange = *static_cast<Exchange*>(source->ptr);
  const std::size_t end = std::min(exchange.reply_body.size(), exchange.cut.value_or(SIZE_MAX));
  const std::size_t size = std::min(room, end - exchange.reply_taken);
  if (size == 0 && exchange.cut) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // resets the stream
  exchange.reply_body.copy(reinterpret_cast<char*>(to), size, exchange.reply_taken);
  exchange.reply_taken += size;
  if (exchange.cut || exchange.reply_taken < exchange.reply_body.size()) return static_cast<ssize_t>(size);
  if (exchange.goes_on) {
    exchange.reply_body.clear();
    exchange.reply_taken = 0;
    return size > 0 ? static_cast<ssize_t>(size) : static_cast<ssize_t>(NGHTTP2_ERR_DEFERRED);
  }
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (exchange.trailers) {
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    const std::string status = std::to_string(exchange.grpc_status);
    const std::string message = grpc_percent_encoded(exchange.grpc_message);
    // grpc-go always writes both. [code: internal/transport/http2_server.go writeStatus]
    const std::array fields{field("grpc-status", status), field("grpc-message", message)};
    nghttp2_submit_trailer(session, id, fields.data(), fields.size());
  }
  return static_cast<ssize_t>(size);
}

// ---- Exchange ----

Exchange::Exchange(Http2& of, std::shared_ptr<Port> port, Core& core) : of_(&of), port_(std::move(port)), core_(core) {}

void Exchange::reply(Outgoing&& outgoing) {
  if (answered_) return;
  answered_ = true;
  if (outgoing.delay.count() <= 0 || of_ == nullptr) return deliver(std::move(outgoing));
  const auto delay = std::exchange(outgoing.delay, {});
  core_.after(delay, [kept = shared_from_this(), late = std::make_shared<Outgoing>(std::move(outgoing))] {
    kept->deliver(std::move(*late));
  });
}

void Exchange::deliver(Outgoing&& outgoing) {
  if (of_ == nullptr) return port_->left(outgoing, Outcome::peer_gone);
  of_->answered(*this, std::move(outgoing));
}

std::shared_ptr<Stream> Exchange::stream(Outgoing&& first) {
  if (answered_ || of_ == nullptr || !of_->begun(*this, std::move(first))) return nullptr;
  answered_ = true;
  return std::make_shared<Pieces>(shared_from_this());
}

bool Exchange::write(std::string_view piece) { return of_ != nullptr && of_->wrote(*this, piece); }

void Exchange::finish() {
  if (of_ != nullptr) of_->finished(*this);
}

// ---- Http2 ----

Http2::Http2(Connection& connection) : connection_(connection) {
  nghttp2_session_server_new2(&session_, callbacks(), this, options());
  const auto head_bytes =
      static_cast<std::uint32_t>(std::min<std::size_t>(connection.port()->limits.head_bytes, 1 << 30));
  const std::array<nghttp2_settings_entry, 3> settings{{{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams},
                                                        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window},
                                                        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, head_bytes}}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, connection_window);
}

Http2::~Http2() {
  for (const auto& [id, exchange] : exchanges_) exchange->forget();
  for (const auto& exchange : spare_) exchange->forget();
  nghttp2_session_del(session_);
}

void Http2::take(std::string_view bytes) {
  inside_ = true;
  const ssize_t taken =
      nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  inside_ = false;
  if (connection_.ending()) return;
  if (taken < 0) {
    // No HTTP/2 at all, or a flood.
    broken();
    nghttp2_session_terminate_session(session_, NGHTTP2_PROTOCOL_ERROR);
    sent_away(nghttp2_strerror(static_cast<int>(taken)));
    pump();
    connection_.end();
    return connection_.send();
  }
  pump();
  await_input();
}

bool Http2::held_back() const { return connection_.output().waiting() > connection_.port()->limits.pipelined_bytes; }

// Moves frames to the connection as long as its reader keeps up.
void Http2::pump() {
  if (inside_) return;
  bool more = true;
  while (more && !connection_.ending()) {
    while (more && !held_back()) {
      const std::uint8_t* bytes = nullptr;
      inside_ = true;
      const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
      inside_ = false;
      more = size > 0;
      if (more) connection_.output().append(view(bytes, static_cast<std::size_t>(size)));
    }
    connection_.send();
    more = more && !held_back();
  }
  end_if_over();
}

void Http2::end_if_over() {
  if (connection_.ending() || held_back() || nghttp2_session_want_write(session_) != 0) return;
  // Who closed its side opens no window again: of a reply that waits for one, the rest never leaves.
  const bool owes =
      std::ranges::any_of(exchanges_, [](const auto& one) { return one.second->stage == Stage::waiting; });
  if (nghttp2_session_want_read(session_) != 0 && (!peer_ended_ || owes)) return;
  broken();
  connection_.end();
  connection_.send();
}

void Http2::await_input() {
  if (connection_.ending()) return;
  const Limits& limits = connection_.port()->limits;
  const bool unfinished =
      std::ranges::any_of(exchanges_, [](const auto& one) { return one.second->stage <= Stage::body; });
  if (unfinished) {
    if (std::exchange(progress_, false)) connection_.expect_within(limits.body_timeout);
  } else if (exchanges_.empty()) {
    connection_.expect_within(limits.idle_timeout);
  } else {
    connection_.expect_nothing();
  }
}

Exchange* Http2::find(std::int32_t id) {
  const auto found = exchanges_.find(id);
  return found == exchanges_.end() ? nullptr : found->second.get();
}

int Http2::begin_headers(std::int32_t id) {
  std::shared_ptr<Exchange> exchange;
  if (!spare_.empty()) {
    exchange = std::move(spare_.back());
    spare_.pop_back();
  } else {
    exchange = std::make_shared<Exchange>(*this, connection_.port(), connection_.core());
  }
  exchange->begin(id);
  progress_ = true;
  exchanges_[id] = std::move(exchange);
  return 0;
}

int Http2::header(std::int32_t id, std::string_view name, std::string_view value) {
  Exchange* exchange = find(id);
  if (exchange == nullptr || exchange->stage != Stage::head) return 0;
  exchange->total_bytes += name.size() + value.size() + 4;
  if (exchange->head.size() + name.size() + value.size() + 4 > connection_.port()->limits.head_bytes) {
    exchange->too_much = true;
    return 0;
  }
  exchange->head.append(name).append(": ").append(value).append("\r\n");
  if (name == "content-length") {
    std::size_t length = 0;
    std::from_chars(value.data(), value.data() + value.size(), length);
    exchange->announce(length, connection_.port()->limits.body_bytes);
  }
  return 0;
}

int Http2::head_ended(std::int32_t id, bool stream_ended) {
  Exchange* exchange = find(id);
  if (exchange == nullptr || exchange->stage != Stage::head) return 0;
  exchange->stage = Stage::body;
  fill(*exchange, request_, 0);
  exchange->content_type = request_.header("content-type").value_or("");
  exchange->grpc = grpc_content(exchange->content_type) != GrpcContent::none;
  exchange->encoding = request_.header("grpc-encoding").value_or("");
  exchange->head_only = request_.method == "HEAD";
  if (exchange->too_much) {
    refuse(*exchange, {Reason::head_too_large, "the header list is larger than the door takes"});
    return 0;
  }
  if (exchange->grpc) {
    if (const auto error = check_grpc_head(request_)) {
      refuse(*exchange, Reason::bad_head, *error);
      return 0;
    }
  }
  if (stream_ended) return input_ended(id);
  if (request_.header("expect").value_or("") == "100-continue") {
    const std::array fields{field(":status", "100")};
    nghttp2_submit_headers(session_, NGHTTP2_FLAG_NONE, id, nullptr, fields.data(), fields.size(), nullptr);
  }
  return 0;
}

int Http2::data(std::int32_t id, std::string_view bytes) {
  Exchange* exchange = find(id);
  if (exchange == nullptr || exchange->stage != Stage::body) return 0;
  progress_ = true;
  exchange->total_bytes += bytes.size();
  const std::size_t limit = connection_.port()->limits.body_bytes;
  if (!exchange->grpc) {
    exchange->append(bytes);
    if (exchange->body.size() > limit)
      refuse(*exchange, {Reason::body_too_large, "the body is larger than the door takes"});
    return 0;
  }
  const bool sized = exchange->body.size() >= grpc_prefix_bytes;
  exchange->append(bytes);
  settle_body(*exchange);
  if (exchange->stage == Stage::body && !sized) {
    if (const auto size = grpc_message_bytes(exchange->body)) exchange->announce(*size + grpc_prefix_bytes, limit);
  }
  return 0;
}

// Refuses a gRPC message as soon as it cannot become right any more.
void Http2::settle_body(Exchange& exchange) {
  const std::size_t limit = connection_.port()->limits.body_bytes;
  if (const auto error = check_grpc_prefix(exchange.body, limit, exchange.encoding)) {
    const bool too_large = grpc_message_bytes(exchange.body).value_or(0) > limit;
    refuse(exchange, too_large ? Reason::body_too_large : Reason::bad_head, *error);
  }
}

int Http2::input_ended(std::int32_t id) {
  Exchange* exchange = find(id);
  if (exchange == nullptr || exchange->stage != Stage::body) return 0;
  if (exchange->grpc) {
    if (const auto error = check_grpc_message(exchange->body)) {
      refuse(*exchange, Reason::bad_head, *error);
      return 0;
    }
  }
  hand_over(*exchange);
  return 0;
}

// The request as far as it came; `most` bytes of its body.
void Http2::fill(const Exchange& exchange, Request& request, std::size_t most) {
  request.protocol = exchange.grpc ? Protocol::grpc : Protocol::http2;
  request.door = connection_.port()->door;
  request.peer = connection_.peer();
  request.head = exchange.head;
  request.body = std::string_view(exchange.body).substr(0, most);
  request.grpc_compressed = false;
  recording::parse_head(request);
}

void Http2::hand_over(Exchange& exchange) {
  if (connection_.ending()) return;
  exchange.append({});  // the padding, where no byte came
  fill(exchange, request_, exchange.body.size());
  if (exchange.grpc) {
    request_.grpc_compressed = exchange.body[0] == 1;
    request_.body.remove_prefix(grpc_prefix_bytes);
  }
  exchange.stage = Stage::waiting;
  const auto kept = exchange.shared_from_this();
  connection_.port()->handler->request(request_, kept);
}

Reply Http2::report(Exchange& exchange, const Refusal& refusal) {
  exchange.stage = Stage::refused;
  Request partial;
  fill(exchange, partial, shown_bytes);
  if (connection_.port()->handler == nullptr) return {};
  return connection_.port()->handler->fragment(partial, exchange.total_bytes, refusal);
}

void Http2::refuse(Exchange& exchange, const Refusal& refusal) {
  Reply reply = report(exchange, refusal);
  if (!reply.silent) return submit(exchange, std::move(reply), 0);
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, exchange.id, NGHTTP2_REFUSED_STREAM);
}

// What the gRPC library answers by itself, unless the vendor has gRPC words of its own for it.
void Http2::refuse(Exchange& exchange, Reason reason, const GrpcError& error) {
  Reply reply = report(exchange, {reason, error.message});
  if (reply.grpc_status) return submit(exchange, std::move(reply), 0);
  Reply own;
  own.grpc_status = error.status;
  own.grpc_message = error.message;
  submit(exchange, std::move(own), error.http_status);
}

void Http2::answered(Exchange& exchange, Outgoing&& outgoing) {
  const auto kept = exchange.shared_from_this();
  const std::shared_ptr<Port> port = connection_.port();
  if (connection_.ending() || find(exchange.id) != &exchange || exchange.stage != Stage::waiting) {
    return port->left(outgoing, Outcome::peer_gone);
  }
  if (outgoing.reset || outgoing.reply.silent) {
    exchange.stage = Stage::refused;
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, exchange.id, NGHTTP2_INTERNAL_ERROR);
    port->left(outgoing, Outcome::cut_by_fault);
  } else {
    exchange.stage = Stage::reply;
    exchange.cut = outgoing.cut;
    exchange.recorded = outgoing.recorded && !outgoing.cut;
    exchange.ordinal = outgoing.ordinal;
    if (outgoing.cut) port->left(outgoing, Outcome::cut_by_fault);
    const bool close = outgoing.reply.close;
    submit(exchange, std::move(outgoing.reply), 0);
    if (close) shut_down();
  }
  pump();
  await_input();
}

bool Http2::begun(Exchange& exchange, Outgoing&& head) {
  if (connection_.ending() || find(exchange.id) != &exchange || exchange.stage != Stage::waiting) return false;
  exchange.stage = Stage::reply;
  exchange.goes_on = true;
  exchange.recorded = head.recorded;
  exchange.ordinal = head.ordinal;
  submit(exchange, std::move(head.reply), 0);
  pump();
  await_input();
  return true;
}

bool Http2::wrote(Exchange& exchange, std::string_view piece) {
  if (connection_.ending() || !exchange.goes_on) return false;
  if (piece.empty() || exchange.head_only) return true;
  if (exchange.reply_body.size() - exchange.reply_taken > connection_.port()->limits.pipelined_bytes) {
    // A gap would go unseen: a reader that is too slow loses the stream.
    break_off(exchange);
    pump();
    return false;
  }
  if (exchange.trailers) exchange.reply_body.append(grpc_prefix(piece.size()));
  exchange.reply_body.append(piece);
  nghttp2_session_resume_data(session_, exchange.id);
  pump();
  return exchange.goes_on;
}

// The reply is complete.
void Http2::finished(Exchange& exchange) {
  if (!std::exchange(exchange.goes_on, false)) return;
  nghttp2_session_resume_data(session_, exchange.id);
  pump();
}

bool is_for_http1_alone(std::string_view name) {  // RFC 9113 section 8.2.2
  return name == "connection" || name == "keep-alive" || name == "transfer-encoding" || name == "upgrade" ||
         name == "proxy-connection";
}

// `http_status` 0: the reply's own.
void Http2::submit(Exchange& exchange, Reply&& reply, int http_status) {
  const bool grpc = reply.grpc_status.has_value();
  // A status other than OK travels alone; OK always comes with a message, even an empty one.
  const bool message = grpc && (*reply.grpc_status == 0 || !reply.body.empty());
  const bool body =
      grpc ? message : has_body(reply.status, exchange.head_only) && (!reply.body.empty() || exchange.goes_on);

  fields_.clear();
  const std::string status = std::to_string(http_status != 0 ? http_status : reply.status);
  fields_.push_back(field(":status", status));
  bool date = false;
  bool length = false;
  bool type = false;
  for (auto& [name, value] : reply.headers) {
    std::ranges::transform(name, name.begin(), to_lower);
    if (is_for_http1_alone(name)) continue;
    date = date || name == "date";
    length = length || name == "content-length";
    type = type || name == "content-type";
    fields_.push_back(field(name, value));
  }
  const std::string size = std::to_string(reply.body.size());
  const std::string grpc_status = std::to_string(reply.grpc_status.value_or(0));
  const std::string grpc_message = grpc_percent_encoded(reply.grpc_message);
  if (grpc && !type) {
    const bool subtype = exchange.content_type.starts_with("application/grpc+");
    fields_.push_back(field("content-type", subtype ? std::string_view(exchange.content_type) : "application/grpc"));
  }
  if (!grpc && !date) fields_.push_back(field("date", date_now()));
  if (!grpc && !length && !exchange.goes_on && reply.status != 204 && reply.status != 304) {
    fields_.push_back(field("content-length", size));
  }
  if (grpc && !message) {
    fields_.push_back(field("grpc-status", grpc_status));
    fields_.push_back(field("grpc-message", grpc_message));
  }
  if (message) {
    exchange.trailers = true;
    exchange.grpc_status = *reply.grpc_status;
    exchange.grpc_message = std::move(reply.grpc_message);
    if (!exchange.goes_on || !reply.body.empty()) reply.body.insert(0, grpc_prefix(reply.body.size()));
  }
  exchange.reply_body = std::move(reply.body);
  nghttp2_data_provider provider{};
  provider.source.ptr = &exchange;
  provider.read_callback = read_reply_body;
  nghttp2_submit_response(session_, exchange.id, fields_.data(), fields_.size(),
                          body || exchange.cut ? &provider : nullptr);
}

int Http2::output_ended(std::int32_t id) {
  Exchange* exchange = find(id);
  if (exchange == nullptr) return 0;
  if (exchange->recorded) connection_.output().mark(exchange->ordinal);
  exchange->recorded = false;
  // RFC 9113 section 8.1: after a whole reply to a request that is not whole, the rest need not be sent.
  if (exchange->stage == Stage::refused && nghttp2_session_get_stream_remote_close(session_, id) == 0) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_NO_ERROR);
  }
  return 0;
}

int Http2::stream_closed(std::int32_t id, std::uint32_t error) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return 0;
  const std::shared_ptr<Exchange> exchange = std::move(found->second);
  exchanges_.erase(found);
  if (exchange->stage <= Stage::body && !connection_.ending()) {
    const Reason reason = error == NGHTTP2_PROTOCOL_ERROR ? Reason::bad_head : Reason::cut;
    report(*exchange, {reason, fmt::format("the stream was reset: {}", nghttp2_http2_strerror(error))});
  }
  lose(*exchange);
  // Whoever still holds it may answer later, which then counts for nothing: it is not used again.
  if (exchange.use_count() == 1 && spare_.size() < kept_exchanges) {
    spare_.push_back(exchange);
  } else {
    exchange->forget();
  }
  return 0;
}

int Http2::invalid(std::int32_t id, int error) {
  Exchange* exchange = find(id);
  if (exchange == nullptr || exchange->stage > Stage::body) return 0;
  report(*exchange, {Reason::bad_head, fmt::format("HTTP/2: {}", nghttp2_strerror(error))});
  return 0;
}

// Its GOAWAY names a stream that the server never opened: grpc-go names its own last one there [run: 1.75]. RFC 9113
// section 6.8 wants the server's, but whoever leaves so has sent what there was to send.
int Http2::peer_leaves() {
  reported_ = true;
  return 0;
}

// The connection as a whole broke the protocol.
int Http2::sent_away(std::string_view why) {
  if (std::exchange(reported_, true)) return 0;
  Request nothing;
  nothing.protocol = Protocol::http2;
  nothing.door = connection_.port()->door;
  nothing.peer = connection_.peer();
  const std::string detail = fmt::format("HTTP/2: {}", why.empty() ? "the protocol was broken" : why);
  if (connection_.port()->handler != nullptr) {
    connection_.port()->handler->fragment(nothing, 0, {Reason::bad_head, detail});
  }
  return 0;
}

void Http2::abandon_unfinished(const Refusal& refusal, bool answer) {
  for (const auto& exchange : those([](const Exchange& one) { return one.stage <= Stage::body; })) {
    if (!answer) {
      report(*exchange, refusal);
    } else if (exchange->stage == Stage::head) {
      report(*exchange, refusal);
      nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, exchange->id, NGHTTP2_CANCEL);
    } else {
      refuse(*exchange, refusal);
    }
  }
}

// Ends a reply that goes on where it is.
void Http2::break_off(Exchange& exchange) {
  exchange.goes_on = false;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, exchange.id, NGHTTP2_INTERNAL_ERROR);
  lose(exchange);
}

// Whoever closes its side of the connection asks for nothing more and acknowledges nothing more.
void Http2::peer_ended() {
  peer_ended_ = true;
  abandon_unfinished({Reason::cut, "the connection ended before the request"}, false);
  for (const auto& exchange : going_on()) break_off(*exchange);
  pump();
}

void Http2::broken() {
  abandon_unfinished({Reason::cut, "the connection ended before the request"}, false);
  for (const auto& [id, exchange] : exchanges_) lose(*exchange);
}

// Reports a reply whose end will never be sent.
void Http2::lose(Exchange& exchange) {
  if (std::exchange(exchange.recorded, false)) connection_.port()->left(exchange.ordinal, Outcome::peer_gone);
}

void Http2::timed_out() {
  if (exchanges_.empty()) {
    nghttp2_session_terminate_session(session_, NGHTTP2_NO_ERROR);
  } else {
    abandon_unfinished({Reason::timeout, "the body stopped coming"}, true);
  }
  pump();
  await_input();
}

void Http2::shut_down() {
  for (const auto& exchange : going_on()) finished(*exchange);
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                        NGHTTP2_NO_ERROR, nullptr, 0);
  pump();
}

}  // namespace

std::unique_ptr<Conversation> make_http2(Connection& connection) { return std::make_unique<Http2>(connection); }

}  // namespace understudy::transport
