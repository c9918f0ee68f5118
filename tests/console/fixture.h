// A console over two scripted vendors, without sockets.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "console/console.h"
#include "tests/console/fake_server.h"
#include "tests/session/scripted_vendor.h"

namespace understudy::console {

// Where an answer goes in a test.
class Answer final : public transport::Responder, public std::enable_shared_from_this<Answer> {
 public:
  class Pieces final : public transport::Stream {
   public:
    explicit Pieces(std::shared_ptr<Answer> to) : to_(std::move(to)) {}
    ~Pieces() override { to_->closed = true; }
    bool write(std::string_view piece) override {
      if (to_->peer_gone) return false;
      to_->pieces += piece;
      return true;
    }

   private:
    std::shared_ptr<Answer> to_;
  };

  void reply(transport::Outgoing&& out) override {
    ++replies;
    EXPECT_FALSE(out.recorded);
    answer = std::move(out.reply);
  }
  std::shared_ptr<transport::Stream> stream(transport::Outgoing&& head) override {
    ++replies;
    answer = std::move(head.reply);
    return std::make_shared<Pieces>(shared_from_this());
  }

  nlohmann::ordered_json json() const { return nlohmann::ordered_json::parse(answer.body, nullptr, false); }
  std::string header(std::string_view name) const {
    for (const auto& [known, value] : answer.headers) {
      if (known == name) return value;
    }
    return "";
  }

  int replies = 0;
  recording::Reply answer;
  std::string pieces;
  bool peer_gone = false;
  bool closed = false;
};

class ConsoleTest : public ::testing::Test {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  ConsoleTest() : server_(made_with(loop)), sessions(server_, vendors, {}), console(opened(sessions)) {}

  // Sends a request; the answer may come later.
  std::shared_ptr<Answer> begin(std::string_view method, std::string_view target, std::string_view body = "",
                                const Headers& headers = {{"Host", "localhost:4700"}},
                                recording::Protocol protocol = recording::Protocol::http1) {
    const bool is_list = protocol != recording::Protocol::http1;
    std::string head = is_list ? ":method: " + std::string(method) + "\r\n:path: " + std::string(target) + "\r\n"
                               : std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\n";
    for (const auto& [name, value] : headers) head += name + ": " + value + "\r\n";
    if (!is_list) head += "\r\n";
    const std::string padded = std::string(body) + std::string(64, '\0');
    recording::Request request;
    request.protocol = protocol;
    request.door = "console";
    request.head = head;
    request.body = std::string_view(padded).substr(0, body.size());
    recording::parse_head(request);
    auto answer = std::make_shared<Answer>();
    console.request(request, answer);
    return answer;
  }
  // Sends a request and waits for its answer.
  std::shared_ptr<Answer> ask(std::string_view method, std::string_view target, std::string_view body = "",
                              const Headers& headers = {{"Host", "localhost:4700"}}) {
    auto answer = begin(method, target, body, headers);
    EXPECT_TRUE(loop.run_until([&] { return answer->replies > 0; })) << method << ' ' << target;
    EXPECT_EQ(answer->replies, 1);
    return answer;
  }
  nlohmann::ordered_json get(std::string_view target, int status = 200) {
    const auto answer = ask("GET", target);
    EXPECT_EQ(answer->answer.status, status) << answer->answer.body;
    return answer->json();
  }
  nlohmann::ordered_json post(std::string_view target, std::string_view body, int status = 200) {
    const auto answer = ask("POST", target, body);
    EXPECT_EQ(answer->answer.status, status) << answer->answer.body;
    return answer->json();
  }
  nlohmann::ordered_json put(std::string_view target, std::string_view body, int status = 200) {
    const auto answer = ask("PUT", target, body);
    EXPECT_EQ(answer->answer.status, status) << answer->answer.body;
    return answer->json();
  }

  // A client's request to a vendor's door; returns its ordinal.
  std::uint64_t send(const nlohmann::json& body, std::string_view extra_headers = "",
                     std::string_view session = "default") {
    return send_text(body.dump(), extra_headers, session);
  }
  std::uint64_t send_text(const std::string& text, std::string_view extra_headers = "",
                          std::string_view session = "default") {
    const std::string padded = text + std::string(64, '\0');
    const std::string head = "POST /toy?x=1&access_token=0123456789abcdef0123 HTTP/1.1\r\nHost: toy\r\n" +
                             std::string(extra_headers) + "\r\n";
    recording::Request request;
    request.door = "toy_http";
    request.head = head;
    request.peer = "127.0.0.1:1";
    request.body = std::string_view(padded).substr(0, text.size());
    recording::parse_head(request);
    return sessions.find(session)->handle(0, request).ordinal;
  }
  std::uint64_t send_span(const nlohmann::json& fields) {
    return send({{"records", {{{"kind", "span"}, {"fields", fields}}}}});
  }
  std::shared_ptr<session::Session> session() { return sessions.find("default"); }

  session::testing::ManualLoop loop;
  session::testing::ScriptedVendor toy;
  session::testing::ScriptedVendor other{"other"};
  session::Vendors vendors{&toy, &other};

 private:
  static transport::Server made_with(session::testing::ManualLoop& loop) {
    transport::fake_loop = &loop;
    return transport::Server();
  }
  static session::Sessions& opened(session::Sessions& sessions) {
    session::NewSession first;
    first.name = "default";
    first.seed = 1;
    EXPECT_TRUE(sessions.create(first, {}));
    EXPECT_TRUE(sessions.listen(sessions.default_ports()));
    return sessions;
  }

  transport::Server server_;

 protected:
  session::Sessions sessions;
  Console console;
};

}  // namespace understudy::console
