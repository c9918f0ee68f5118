// Ports, threads, draining and the end of a server.
#include "transport/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "tests/transport/wire.h"

namespace understudy::transport {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Listening, ATakenPortIsOneClearLine) {
  RecordingHandler handler;
  Server first;
  const auto port = first.listen({.door = "one"}, handler);
  ASSERT_TRUE(port);
  Server second;
  const auto refused = second.listen({.door = "honeycomb_http", .port = *port}, handler);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(),
              AllOf(HasSubstr("door honeycomb_http"), HasSubstr(fmt::format("127.0.0.1 port {}", *port)),
                    HasSubstr("taken by another process"), HasSubstr("another port")));
  EXPECT_EQ(refused.error().find('\n'), std::string::npos);
}

TEST(Listening, APortTakenForUdpAloneIsTaken) {
  RecordingHandler handler;
  Server first;
  const auto port = first.listen({.door = "one", .tcp = false, .udp = true}, handler);
  ASSERT_TRUE(port);
  Server second;
  const auto refused = second.listen({.door = "udp", .port = *port, .tcp = false, .udp = true}, handler);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("taken by another process"));
}

TEST(Listening, AFailureLeavesNothingOpen) {
  RecordingHandler handler;
  Server first;
  const auto port = first.listen({.door = "udp", .tcp = false, .udp = true}, handler);
  ASSERT_TRUE(port);
  Server second;
  ASSERT_FALSE(second.listen({.door = "both", .port = *port, .udp = true}, handler));
  EXPECT_FALSE(Client(*port).connected);
}

TEST(Listening, ABadAddressIsNamed) {
  RecordingHandler handler;
  Server server;
  const auto none = server.listen({.door = "d", .address = "localhost"}, handler);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error(), HasSubstr("\"localhost\" is no IPv4 or IPv6 address"));
  const auto foreign = server.listen({.door = "d", .address = "192.0.2.1"}, handler);
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error(), HasSubstr("no such address"));
}

TEST(Listening, APortMayBeHadAgainAtOnce) {
  // Another program may take the port in between, so one success in a few tries is what can be asked for.
  bool again = false;
  for (int tries = 0; tries < 5 && !again; ++tries) {
    RecordingHandler handler;
    std::uint16_t port = 0;
    {
      Server server;
      port = server.listen({.door = "d"}, handler).value();
      std::thread thread([&] { server.run(); });
      Client client(port);
      client.send(post("x", "Connection: close\r\n"));  // the server's side ends in TIME_WAIT
      client.read_all();
      server.stop();
      thread.join();
    }
    again = Server().listen({.door = "d", .port = port}, handler).has_value();
  }
  EXPECT_TRUE(again);
}

TEST(Listening, OneAddressMeansThatAddressAlone) {
  RecordingHandler handler;
  Server server;
  const auto port = server.listen({.door = "d", .address = "127.0.0.1"}, handler);
  ASSERT_TRUE(port);
  EXPECT_TRUE(Client(*port).connected);
  EXPECT_FALSE(Client(*port, true).connected);
}

class ServerEndTest : public ServerTest {};

TEST_F(ServerEndTest, MayNeverRun) {
  ASSERT_TRUE(server.listen({.door = "d", .udp = true}, handler));
  Client waiting(server.listen({.door = "e"}, handler).value());
}

TEST_F(ServerEndTest, PostAndAfterRunOnTheIoThread) {
  start();
  std::promise<std::thread::id> ran;
  server.post([&] { server.after(1ms, [&] { ran.set_value(std::this_thread::get_id()); }); });
  EXPECT_EQ(ran.get_future().get(), thread.get_id());
}

TEST_F(ServerEndTest, DrainHandsOverWhatWasSentBefore) {
  start();
  std::vector<Client> clients;
  std::size_t sent = 0;
  for (int round = 0; round < 20; ++round) {
    // Connections that were never accepted, and connections that are known.
    for (int i = 0; i < 10; ++i) clients.emplace_back(port);
    for (Client& client : clients) client.send(post("x"));
    sent += clients.size();
    settle();
    const std::lock_guard lock(handler.mutex);
    ASSERT_EQ(handler.requests.size(), sent);
  }
}

TEST_F(ServerEndTest, DrainEndsBesideARequestThatIsNeverAnswered) {
  start();
  std::shared_ptr<Responder> kept;
  handler.answer = [&](const Request&, std::shared_ptr<Responder> responder) { kept = std::move(responder); };
  Client client(port);
  client.send(post("x") + post("behind it"));
  settle();
  settle();
  EXPECT_EQ(handler.requests.size(), 1);
  on_io([&] {
    handler.answer = [](const Request&, std::shared_ptr<Responder> responder) { responder->reply({}); };
    kept->reply({});
  });
  end();
}

TEST_F(ServerEndTest, StopLetsRepliesLeave) {
  start();
  handler.answer = [&](const Request&, std::shared_ptr<Responder> responder) {
    server.stop();
    server.after(50ms, [responder] {
      Outgoing out;
      out.reply.body = "before the end";
      out.recorded = true;
      responder->reply(std::move(out));
    });
  };
  Client idle(port);
  Client client(port);
  client.send(post("x"));
  const std::string reply = client.read_all();
  EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(body_of(reply), "before the end");
  EXPECT_EQ(idle.read_all(), "");
  thread.join();
  EXPECT_EQ(handler.outcomes.size(), 1);
}

TEST_F(ServerEndTest, StopUnderLoadLosesNoReplyThatItRecorded) {
  start();
  std::atomic<int> answered = 0;
  std::atomic<int> connected = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&] {
      Client client(port);
      ++connected;
      while (client.send(post("x")) && !client.read_reply().empty()) ++answered;
    });
  }
  handler.wait_for([&] { return handler.requests.size() > 1000; });
  end();
  for (std::thread& one : clients) one.join();
  EXPECT_FALSE(Client(port).connected);
  int written = 0;
  for (const auto& [ordinal, outcome] : handler.outcomes) written += outcome == Outcome::written ? 1 : 0;
  EXPECT_EQ(handler.requests.size(), handler.outcomes.size()) << "each request has an outcome";
  EXPECT_GE(written, answered.load());
}

TEST_F(ServerEndTest, CloseEndsOneHandlersPortsAlone) {
  start();
  RecordingHandler other;
  std::uint16_t other_port = 0;
  on_io([&] { other_port = server.listen({.door = "other", .udp = true}, other).value(); });
  Client client(other_port);
  client.send(post("x"));
  EXPECT_EQ(body_of(client.read_reply()), "x");
  on_io([&] { server.close(other); });
  EXPECT_EQ(client.read_all(), "");
  EXPECT_FALSE(Client(other_port).connected);
  EXPECT_EQ(body_of(ask(post("still here"))), "still here");
}

TEST_F(ServerEndTest, AHandlerMayCloseItselfWhileItAnswers) {
  start();
  RecordingHandler other;
  std::uint16_t other_port = 0;
  other.answer = [&](const Request&, std::shared_ptr<Responder> responder) {
    server.close(other);
    responder->reply({});
  };
  on_io([&] { other_port = server.listen({.door = "other"}, other).value(); });
  Client client(other_port);
  client.send(post("x") + post("y"));
  EXPECT_EQ(client.read_all(), "");
  EXPECT_EQ(body_of(ask(post("still here"))), "still here");
}

}  // namespace
}  // namespace understudy::transport
