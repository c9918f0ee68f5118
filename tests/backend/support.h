// What the backend's tests share: a vendor that answers by script, and requests to the application without sockets.
#pragma once

#include <gtest/gtest.h>
#include <httplib.h>

#include <condition_variable>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "backend/cruddur.h"
#include "tests/places.h"

namespace cruddur {

struct Taken {
  std::string path;
  std::string body;
  httplib::Headers headers;
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

/// Listens on a free port of loopback and answers each POST by `answer`.
class ScriptedVendor {
 public:
  using Answer = std::function<void(const Taken&, httplib::Response&)>;

  explicit ScriptedVendor(Answer answer) : answer_(std::move(answer)) {
    server_.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      const Taken taken{request.path, request.body, request.headers};
      answer_(taken, response);
      const std::lock_guard lock(mutex_);
      taken_.push_back(taken);
      arrived_.notify_all();
    });
    server_.set_socket_options([](int) {});
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) {
      std::this_thread::yield();
    }
  }
  ~ScriptedVendor() {
    server_.stop();
    thread_.join();
  }

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Once so many requests have come.
  std::vector<Taken> taken(std::size_t at_least) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(arrived_.wait_for(lock, std::chrono::seconds(20), [&] { return taken_.size() >= at_least; }))
        << taken_.size() << " requests came, " << at_least << " were awaited";
    return taken_;
  }

 private:
  Answer answer_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Taken> taken_;
};

/// Keeps the spans that end, whichever thread ends them.
class Collected : public telemetry::SpanProcessor {
 public:
  explicit Collected(std::vector<telemetry::SpanPointer>& spans) : spans_(spans) {}
  void on_end(telemetry::SpanPointer span) override {
    const std::lock_guard lock(mutex_);
    spans_.push_back(std::move(span));
  }
  bool stop(telemetry::Deadline) override { return true; }

 private:
  std::mutex mutex_;
  std::vector<telemetry::SpanPointer>& spans_;
};

inline telemetry::Deadline soon() { return telemetry::Clock::now() + std::chrono::seconds(20); }

inline std::string test_data(const std::string& path) {
  std::ifstream file(std::string(places::source) + "/tests/data/" + path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

inline HttpRequest make_request(std::string method, std::string target,
                                std::vector<std::pair<std::string, std::string>> headers = {}, std::string body = {}) {
  HttpRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers.add("Host", "localhost:4567");
  for (auto& [name, value] : headers) {
    request.headers.add(name, value);
  }
  request.body = std::move(body);
  request.remote_address = "127.0.0.1";
  return request;
}

}  // namespace cruddur
