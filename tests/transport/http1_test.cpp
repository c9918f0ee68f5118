// HTTP/1.1 through a real socket: each rule beside its error twin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/transport/wire.h"

namespace understudy::transport {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

class Http1Test : public ServerTest {
 protected:
  // What a request that must not be taken leads to: one fragment, one reply, the end of the connection.
  Seen expect_refused(std::string_view bytes, Refusal::Reason reason) {
    Client client(port);
    client.send(bytes);
    const std::string reply = client.read_all();
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 400 Bad Request\r\nX-Refused: yes\r\n")) << bytes;
    EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(reply, EndsWith("\r\n\r\nrefused"));
    const Seen fragment = handler.wait_for_fragment();
    EXPECT_EQ(fragment.reason, reason) << bytes << ": " << fragment.detail;
    EXPECT_TRUE(handler.requests.empty()) << bytes;
    handler.requests.clear();
    return fragment;
  }
};

TEST_F(Http1Test, HandsOverEveryByteAndAnswers) {
  start();
  const std::string head = "POST /v1/traces?x=1 HTTP/1.1\r\nHost: a:1\r\nX-Two:  b \r\nContent-Length: 5\r\n\r\n";
  const std::string reply = ask(head + "hello");
  EXPECT_THAT(reply, MatchesRegex("HTTP/1.1 200 OK\r\nDate: ..., .. ... .... ..:..:.. GMT\r\n"
                                  "Content-Length: 5\r\n\r\nhello"));
  ASSERT_EQ(handler.requests.size(), 1);
  const Seen& request = handler.requests[0];
  EXPECT_EQ(request.protocol, recording::Protocol::http1);
  EXPECT_EQ(request.door, "door");
  EXPECT_EQ(request.head, head);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/traces?x=1");
  EXPECT_EQ(request.body, "hello");
  EXPECT_THAT(request.peer, MatchesRegex("127\\.0\\.0\\.1:[0-9]+"));
  EXPECT_THAT(request.headers, ElementsAre(Pair("Host", "a:1"), Pair("X-Two", "b"), Pair("Content-Length", "5")));
  handler.wait_for([&] { return handler.outcomes.size() == 1; });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(0, Outcome::written)));
}

TEST_F(Http1Test, ListensOnBothLoopbackAddresses) {
  start();
  Client v6(port, true);
  if (!v6.connected) GTEST_SKIP() << "no ::1 on this machine";
  v6.send(post("six"));
  EXPECT_EQ(body_of(v6.read_reply()), "six");
  EXPECT_THAT(handler.requests[0].peer, StartsWith("[::1]:"));
  EXPECT_EQ(body_of(ask(post("four"))), "four");
}

TEST_F(Http1Test, TakesOneByteAtATime) {
  start();
  Client client(port);
  const std::string chunked =
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nT: v\r\n\r\n";
  for (const char byte : post("body") + chunked) {
    ASSERT_TRUE(client.send({&byte, 1}));
    settle();
  }
  EXPECT_EQ(body_of(client.read_reply()), "body");
  EXPECT_EQ(body_of(client.read_reply()), "hello!");
  EXPECT_EQ(handler.requests[1].head, chunked.substr(0, chunked.find("\r\n\r\n") + 4));
}

TEST_F(Http1Test, KeepsTheConnectionForTheNextRequest) {
  start();
  Client client(port);
  for (int i = 0; i < 100; ++i) {
    client.send(post(std::to_string(i)));
    ASSERT_EQ(body_of(client.read_reply()), std::to_string(i));
  }
}

TEST_F(Http1Test, AnswersPipelinedRequestsInOrder) {
  start();
  Client client(port);
  std::string all;
  std::string expected;
  for (int i = 0; i < 500; ++i)
    all += i % 2 == 0
               ? post(std::to_string(i))
               : fmt::format("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                             std::to_string(i).size(), i);
  client.send(all);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(body_of(client.read_reply()), std::to_string(i));
}

TEST_F(Http1Test, PipelinedRepliesKeepTheirOrderWhenOneIsLate) {
  start();
  std::shared_ptr<Responder> kept;
  handler.answer = [&](const Request& request, std::shared_ptr<Responder> responder) {
    if (request.body == "late") {
      kept = std::move(responder);
    } else {
      handler.echo(request, *responder);
    }
  };
  Client client(port);
  client.send(post("late") + post("next"));
  settle();
  on_io([&] {
    ASSERT_TRUE(kept);
    Outgoing out;
    out.reply.body = "at last";
    kept->reply(std::move(out));
    kept->reply({});  // exactly one counts
  });
  EXPECT_EQ(body_of(client.read_reply()), "at last");
  EXPECT_EQ(body_of(client.read_reply()), "next");
  end();
}

TEST_F(Http1Test, TakesABodyOfManyMegabytes) {
  start();
  std::string large(20 * 1024 * 1024, 'x');
  for (std::size_t i = 0; i < large.size(); i += 4096) large[i] = static_cast<char>('a' + i / 4096 % 26);
  Client client(port);
  std::thread sender([&] { client.send(post(large)); });
  EXPECT_EQ(body_of(client.read_reply()), large);
  sender.join();
  client.send(post("small again"));
  EXPECT_EQ(body_of(client.read_reply()), "small again");
}

TEST_F(Http1Test, JoinsChunksOfEverySize) {
  start();
  std::string expected;
  std::string message = "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int size = 1; size < 3000; size += 7) {
    const std::string piece(static_cast<std::size_t>(size), static_cast<char>('a' + size % 26));
    message += fmt::format("{:x}\r\n{}\r\n", size, piece);
    expected += piece;
  }
  message += "0\r\n\r\n";
  EXPECT_EQ(body_of(ask(message)), expected);
}

TEST_F(Http1Test, SendsContinueBeforeABodyThatIsAwaited) {
  start();
  Client client(port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.read_reply(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_EQ(body_of(client.read_reply()), "body");
}

TEST_F(Http1Test, SendsNoContinueWhereTheBodyIsThereOrEmpty) {
  start();
  EXPECT_THAT(ask(post("body", "Expect: 100-continue\r\n")), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask(post("", "Expect: 100-continue\r\n")), StartsWith("HTTP/1.1 200"));
}

TEST_F(Http1Test, RefusesInsteadOfContinueWhenTheBodyIsTooLarge) {
  start({.body_bytes = 100});
  const Seen fragment =
      expect_refused("POST /big HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n",
                     Refusal::Reason::body_too_large);
  EXPECT_EQ(fragment.target, "/big");
}

TEST_F(Http1Test, TheBodyLimitIsExact) {
  start({.body_bytes = 100});
  EXPECT_EQ(body_of(ask(post(std::string(100, 'a')))), std::string(100, 'a'));
  handler.requests.clear();
  const Seen fragment = expect_refused(post(std::string(101, 'a')), Refusal::Reason::body_too_large);
  EXPECT_THAT(fragment.head, StartsWith("POST /p HTTP/1.1\r\n"));
  EXPECT_EQ(fragment.body, std::string(101, 'a'));
}

TEST_F(Http1Test, TheBodyLimitHoldsForChunks) {
  start({.body_bytes = 10});
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(body_of(ask(head + "5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n")), "helloworld");
  handler.requests.clear();
  EXPECT_EQ(expect_refused(head + "5\r\nhello\r\n6\r\nworld!\r\n0\r\n\r\n", Refusal::Reason::body_too_large).body,
            "hello");
}

TEST_F(Http1Test, APeerThatStillSendsGetsItsRefusal) {
  // More than the kernel buffers: closing with it unread would send RST, and most clients would never see the reply.
  start({.body_bytes = 100});
  Client client(port);
  bool sent = false;
  std::thread sender([&] {
    sent = client.send(post(std::string(32 * 1024 * 1024, 'a')));
    client.end_sending();
  });
  EXPECT_THAT(client.read_all(), EndsWith("refused"));
  sender.join();
  EXPECT_TRUE(sent);
  EXPECT_FALSE(client.ended_by_reset());
}

TEST_F(Http1Test, TheHeadLimitIsExact) {
  start({.head_bytes = 1000});
  const std::string frame = "GET / HTTP/1.1\r\nHost: x\r\nA: \r\n\r\n";
  const auto head = [&](std::size_t size) {
    return fmt::format("GET / HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n", std::string(size - frame.size(), 'a'));
  };
  EXPECT_THAT(ask(head(1000)), StartsWith("HTTP/1.1 200"));
  handler.requests.clear();
  expect_refused(head(1001), Refusal::Reason::head_too_large);
  handler.fragments.clear();
  expect_refused("GET /" + std::string(5000, 'a'), Refusal::Reason::head_too_large);
}

TEST_F(Http1Test, RefusesHeadsThatAreNoHttp) {
  static constexpr std::string_view bad[] = {
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
      "GET / HTTP/3.1\r\nHost: x\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /\r\n\r\n",
      "G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n",
      "\x80\x00\x01\x02 not http at all\r\n\r\n",
  };
  start();
  for (const std::string_view bytes : bad) {
    const Seen fragment = expect_refused(bytes, Refusal::Reason::bad_head);
    EXPECT_FALSE(fragment.detail.empty());
    EXPECT_EQ(fragment.total_bytes, bytes.size());
    EXPECT_THAT(std::string(bytes), StartsWith(fragment.head));
    handler.fragments.clear();
  }
}

TEST_F(Http1Test, RefusesBadChunks) {
  start();
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string_view bad : {"x\r\n", "-1\r\n", "5\r\nhelloXY\r\n", "5 \r\nhello\r\n", "fffffffffffffffff\r\n",
                                     "0\r\nbad trailer\r\n\r\n", "0\r\nContent-Length: 1\r\n\r\n"}) {
    expect_refused(head + std::string(bad), Refusal::Reason::bad_head);
    handler.fragments.clear();
  }
  expect_refused(head + "1;" + std::string(70'000, 'a'), Refusal::Reason::bad_head);
}

TEST_F(Http1Test, ServesHttp10) {
  start();
  Client client(port);
  client.send("POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi");
  const std::string reply = client.read_all();
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(reply, EndsWith("hi"));

  Client kept(port);
  for (int i = 0; i < 2; ++i) {
    kept.send("POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_THAT(kept.read_reply(), HasSubstr("Connection: keep-alive\r\n"));
  }
}

TEST_F(Http1Test, ClosesWhenAsked) {
  start();
  Client client(port);
  client.send(post("x", "Connection: close\r\n") + post("never"));
  const std::string reply = client.read_all();
  EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(reply, EndsWith("\r\n\r\nx"));
  EXPECT_EQ(handler.requests.size(), 1);
}

TEST_F(Http1Test, ClosesWhenTheReplySaysSo) {
  start();
  handler.answer = [](const Request&, std::shared_ptr<Responder> responder) {
    Outgoing out;
    out.reply = {.status = 503, .reason = "Slow Down", .body = "no", .close = true};
    responder->reply(std::move(out));
  };
  Client client(port);
  client.send(post("x"));
  const std::string reply = client.read_all();
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 503 Slow Down\r\n"));
  EXPECT_THAT(reply, HasSubstr("Connection: close\r\n"));
}

TEST_F(Http1Test, WritesHeadersAsGivenAndOnlyWhatIsAbsent) {
  start();
  handler.answer = [](const Request&, std::shared_ptr<Responder> responder) {
    Outgoing out;
    out.reply = {.status = 299,
                 .headers = {{"x-lower", "1"}, {"Date", "then"}, {"X-Twice", "a"}, {"X-Twice", "b\r\nX-Injected: c"}},
                 .body = "yo"};
    responder->reply(std::move(out));
  };
  EXPECT_EQ(ask(post("")),
            "HTTP/1.1 299 \r\nx-lower: 1\r\nDate: then\r\nX-Twice: a\r\nX-Twice: b  X-Injected: c\r\n"
            "Content-Length: 2\r\n\r\nyo");
}

TEST_F(Http1Test, RepliesWithoutBodyHaveNone) {
  start();
  handler.answer = [](const Request& request, std::shared_ptr<Responder> responder) {
    Outgoing out;
    out.reply = {.status = request.method == "HEAD" ? 200 : 204, .headers = {{"Date", "d"}}, .body = "body"};
    responder->reply(std::move(out));
  };
  Client client(port);
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_reply(true), "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 4\r\n\r\n");
  client.send(post("x"));
  EXPECT_EQ(client.read_reply(), "HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n");
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.read_reply(true), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(Http1Test, IgnoresAnOfferToSpeakHttp2) {
  start();
  EXPECT_EQ(
      body_of(ask(post("x", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"))),
      "x");
}

TEST_F(Http1Test, APeerThatEndedItsSideGetsItsReply) {
  start();
  Client client(port);
  client.send(post("one") + post("two"));
  client.end_sending();
  const std::string replies = client.read_all();
  EXPECT_THAT(replies, HasSubstr("\r\n\r\none"));
  EXPECT_THAT(replies, EndsWith("\r\n\r\ntwo"));
  EXPECT_TRUE(handler.fragments.empty());
}

TEST_F(Http1Test, APeerThatEndedItsSideGetsEvenALateReply) {
  start();
  handler.answer = [this](const Request&, std::shared_ptr<Responder> responder) {
    server.after(5ms, [responder] {
      Outgoing out;
      out.reply.body = "late";
      responder->reply(std::move(out));
    });
  };
  Client client(port);
  client.send(post("x"));
  client.end_sending();
  EXPECT_THAT(client.read_all(), EndsWith("late"));
}

TEST_F(Http1Test, ACutRequestIsAFragment) {
  start();
  const std::string whole = post(std::string(100, 'b'));
  const std::size_t head = whole.find("\r\n\r\n") + 4;
  for (const std::size_t size : {1uz, 10uz, head - 1, head, head + 50, whole.size() - 1}) {
    Client client(port);
    client.send(whole.substr(0, size));
    client.end_sending();
    EXPECT_EQ(client.read_all(), "");
    const Seen fragment = handler.wait_for_fragment();
    EXPECT_EQ(fragment.reason, Refusal::Reason::cut);
    EXPECT_EQ(fragment.head + fragment.body, whole.substr(0, size));
    EXPECT_EQ(fragment.target, size >= head ? "/p" : "");
    EXPECT_EQ(fragment.total_bytes, size);
    handler.fragments.clear();
  }
  EXPECT_TRUE(handler.requests.empty());
}

TEST_F(Http1Test, ARequestCutByResetIsAFragment) {
  start();
  Client client(port);
  client.send(post("whole") + "POST /cut HTTP/1.1\r\nContent-");
  EXPECT_EQ(body_of(client.read_reply()), "whole");
  settle();
  client.reset();
  EXPECT_EQ(handler.wait_for_fragment().head, "POST /cut HTTP/1.1\r\nContent-");
}

TEST_F(Http1Test, AnIdleConnectionThatEndsIsNoFragment) {
  start();
  Client client(port);
  client.send(post("x"));
  client.read_reply();
  client.end_sending();
  EXPECT_EQ(client.read_all(), "");
  {
    Client never_spoke(port);
  }
  settle();
  EXPECT_TRUE(handler.fragments.empty());
}

TEST_F(Http1Test, NamesATlsHandshake) {
  start();
  const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  const Seen fragment = expect_refused(hello, Refusal::Reason::tls_on_plain_port);
  EXPECT_EQ(fragment.body, hello);
  EXPECT_EQ(fragment.total_bytes, hello.size());
}

TEST_F(Http1Test, AHeadThatDripsTimesOut) {
  start({.head_timeout = 60ms});
  Client client(port);
  // Bytes keep coming, so only the time from the first one counts.
  std::atomic<bool> over = false;
  std::thread dripping([&] {
    for (const char byte : "GET /" + std::string(100'000, 'a')) {
      if (over || !client.send({&byte, 1})) return;
      std::this_thread::yield();
    }
  });
  EXPECT_THAT(client.read_all(), EndsWith("refused"));
  over = true;
  dripping.join();
  EXPECT_EQ(handler.wait_for_fragment().reason, Refusal::Reason::timeout);
}

TEST_F(Http1Test, ABodyThatStopsComingTimesOut) {
  start({.body_timeout = 60ms});
  Client client(port);
  client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_THAT(client.read_all(), EndsWith("refused"));
  const Seen fragment = handler.wait_for_fragment();
  EXPECT_EQ(fragment.reason, Refusal::Reason::timeout);
  EXPECT_EQ(fragment.target, "/slow");
  EXPECT_EQ(fragment.body, "half");
}

TEST_F(Http1Test, AnIdleConnectionIsClosedWithoutAWord) {
  start({.idle_timeout = 60ms});
  Client fresh(port);
  Client used(port);
  used.send(post("x"));
  used.read_reply();
  EXPECT_EQ(fresh.read_all(), "");
  EXPECT_EQ(used.read_all(), "");
  EXPECT_TRUE(handler.fragments.empty());
}

TEST_F(Http1Test, AReplyThatTakesLongIsNoTimeout) {
  start({.head_timeout = 20ms, .body_timeout = 20ms, .idle_timeout = 20ms});
  handler.answer = [this](const Request&, std::shared_ptr<Responder> responder) {
    server.after(200ms, [responder] { responder->reply({}); });
  };
  EXPECT_THAT(ask(post("x")), StartsWith("HTTP/1.1 200 OK"));
}

TEST_F(Http1Test, OneConnectionTooManyIsTurnedAway) {
  start({.connections = 2});
  Client first(port);
  Client second(port);
  first.send(post("1"));
  second.send(post("2"));
  EXPECT_EQ(body_of(first.read_reply()), "1");
  EXPECT_EQ(body_of(second.read_reply()), "2");
  Client third(port);
  EXPECT_THAT(third.read_all(), EndsWith("refused"));
  EXPECT_EQ(handler.wait_for_fragment().reason, Refusal::Reason::overloaded);
  first.send(post("still"));
  EXPECT_EQ(body_of(first.read_reply()), "still");
}

TEST_F(Http1Test, ResetCutsTheConnectionWithoutAByte) {
  start();
  handler.answer = [](const Request&, std::shared_ptr<Responder> responder) {
    Outgoing out;
    out.reply.body = "never seen";
    out.ordinal = 7;
    out.recorded = true;
    out.reset = true;
    responder->reply(std::move(out));
  };
  Client client(port);
  client.send(post("x"));
  EXPECT_EQ(client.read_all(), "");
  EXPECT_TRUE(client.ended_by_reset());
  handler.wait_for([&] { return !handler.outcomes.empty(); });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(7, Outcome::cut_by_fault)));
}

TEST_F(Http1Test, DelayHoldsTheReplyBack) {
  start();
  handler.answer = [](const Request& request, std::shared_ptr<Responder> responder) {
    Outgoing out;
    out.reply.body = request.body;
    if (request.body == "late") out.delay = 120ms;
    responder->reply(std::move(out));
  };
  Client client(port);
  const auto before = std::chrono::steady_clock::now();
  client.send(post("late") + post("next"));
  EXPECT_EQ(body_of(client.read_reply()), "late");
  EXPECT_GE(std::chrono::steady_clock::now() - before, 120ms);
  EXPECT_EQ(body_of(client.read_reply()), "next");
}

TEST_F(Http1Test, CutEndsTheReplyInTheMiddle) {
  start();
  handler.answer = [](const Request& request, std::shared_ptr<Responder> responder) {
    Outgoing out;
    out.reply.body = request.body;
    out.ordinal = 4;
    out.recorded = true;
    out.cut = 2;
    responder->reply(std::move(out));
  };
  Client client(port);
  client.send(post("whole") + post("never"));
  const std::string received = client.read_all();
  EXPECT_THAT(received, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(received, EndsWith("\r\n\r\nwh"));
  handler.wait_for([&] { return !handler.outcomes.empty(); });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(4, Outcome::cut_by_fault)));
}

TEST_F(Http1Test, APeerThatIsGoneIsReported) {
  start();
  std::shared_ptr<Responder> kept;
  handler.answer = [&](const Request&, std::shared_ptr<Responder> responder) { kept = std::move(responder); };
  Client client(port);
  client.send(post("x"));
  settle();
  client.reset();
  Outgoing out;
  out.reply.body = std::string(32 * 1024 * 1024, 'x');  // more than the kernel takes for a peer that is gone
  out.ordinal = 3;
  out.recorded = true;
  on_io([&] { kept->reply(std::move(out)); });
  handler.wait_for([&] { return !handler.outcomes.empty(); });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(3, Outcome::peer_gone)));
  end();
}

TEST_F(Http1Test, AResponderMayOutliveItsConnection) {
  start();
  std::shared_ptr<Responder> kept;
  handler.answer = [&](const Request&, std::shared_ptr<Responder> responder) { kept = std::move(responder); };
  {
    Client client(port);
    client.send(post("x"));
    settle();
  }
  on_io([&] { server.close(handler); });
  on_io([&] {
    Outgoing out;
    out.recorded = true;
    kept->reply(std::move(out));
    EXPECT_EQ(kept->stream({}), nullptr);
  });
  end();
}

TEST_F(Http1Test, ASlowReaderHoldsUpOnlyItself) {
  start({.pipelined_bytes = 256 * 1024});
  handler.answer = [](const Request& request, std::shared_ptr<Responder> responder) {
    Outgoing out;
    out.reply.body = std::string(request.method == "GET" ? 64 * 1024 : 1, 'r');
    responder->reply(std::move(out));
  };
  Client slow(port, false, 256 * 1024);
  constexpr int asked = 1000;
  std::string all;
  for (int i = 0; i < asked; ++i) all += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  slow.send(all);
  EXPECT_EQ(body_of(ask(post("x"))), "r");
  settle();
  std::size_t taken = 0;
  {
    const std::lock_guard lock(handler.mutex);
    taken = handler.requests.size();
  }
  // 64 MB of replies are asked for; what is not read is not made. The kernel's buffers hold a few MB.
  EXPECT_LT(taken, 300) << "the server does not hold back";
  for (int i = 0; i < asked; ++i) ASSERT_EQ(body_of(slow.read_reply()).size(), 64 * 1024) << i;
}

TEST_F(Http1Test, AReaderThatTakesNothingLosesItsConnection) {
  start({.write_timeout = 60ms});
  handler.answer = [](const Request&, std::shared_ptr<Responder> responder) {
    Outgoing out;
    out.reply.body = std::string(64 * 1024 * 1024, 'r');
    out.ordinal = 1;
    out.recorded = true;
    responder->reply(std::move(out));
  };
  Client stuck(port, false, 4096);
  stuck.send(post("x"));
  handler.wait_for([&] { return !handler.outcomes.empty(); });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(1, Outcome::peer_gone)));
}

TEST_F(Http1Test, AThousandIdleConnectionsDisturbNobody) {
  start();
  std::vector<Client> idle;
  for (int i = 0; i < 1000; ++i) {
    idle.emplace_back(port);
    ASSERT_TRUE(idle.back().connected) << "raise ulimit -n for this test";
    if (i % 10 == 0) idle.back().send("POST / HT");
  }
  Client working(port);
  for (int i = 0; i < 200; ++i) {
    working.send(post(std::to_string(i)));
    ASSERT_EQ(body_of(working.read_reply()), std::to_string(i));
  }
}

TEST_F(Http1Test, StreamsPieceByPiece) {
  start();
  std::shared_ptr<Stream> stream;
  handler.answer = [&](const Request& request, std::shared_ptr<Responder> responder) {
    if (request.method != "GET") return handler.echo(request, *responder);
    stream = responder->stream({.reply = {.headers = {{"Content-Type", "text/event-stream"}, {"Date", "d"}}}});
    EXPECT_TRUE(stream->write("id: 1\n\n"));
  };
  Client client(port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" + post("after"));
  const std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string first = "7\r\nid: 1\n\n\r\n";
  EXPECT_EQ(client.read_until([&](auto bytes) { return bytes.size() >= head.size() + first.size(); }), head + first);
  on_io([&] {
    EXPECT_TRUE(stream->write("second"));
    stream.reset();
  });
  const std::string rest = client.read_until([](auto bytes) { return bytes.ends_with("after"); });
  EXPECT_THAT(rest, StartsWith(head + first + "6\r\nsecond\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"));
  end();
}

TEST_F(Http1Test, AStreamToHttp10EndsWithTheConnection) {
  start();
  handler.answer = [](const Request&, std::shared_ptr<Responder> responder) {
    EXPECT_TRUE(responder->stream({.reply = {.headers = {{"Date", "d"}}}, .recorded = true})->write("piece"));
  };
  Client client(port);
  client.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.read_all(), "HTTP/1.1 200 OK\r\nDate: d\r\nConnection: close\r\n\r\npiece");
  handler.wait_for([&] { return !handler.outcomes.empty(); });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(0, Outcome::written)));
}

// A handler whose every answer is a stream, recorded as exchange 7, that begins with "first".
class Http1StreamTest : public Http1Test {
 protected:
  void SetUp() override {
    handler.answer = [this](const Request& request, std::shared_ptr<Responder> responder) {
      if (request.method == "PUT") return handler.echo(request, *responder);
      stream = responder->stream({.reply = {.body = "first"}, .ordinal = 7, .recorded = true});
    };
  }
  void begin(Client& client, std::string_view request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n") {
    client.send(request);
    client.read_until([](auto bytes) { return bytes.ends_with("5\r\nfirst\r\n"); });
  }

  std::shared_ptr<Stream> stream;
};

TEST_F(Http1StreamTest, IsWrittenWithItsLastByte) {
  start();
  Client client(port);
  begin(client);
  on_io([&] {
    EXPECT_TRUE(handler.outcomes.empty()) << "it goes on";
    stream.reset();
  });
  EXPECT_THAT(outcomes(), ElementsAre(Pair(7, Outcome::written)));
  end();
}

TEST_F(Http1StreamTest, IsLostWithTheConnection) {
  start();
  Client client(port);
  begin(client);
  client.reset();
  EXPECT_THAT(outcomes(), ElementsAre(Pair(7, Outcome::peer_gone))) << "nothing has to be written to see it";
  on_io([&] {
    EXPECT_FALSE(stream->write("more"));
    stream.reset();
  });
  end();
  EXPECT_EQ(handler.outcomes.size(), 1u);
}

TEST_F(Http1StreamTest, EndsWithTheServer) {
  start();
  Client client(port);
  begin(client);
  end();
  EXPECT_THAT(client.read_all(), EndsWith("0\r\n\r\n"));
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(7, Outcome::written)));
}

TEST_F(Http1StreamTest, TakesAPieceThatIsLargerThanWhatMayWait) {
  start({.pipelined_bytes = 64 * 1024});
  Client client(port);
  begin(client);
  const std::string piece(8 << 20, 'e');
  on_io([&] {
    EXPECT_TRUE(stream->write(piece));
    stream.reset();
  });
  EXPECT_GT(client.read_until([](auto bytes) { return bytes.ends_with("0\r\n\r\n"); }).size(), piece.size());
  EXPECT_THAT(outcomes(), ElementsAre(Pair(7, Outcome::written)));
  end();
}

// Memory that a large request took is given back while the connection is read already, to see that the peer is gone.
TEST_F(Http1StreamTest, LeavesTheConnectionAsItWasAfterALargeRequest) {
  start();
  Client client(port);
  begin(client, post(std::string(6 << 20, 'b')));
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nafter");
  settle();
  on_io([&] { stream.reset(); });
  EXPECT_THAT(client.read_until([](auto bytes) { return bytes.ends_with("after"); }),
              HasSubstr("0\r\n\r\nHTTP/1.1 200"));
  end();
}

TEST_F(Http1Test, AStreamWithASlowReaderEndsAndHoldsLittle) {
  start({.pipelined_bytes = 64 * 1024});
  std::shared_ptr<Stream> stream;
  handler.answer = [&](const Request&, std::shared_ptr<Responder> responder) { stream = responder->stream({}); };
  Client slow(port, false, 4096);
  slow.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  settle();
  std::size_t written = 0;
  on_io([&] {
    const std::string piece(1000, 'e');
    while (written < 100'000'000 && stream->write(piece)) written += piece.size();
    EXPECT_FALSE(stream->write("x")) << "it stays false";
  });
  EXPECT_LT(written, 20'000'000);
  slow.read_all();
  EXPECT_TRUE(slow.ended_by_reset());
  end();
}

TEST_F(Http1Test, AStreamNoticesThatItsReaderLeft) {
  start();
  std::shared_ptr<Stream> stream;
  handler.answer = [&](const Request&, std::shared_ptr<Responder> responder) { stream = responder->stream({}); };
  Client client(port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  settle();
  client.reset();
  bool open = true;
  for (int i = 0; i < 10'000 && open; ++i) on_io([&] { open = stream->write("event"); });
  EXPECT_FALSE(open);
  end();
}

}  // namespace
}  // namespace understudy::transport
