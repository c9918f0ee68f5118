// What the transport's tests share: a server on a thread of its own, a handler that records and answers, and a raw
// client socket that shows every byte.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "transport/server.h"

namespace understudy::transport {

using namespace std::chrono_literals;
using recording::Outcome;
using recording::Refusal;
using recording::Reply;
using recording::Request;

// A request or fragment as it was seen, with its own memory.
struct Seen {
  recording::Protocol protocol = recording::Protocol::http1;
  std::string door, head, method, target, body, peer;
  std::vector<std::pair<std::string, std::string>> headers;
  bool grpc_compressed = false;
  std::uint64_t total_bytes = 0;
  Refusal::Reason reason{};
  std::string detail;
};

inline Seen seen(const Request& request) {
  Seen copy;
  copy.protocol = request.protocol;
  copy.door = request.door;
  copy.head = request.head;
  copy.method = request.method;
  copy.target = request.target;
  copy.body = request.body;
  copy.peer = request.peer;
  copy.grpc_compressed = request.grpc_compressed;
  for (const auto& [name, value] : request.headers) copy.headers.emplace_back(name, value);
  return copy;
}

// Records everything; answers "200 <body>" unless `answer` says otherwise. Read it under lock() or after the server
// ended.
class RecordingHandler : public Handler {
 public:
  std::function<void(const Request&, std::shared_ptr<Responder>)> answer =
      [this](const Request& request, std::shared_ptr<Responder> responder) { echo(request, *responder); };
  Reply refusal_reply{.status = 400, .headers = {{"X-Refused", "yes"}}, .body = "refused"};

  void echo(const Request& request, Responder& responder) {
    Outgoing out;
    out.reply.body = request.body;
    out.ordinal = next_ordinal++;
    out.recorded = true;
    responder.reply(std::move(out));
  }

  void request(const Request& request, std::shared_ptr<Responder> responder) override {
    // All 64 bytes behind the body must be readable: ASan sees it if they are not.
    volatile char last = 0;
    for (std::size_t i = 0; i < 64; ++i) last = request.body.data()[request.body.size() + i];
    static_cast<void>(last);
    note([&] { requests.push_back(seen(request)); });
    answer(request, std::move(responder));
  }
  Reply fragment(const Request& partial, std::uint64_t total_bytes, const Refusal& refusal) override {
    Seen one = seen(partial);
    one.total_bytes = total_bytes;
    one.reason = refusal.reason;
    one.detail = refusal.detail;
    note([&] { fragments.push_back(std::move(one)); });
    return refusal_reply;
  }
  void left(std::uint64_t ordinal, Outcome outcome) override {
    note([&] { outcomes.emplace_back(ordinal, outcome); });
  }
  void datagrams(std::string_view, std::span<const Datagram> batch, std::uint64_t lost) override {
    if (on_datagrams) on_datagrams();
    note([&] {
      for (const Datagram& one : batch) packets.emplace_back(one.bytes);
      for (const Datagram& one : batch) packet_peers.emplace_back(one.peer);
      dropped += lost;
    });
  }

  // Waits until `met`, which is asked under the lock; fails the test after 20 s.
  template <typename Condition>
  bool wait_for(Condition&& met) {
    std::unique_lock lock(mutex);
    const bool ok = changed.wait_for(lock, 20s, met);
    EXPECT_TRUE(ok) << requests.size() << " requests, " << fragments.size() << " fragments, " << outcomes.size()
                    << " outcomes, " << packets.size() << " packets";
    return ok;
  }
  Seen wait_for_fragment() {
    wait_for([this] { return !fragments.empty(); });
    const std::lock_guard lock(mutex);
    return fragments.empty() ? Seen() : fragments.back();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t next_ordinal = 0;
  std::vector<Seen> requests, fragments;
  std::vector<std::pair<std::uint64_t, Outcome>> outcomes;
  std::vector<std::string> packets, packet_peers;
  std::uint64_t dropped = 0;
  std::function<void()> on_datagrams;

 private:
  template <typename Change>
  void note(Change&& change) {
    const std::lock_guard lock(mutex);
    change();
    changed.notify_all();
  }
};

// A TCP client that sends and reads exactly what it is told.
class Client {
 public:
  explicit Client(std::uint16_t port, bool v6 = false, int receive_buffer = 0)
      : fd_(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int one = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    six.sin6_addr = in6addr_loopback;
    connected = (v6 ? ::connect(fd_, reinterpret_cast<sockaddr*>(&six), sizeof six)
                    : ::connect(fd_, reinterpret_cast<sockaddr*>(&v4), sizeof v4)) == 0;
  }
  ~Client() { close(); }
  Client(Client&& other) noexcept
      : connected(other.connected), fd_(std::exchange(other.fd_, -1)), unread_(std::move(other.unread_)) {}

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }
  void reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  // False if the peer is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  // What came until `enough`, the end of the connection, or 20 s.
  std::string read_until(const std::function<bool(std::string_view)>& enough) {
    while (!enough(unread_) && read_some()) {
    }
    return unread_;
  }
  std::string read_all() {
    read_until([](std::string_view) { return false; });
    return std::exchange(unread_, {});
  }
  // One reply with its body by Content-Length; "" if none came whole.
  std::string read_reply(bool head_only = false) {
    std::size_t whole = 0;
    read_until([&](std::string_view bytes) {
      const std::size_t head = bytes.find("\r\n\r\n");
      if (head == std::string_view::npos) return false;
      whole = head + 4 + (head_only ? 0 : length_in(bytes.substr(0, head + 2)));
      return bytes.size() >= whole;
    });
    if (whole == 0 || unread_.size() < whole) return "";
    std::string reply = unread_.substr(0, whole);
    unread_.erase(0, whole);
    return reply;
  }
  bool ended_by_reset() const { return reset_; }
  int fd() const { return fd_; }

  bool connected = false;

 private:
  static std::size_t length_in(std::string_view head) {
    const std::size_t at = head.find("Content-Length: ");
    return at == std::string_view::npos ? 0 : std::stoul(std::string(head.substr(at + 16)));
  }
  bool read_some() {
    pollfd one{fd_, POLLIN, 0};
    if (::poll(&one, 1, 20'000) != 1) {
      ADD_FAILURE() << "nothing came within 20 s; so far: " << unread_;
      return false;
    }
    char bytes[65536];
    const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
    if (count < 0) reset_ = errno == ECONNRESET;
    if (count <= 0) return false;
    unread_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int fd_;
  std::string unread_;
  bool reset_ = false;
};

inline std::string body_of(std::string_view reply) {
  const std::size_t at = reply.find("\r\n\r\n");
  return at == std::string_view::npos ? "" : std::string(reply.substr(at + 4));
}

inline std::string post(std::string_view body, std::string_view headers = "") {
  return fmt::format("POST /p HTTP/1.1\r\nHost: x\r\n{}Content-Length: {}\r\n\r\n{}", headers, body.size(), body);
}

// One door on a free port, with its server running.
class ServerTest : public testing::Test {
 protected:
  ~ServerTest() override { end(); }

  void start(Limits limits = {}, bool tcp = true, bool udp = false) {
    const auto opened = server.listen({.door = "door", .port = 0, .tcp = tcp, .udp = udp, .limits = limits}, handler);
    ASSERT_TRUE(opened) << opened.error();
    port = *opened;
    thread = std::thread([this] { server.run(); });
  }
  void end() {
    if (!thread.joinable()) return;
    server.stop();
    thread.join();
  }
  // Runs on the io thread and waits for it.
  void on_io(const std::function<void()>& work) {
    std::mutex mutex;
    std::condition_variable changed;
    bool ran = false;
    server.post([&] {
      work();
      const std::lock_guard lock(mutex);
      ran = true;
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ran; });
  }
  // Of the replies so far; waits for the first.
  std::vector<std::pair<std::uint64_t, Outcome>> outcomes() {
    handler.wait_for([this] { return !handler.outcomes.empty(); });
    const std::lock_guard lock(handler.mutex);
    return handler.outcomes;
  }
  // Returns when everything that was sent before is with the handler.
  void settle() {
    std::mutex mutex;
    std::condition_variable changed;
    bool ran = false;
    server.post([&] {
      server.drain([&] {
        const std::lock_guard lock(mutex);
        ran = true;
        changed.notify_all();
      });
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ran; });
  }
  std::string ask(std::string_view bytes) {
    Client client(port);
    client.send(bytes);
    return client.read_reply();
  }

  RecordingHandler handler;
  Server server;
  std::uint16_t port = 0;
  std::thread thread;
};

}  // namespace understudy::transport
