// A small HTTP/2 client over a raw socket: sends what it is told, keeps all that comes.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/transport/wire.h"

namespace understudy::transport {

using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::string value_of(const Fields& fields, std::string_view name) {
  for (const auto& [one, value] : fields) {
    if (one == name) return value;
  }
  return "<absent>";
}

class Http2Client {
 public:
  struct Answer {
    Fields head, trailers;
    std::string body;
    bool closed = false;
    std::uint32_t error = 0;  // of RST_STREAM

    std::string field(std::string_view name) const { return value_of(head, name); }
    // grpc-status from the trailers, or from the head where there are trailers only.
    std::string grpc(std::string_view name) const { return value_of(trailers.empty() ? head : trailers, name); }
  };

  explicit Http2Client(std::uint16_t port, int window = 0) : client(port) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_http_messaging(option, 1);  // so that it may misbehave
    nghttp2_session_client_new2(&session, callbacks, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(window)};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &entry, window > 0 ? 1 : 0);
  }
  ~Http2Client() { nghttp2_session_del(session); }
  Http2Client(const Http2Client&) = delete;

  // Sends a request; its body stays open if `end` is false, for more().
  std::int32_t start(const Fields& fields, std::string_view body, bool end = true) {
    std::vector<nghttp2_nv> list;
    for (const auto& [name, value] : fields) {
      list.push_back({reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                      reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
                      NGHTTP2_NV_FLAG_NONE});
    }
    auto source = std::make_unique<Source>(Source{std::string(body), 0, end});
    nghttp2_data_provider provider{};
    provider.source.ptr = source.get();
    provider.read_callback = read_body;
    const std::int32_t id = nghttp2_submit_request(session, nullptr, list.data(), list.size(),
                                                   body.empty() && end ? nullptr : &provider, nullptr);
    sources[id] = std::move(source);
    flush();
    return id;
  }
  void more(std::int32_t id, std::string_view body, bool end) {
    sources[id]->bytes += body;
    sources[id]->end = end;
    nghttp2_session_resume_data(session, id);
    flush();
  }
  void reset(std::int32_t id) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
    flush();
  }
  bool flush() {
    for (;;) {
      const std::uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session, &bytes);
      if (size <= 0) return true;
      if (!client.send({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)})) return false;
    }
  }
  // Reads until the stream is closed, or the connection.
  const Answer& finish(std::int32_t id) {
    while (!answers[id].closed && read()) {
    }
    EXPECT_TRUE(answers[id].closed) << "stream " << id << " did not end";
    return answers[id];
  }
  bool read() {
    pollfd one{client.fd(), POLLIN, 0};
    if (::poll(&one, 1, 20'000) != 1) {
      ADD_FAILURE() << "nothing came within 20 s";
      return false;
    }
    std::uint8_t bytes[65536];
    const ssize_t size = ::recv(client.fd(), bytes, sizeof bytes, 0);
    if (size <= 0 || nghttp2_session_mem_recv(session, bytes, static_cast<std::size_t>(size)) < 0) return false;
    flush();
    return true;
  }
  void read_to_the_end() {
    while (read()) {
    }
  }
  Answer ask(const Fields& fields, std::string_view body) { return finish(start(fields, body)); }

  Client client;
  nghttp2_session* session = nullptr;
  std::map<std::int32_t, Answer> answers;
  bool went_away = false;
  std::uint32_t goaway_error = 0;
  std::map<std::int32_t, std::uint32_t> settings;  // the server's

 private:
  struct Source {
    std::string bytes;
    std::size_t taken;
    bool end;
  };

  static Http2Client& self(void* user_data) { return *static_cast<Http2Client*>(user_data); }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user_data) {
    Answer& answer = self(user_data).answers[frame->hd.stream_id];
    const std::string key(reinterpret_cast<const char*>(name), name_size);
    // The first header block is the head; what comes behind data or a whole head is trailers.
    const bool head = frame->headers.cat == NGHTTP2_HCAT_RESPONSE;
    (head ? answer.head : answer.trailers)
        .emplace_back(key, std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                     void* user_data) {
    self(user_data).answers[id].body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user_data) {
    self(user_data).answers[id].closed = true;
    self(user_data).answers[id].error = error;
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user_data) {
    if (frame->hd.type == NGHTTP2_GOAWAY) {
      self(user_data).went_away = true;
      self(user_data).goaway_error = frame->goaway.error_code;
    }
    if (frame->hd.type == NGHTTP2_SETTINGS) {
      for (std::size_t i = 0; i < frame->settings.niv; ++i) {
        self(user_data).settings[frame->settings.iv[i].settings_id] = frame->settings.iv[i].value;
      }
    }
    return 0;
  }
  static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* to, std::size_t room, std::uint32_t* flags,
                           nghttp2_data_source* from, void*) {
    auto& source = *static_cast<Source*>(from->ptr);
    const std::size_t size = std::min(room, source.bytes.size() - source.taken);
    std::memcpy(to, source.bytes.data() + source.taken, size);
    source.taken += size;
    if (source.taken == source.bytes.size()) {
      if (source.end) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
      } else if (size == 0) {
        return NGHTTP2_ERR_DEFERRED;
      }
    }
    return static_cast<ssize_t>(size);
  }

  std::map<std::int32_t, std::unique_ptr<Source>> sources;
};

}  // namespace understudy::transport
