// HTTP/2 and gRPC through a real socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/transport/http2_client.h"
#include "tests/transport/wire.h"

namespace understudy::transport {
namespace {

using recording::Protocol;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Pair;

Fields plain(std::string_view method, std::string_view path) {
  return {{":method", std::string(method)}, {":scheme", "http"}, {":path", std::string(path)}, {":authority", "a:1"}};
}

Fields call(std::string_view path = "/a.B/Export") {
  Fields fields = plain("POST", path);
  fields.insert(fields.end(), {{"content-type", "application/grpc"}, {"te", "trailers"}});
  return fields;
}

std::string framed(std::string_view message, char flag = 0) {
  std::string out(1, flag);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(message.size() >> shift);
  return out.append(message);
}

class Http2Test : public ServerTest {
 protected:
  // gRPC calls are answered with "re: <message>".
  void answer_calls() {
    handler.answer = [this](const Request& request, std::shared_ptr<Responder> responder) {
      Outgoing out;
      out.reply.grpc_status = 0;
      out.reply.body = fmt::format("re: {}", request.body);
      out.ordinal = handler.next_ordinal++;
      out.recorded = true;
      responder->reply(std::move(out));
    };
  }
  void answer_with(Outgoing outgoing) {
    handler.answer = [outgoing](const Request&, std::shared_ptr<Responder> responder) {
      responder->reply(Outgoing(outgoing));
    };
  }
  void expect_call_refused(const Fields& fields, std::string_view body, std::string_view status,
                           std::string_view message, Refusal::Reason reason) {
    handler.fragments.clear();
    Http2Client client(port);
    const auto answer = client.ask(fields, body);
    EXPECT_EQ(answer.grpc("grpc-status"), status);
    EXPECT_EQ(answer.grpc("grpc-message"), message);
    EXPECT_EQ(answer.body, "");
    const Seen fragment = handler.wait_for_fragment();
    EXPECT_EQ(fragment.reason, reason);
    EXPECT_EQ(fragment.protocol, Protocol::grpc);
    EXPECT_TRUE(handler.requests.empty());
  }
};

TEST_F(Http2Test, APlainRequestIsARequest) {
  start();
  Http2Client client(port);
  Fields fields = plain("POST", "/v1/traces?x=1");
  fields.emplace_back("x-key", "k");
  const auto answer = client.ask(fields, "hello");
  EXPECT_EQ(answer.field(":status"), "200");
  EXPECT_EQ(answer.field("content-length"), "5");
  EXPECT_THAT(answer.field("date"), MatchesRegex("..., .. ... .... ..:..:.. GMT"));
  EXPECT_EQ(answer.body, "hello");
  ASSERT_EQ(handler.requests.size(), 1);
  const Seen& request = handler.requests[0];
  EXPECT_EQ(request.protocol, Protocol::http2);
  EXPECT_EQ(request.head, ":method: POST\r\n:scheme: http\r\n:path: /v1/traces?x=1\r\n:authority: a:1\r\nx-key: k\r\n");
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/v1/traces?x=1");
  EXPECT_EQ(request.body, "hello");
  EXPECT_THAT(request.headers, ElementsAre(Pair(":scheme", "http"), Pair(":authority", "a:1"), Pair("x-key", "k")));
  handler.wait_for([&] { return handler.outcomes.size() == 1; });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(0, Outcome::written)));
}

TEST_F(Http2Test, OpensItsWindowsAndLimits) {
  start({.head_bytes = 5000});
  Http2Client client(port);
  client.ask(plain("GET", "/"), "");
  EXPECT_EQ(client.settings[NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE], 1 << 20);
  EXPECT_EQ(client.settings[NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS], 100);
  EXPECT_EQ(client.settings[NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE], 5000);
  EXPECT_EQ(nghttp2_session_get_remote_window_size(client.session), 16 << 20);
}

TEST_F(Http2Test, HeadersAreWrittenAsHttp2WantsThem) {
  start();
  Outgoing out;
  out.reply = {.status = 404, .headers = {{"X-Upper", "Yes"}, {"Connection", "close"}, {"Date", "then"}}, .body = "no"};
  answer_with(out);
  Http2Client client(port);
  const auto answer = client.ask(plain("GET", "/"), "");
  EXPECT_THAT(answer.head, ElementsAre(Pair(":status", "404"), Pair("x-upper", "Yes"), Pair("date", "then"),
                                       Pair("content-length", "2")));
  const auto head_only = client.ask(plain("HEAD", "/"), "");
  EXPECT_EQ(head_only.field("content-length"), "2");
  EXPECT_EQ(head_only.body, "");
}

TEST_F(Http2Test, ManyStreamsAtOnceKeepTheirBodies) {
  start();
  Http2Client client(port);
  std::vector<std::int32_t> ids;
  for (int i = 0; i < 90; ++i) ids.push_back(client.start(plain("POST", "/"), std::to_string(i), false));
  for (int i = 0; i < 90; ++i) client.more(ids[static_cast<std::size_t>(i)], "!", true);
  for (int i = 0; i < 90; ++i) EXPECT_EQ(client.finish(ids[static_cast<std::size_t>(i)]).body, fmt::format("{}!", i));
}

TEST_F(Http2Test, LargeBodiesPassInBothDirections) {
  start();
  std::string large(20 << 20, 'x');
  for (std::size_t i = 0; i < large.size(); i += 1000) large[i] = static_cast<char>('a' + i / 1000 % 26);
  Http2Client client(port, 1 << 20);
  const std::int32_t id = client.start(plain("POST", "/"), large);
  EXPECT_EQ(client.finish(id).body, large);
}

TEST_F(Http2Test, AReaderWithASmallWindowGetsItsReplyInPieces) {
  start();
  Http2Client client(port, 100);
  EXPECT_EQ(client.ask(plain("POST", "/"), std::string(50'000, 'a')).body, std::string(50'000, 'a'));
}

TEST_F(Http2Test, TakesOneByteAtATime) {
  start();
  Http2Client client(port);
  const std::int32_t id = client.start(plain("POST", "/"), "", false);
  for (const char byte : std::string("dripping")) client.more(id, {&byte, 1}, false);
  client.more(id, "", true);
  EXPECT_EQ(client.finish(id).body, "dripping");
}

TEST_F(Http2Test, ThePrefaceMayDrip) {
  start();
  Client raw(port);
  for (const char byte : std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
    raw.send({&byte, 1});
    settle();
  }
  raw.send(std::string("\0\0\0\4\0\0\0\0\0", 9));  // SETTINGS
  EXPECT_FALSE(raw.read_until([](auto bytes) { return bytes.size() >= 9; }).empty());
  EXPECT_TRUE(handler.fragments.empty());
}

TEST_F(Http2Test, AnswersLate) {
  start();
  handler.answer = [this](const Request& request, std::shared_ptr<Responder> responder) {
    if (request.target == "/late") {
      server.after(30ms, [responder] { responder->reply({.reply = {.body = "late"}}); });
    } else {
      responder->reply({.reply = {.body = "at once"}});
    }
  };
  Http2Client client(port);
  const std::int32_t late = client.start(plain("GET", "/late"), "");
  EXPECT_EQ(client.ask(plain("GET", "/"), "").body, "at once");
  EXPECT_FALSE(client.answers[late].closed);
  EXPECT_EQ(client.finish(late).body, "late");
}

TEST_F(Http2Test, DelayHoldsTheReplyBack) {
  start();
  Outgoing out;
  out.delay = 80ms;
  answer_with(out);
  Http2Client client(port);
  const auto before = std::chrono::steady_clock::now();
  client.ask(plain("GET", "/"), "");
  EXPECT_GE(std::chrono::steady_clock::now() - before, 80ms);
}

TEST_F(Http2Test, ResetCutsTheStreamAlone) {
  start();
  handler.answer = [](const Request& request, std::shared_ptr<Responder> responder) {
    responder->reply({.ordinal = 5, .recorded = true, .reset = request.target == "/reset"});
  };
  Http2Client client(port);
  EXPECT_EQ(client.ask(plain("GET", "/reset"), "").error, NGHTTP2_INTERNAL_ERROR);
  handler.wait_for([&] { return handler.outcomes.size() == 1; });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(5, Outcome::cut_by_fault)));
  EXPECT_EQ(client.ask(plain("GET", "/"), "").field(":status"), "200");
}

TEST_F(Http2Test, CutEndsTheReplyInTheMiddleOfTheStream) {
  start();
  handler.answer = [](const Request& request, std::shared_ptr<Responder> responder) {
    Outgoing out;
    out.reply.body = "whole";
    out.ordinal = 6;
    out.recorded = true;
    if (request.target == "/cut") out.cut = 2;
    responder->reply(std::move(out));
  };
  Http2Client client(port);
  const auto cut = client.ask(plain("GET", "/cut"), "");
  EXPECT_EQ(cut.field("content-length"), "5");
  EXPECT_EQ(cut.body, "wh");
  EXPECT_EQ(cut.error, NGHTTP2_INTERNAL_ERROR);
  handler.wait_for([&] { return handler.outcomes.size() == 1; });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(6, Outcome::cut_by_fault)));
  EXPECT_EQ(client.ask(plain("GET", "/"), "").body, "whole");
}

TEST_F(Http2Test, AStreamResetBeforeItsRequestIsWholeIsAFragment) {
  start();
  Http2Client client(port);
  const std::int32_t id = client.start(plain("POST", "/half"), "half", false);
  client.reset(id);
  const Seen fragment = handler.wait_for_fragment();
  EXPECT_EQ(fragment.reason, Refusal::Reason::cut);
  EXPECT_EQ(fragment.target, "/half");
  EXPECT_EQ(fragment.body, "half");
  EXPECT_THAT(fragment.detail, HasSubstr("CANCEL"));
}

TEST_F(Http2Test, AStreamResetBeforeItsReplyIsReported) {
  start();
  std::shared_ptr<Responder> kept;
  handler.answer = [&](const Request&, std::shared_ptr<Responder> responder) { kept = std::move(responder); };
  Http2Client client(port);
  client.reset(client.start(plain("POST", "/"), "x"));
  settle();
  on_io([&] {
    kept->reply({.ordinal = 9, .recorded = true});
    kept.reset();
  });
  handler.wait_for([&] { return handler.outcomes.size() == 1; });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(9, Outcome::peer_gone)));
}

TEST_F(Http2Test, AReplyThatNeverLeftWholeIsReported) {
  start();
  handler.answer = [](const Request&, std::shared_ptr<Responder> responder) {
    responder->reply({.reply = {.body = std::string(1000, 'r')}, .ordinal = 4, .recorded = true});
  };
  // The window is too small for the reply, so its end waits in the server.
  Http2Client stream_reset(port, 100);
  const std::int32_t id = stream_reset.start(plain("GET", "/"), "");
  while (stream_reset.answers[id].body.empty()) ASSERT_TRUE(stream_reset.read());
  stream_reset.reset(id);
  handler.wait_for([&] { return handler.outcomes.size() == 1; });
  {
    Http2Client connection_closed(port, 100);
    connection_closed.start(plain("GET", "/"), "");
    settle();
  }
  handler.wait_for([&] { return handler.outcomes.size() == 2; });
  Http2Client side_ended(port, 100);
  const std::int32_t cut = side_ended.start(plain("GET", "/"), "");
  while (side_ended.answers[cut].body.size() < 100) ASSERT_TRUE(side_ended.read());
  side_ended.client.end_sending();
  side_ended.read_to_the_end();
  handler.wait_for([&] { return handler.outcomes.size() == 3; });
  EXPECT_THAT(handler.outcomes, Each(Pair(4, Outcome::peer_gone)));
}

TEST_F(Http2Test, AConnectionCutInTheMiddleIsAFragmentPerStream) {
  start();
  {
    Http2Client client(port);
    client.start(plain("POST", "/1"), "half", false);
    client.start(plain("POST", "/2"), "half", false);
    settle();
  }
  handler.wait_for([&] { return handler.fragments.size() == 2; });
  EXPECT_EQ(handler.fragments[0].reason, Refusal::Reason::cut);
}

TEST_F(Http2Test, APeerThatEndedItsSideGetsItsReply) {
  start();
  handler.answer = [this](const Request&, std::shared_ptr<Responder> responder) {
    server.after(10ms, [responder] { responder->reply({.reply = {.body = "late"}}); });
  };
  Http2Client client(port);
  const std::int32_t id = client.start(plain("GET", "/"), "");
  client.client.end_sending();
  EXPECT_EQ(client.finish(id).body, "late");
}

TEST_F(Http2Test, TheBodyLimitIsExact) {
  start({.body_bytes = 100});
  Http2Client client(port);
  EXPECT_EQ(client.ask(plain("POST", "/"), std::string(100, 'a')).field(":status"), "200");
  const auto answer = client.ask(plain("POST", "/big"), std::string(101, 'a'));
  EXPECT_EQ(answer.field(":status"), "400");
  EXPECT_EQ(answer.body, "refused");
  EXPECT_EQ(handler.wait_for_fragment().reason, Refusal::Reason::body_too_large);
  EXPECT_EQ(client.ask(plain("POST", "/"), "small").body, "small");
}

TEST_F(Http2Test, AnUploadThatIsTooLargeIsStopped) {
  start({.body_bytes = 100});
  Http2Client client(port);
  const std::int32_t id = client.start(plain("POST", "/"), std::string(200, 'a'), false);
  const auto& answer = client.finish(id);  // though the request never ends
  EXPECT_EQ(answer.body, "refused");
  EXPECT_EQ(answer.error, NGHTTP2_NO_ERROR);
}

TEST_F(Http2Test, TheHeadLimitHolds) {
  start({.head_bytes = 1000});
  Http2Client client(port);
  Fields fields = plain("GET", "/");
  fields.emplace_back("x", std::string(1000, 'a'));
  EXPECT_EQ(client.ask(fields, "").field(":status"), "400");
  EXPECT_EQ(handler.wait_for_fragment().reason, Refusal::Reason::head_too_large);
  EXPECT_EQ(client.ask(plain("GET", "/"), "").field(":status"), "200");
}

TEST_F(Http2Test, ABodyThatStopsComingTimesOut) {
  start({.body_timeout = 60ms});
  Http2Client client(port);
  const std::int32_t id = client.start(plain("POST", "/slow"), "half", false);
  EXPECT_EQ(client.finish(id).body, "refused");
  EXPECT_EQ(handler.wait_for_fragment().reason, Refusal::Reason::timeout);
}

TEST_F(Http2Test, AnIdleConnectionIsSentAway) {
  start({.idle_timeout = 60ms});
  Http2Client client(port);
  client.ask(plain("GET", "/"), "");
  client.read_to_the_end();
  EXPECT_TRUE(client.went_away);
  EXPECT_EQ(client.goaway_error, NGHTTP2_NO_ERROR);
}

TEST_F(Http2Test, StopLetsRepliesLeaveAndSaysGoaway) {
  start();
  handler.answer = [this](const Request&, std::shared_ptr<Responder> responder) {
    server.stop();
    server.after(50ms, [responder] { responder->reply({.reply = {.body = "before the end"}}); });
  };
  Http2Client client(port);
  EXPECT_EQ(client.ask(plain("GET", "/"), "").body, "before the end");
  client.read_to_the_end();
  EXPECT_TRUE(client.went_away);
  thread.join();
}

TEST_F(Http2Test, AReplyThatClosesSaysGoaway) {
  start();
  Outgoing out;
  out.reply.close = true;
  answer_with(out);
  Http2Client client(port);
  EXPECT_EQ(client.ask(plain("GET", "/"), "").field(":status"), "200");
  client.read_to_the_end();
  EXPECT_TRUE(client.went_away);
}

TEST_F(Http2Test, BadFramesAreAFragment) {
  start();
  Client raw(port);
  raw.send(std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") +
           std::string("\0\0\1\0\0\0\0\0\0x", 10));  // DATA on stream 0
  raw.read_all();
  EXPECT_EQ(handler.wait_for_fragment().reason, Refusal::Reason::bad_head);
}

// As grpc-go takes its leave: GOAWAY with the client's own last stream.
TEST_F(Http2Test, AGoawayThatNamesTheClientsStreamIsNoFragment) {
  start();
  Http2Client client(port);
  client.ask(plain("GET", "/"), "");
  client.client.send(std::string("\0\0\x8\7\0\0\0\0\0\0\0\0\1\0\0\0\0", 17));
  client.read_to_the_end();
  ask(post("after it"));  // whatever the first connection had to say is said
  EXPECT_THAT(handler.fragments, IsEmpty());
}

TEST_F(Http2Test, BadHeadersAreAFragment) {
  start();
  Http2Client client(port);
  Fields fields = plain("GET", "/bad");
  fields.emplace_back("connection", "close");
  EXPECT_EQ(client.ask(fields, "").error, NGHTTP2_PROTOCOL_ERROR);
  const Seen fragment = handler.wait_for_fragment();
  EXPECT_EQ(fragment.reason, Refusal::Reason::bad_head);
  EXPECT_EQ(fragment.target, "/bad");
}

TEST_F(Http2Test, AWrongContentLengthIsAFragment) {
  start();
  Http2Client client(port);
  Fields fields = plain("POST", "/");
  fields.emplace_back("content-length", "10");
  EXPECT_EQ(client.ask(fields, "five.").error, NGHTTP2_PROTOCOL_ERROR);
  EXPECT_EQ(handler.wait_for_fragment().reason, Refusal::Reason::bad_head);
}

TEST_F(Http2Test, AFloodOfResetsIsStopped) {
  start();
  Http2Client client(port);
  int sent = 0;
  while (sent < 20'000 && !client.went_away) {
    for (int i = 0; i < 50; ++i, ++sent) client.reset(client.start(plain("POST", "/"), "", false));
    pollfd one{client.client.fd(), POLLIN, 0};
    while (::poll(&one, 1, 0) == 1 && client.read()) {
    }
    if (!client.flush()) break;
  }
  client.read_to_the_end();
  EXPECT_LT(sent, 20'000);
  EXPECT_EQ(body_of(ask(post("others are served"))), "others are served");
}

TEST_F(Http2Test, AFloodOfContinuationsIsStopped) {
  start();
  Client raw(port);
  raw.send(std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + std::string("\0\0\0\4\0\0\0\0\0", 9) +
           std::string("\0\0\1\1\0\0\0\0\1\x82", 10));  // HEADERS without END_HEADERS
  for (int i = 0; i < 100; ++i) raw.send(std::string("\0\0\1\x9\0\0\0\0\1\x84", 10));
  raw.read_all();  // the server ends it
  EXPECT_THAT(handler.wait_for_fragment().detail, HasSubstr("CONTINUATION"));
}

TEST_F(Http2Test, AUnaryCallIsAnswered) {
  start();
  answer_calls();
  Http2Client client(port);
  const auto answer = client.ask(call(), framed("spans"));
  EXPECT_THAT(answer.head, ElementsAre(Pair(":status", "200"), Pair("content-type", "application/grpc")));
  EXPECT_EQ(answer.body, framed("re: spans"));
  EXPECT_THAT(answer.trailers, ElementsAre(Pair("grpc-status", "0"), Pair("grpc-message", "")));
  ASSERT_EQ(handler.requests.size(), 1);
  EXPECT_EQ(handler.requests[0].protocol, Protocol::grpc);
  EXPECT_EQ(handler.requests[0].target, "/a.B/Export");
  EXPECT_EQ(handler.requests[0].body, "spans");
  EXPECT_FALSE(handler.requests[0].grpc_compressed);
  handler.wait_for([&] { return handler.outcomes.size() == 1; });
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(0, Outcome::written)));
}

TEST_F(Http2Test, AnEmptyMessageIsAMessage) {
  start();
  Outgoing out;
  out.reply.grpc_status = 0;
  answer_with(out);
  const auto answer = Http2Client(port).ask(call(), framed(""));
  EXPECT_EQ(answer.body, framed(""));
  EXPECT_EQ(answer.grpc("grpc-status"), "0");
  EXPECT_EQ(handler.requests[0].body, "");
}

TEST_F(Http2Test, AnErrorIsTrailersOnly) {
  start();
  Outgoing out;
  out.reply.grpc_status = 16;
  out.reply.grpc_message = "100% naïve\n";
  answer_with(out);
  const auto answer = Http2Client(port).ask(call(), framed("x"));
  EXPECT_THAT(answer.head, ElementsAre(Pair(":status", "200"), Pair("content-type", "application/grpc"),
                                       Pair("grpc-status", "16"), Pair("grpc-message", "100%25 na%C3%AFve%0A")));
  EXPECT_TRUE(answer.trailers.empty());
}

TEST_F(Http2Test, AFaultMayAnswerACallWithHttpAlone) {
  start();
  Outgoing out;
  out.reply = {.status = 503, .body = "unavailable"};
  answer_with(out);
  const auto answer = Http2Client(port).ask(call(), framed("x"));
  EXPECT_EQ(answer.field(":status"), "503");
  EXPECT_EQ(answer.grpc("grpc-status"), "<absent>");
}

TEST_F(Http2Test, ACompressedMessageIsPassedOnAsItIs) {
  start();
  answer_calls();
  Fields fields = call();
  fields.emplace_back("grpc-encoding", "gzip");
  Http2Client(port).ask(fields, framed("zipped", 1));
  ASSERT_EQ(handler.requests.size(), 1);
  EXPECT_TRUE(handler.requests[0].grpc_compressed);
  EXPECT_EQ(handler.requests[0].body, "zipped");
}

TEST_F(Http2Test, TheSubtypeComesBack) {
  start();
  answer_calls();
  Fields fields = plain("POST", "/a.B/C");
  fields.emplace_back("content-type", "application/grpc+proto");
  EXPECT_EQ(Http2Client(port).ask(fields, framed("x")).field("content-type"), "application/grpc+proto");
}

TEST_F(Http2Test, AMessageInManyPiecesIsOneMessage) {
  start();
  answer_calls();
  Http2Client client(port);
  const std::int32_t id = client.start(call(), "", false);
  const std::string message = framed(std::string(1000, 'm'));
  for (std::size_t i = 0; i < message.size(); i += 3) client.more(id, message.substr(i, 3), i + 3 >= message.size());
  EXPECT_EQ(client.finish(id).body, framed("re: " + std::string(1000, 'm')));
}

TEST_F(Http2Test, TheMessageLimitIsExact) {
  start({.body_bytes = 100});
  answer_calls();
  EXPECT_EQ(Http2Client(port).ask(call(), framed(std::string(100, 'm'))).grpc("grpc-status"), "0");
  handler.requests.clear();
  expect_call_refused(call(), framed(std::string(101, 'm')), "8",
                      "grpc: received message larger than max (101 vs. 100)", Refusal::Reason::body_too_large);
}

TEST_F(Http2Test, AMessageThatSaysItIsTooLargeIsRefusedBeforeItComes) {
  start({.body_bytes = 1000});
  Http2Client client(port);
  const std::int32_t id = client.start(call(), std::string("\0\x7f\xff\xff\xff", 5), false);
  EXPECT_EQ(client.finish(id).grpc("grpc-message"), "grpc: received message larger than max (2147483647 vs. 1000)");
}

TEST_F(Http2Test, ACallHasExactlyOneMessage) {
  start();
  expect_call_refused(call(), "", "2", "EOF", Refusal::Reason::bad_head);
  expect_call_refused(call(), std::string("\0\0\0", 3), "2", "unexpected EOF", Refusal::Reason::bad_head);
  expect_call_refused(call(), framed("message").substr(0, 8), "2", "unexpected EOF", Refusal::Reason::bad_head);
  expect_call_refused(call(), framed("one") + framed("two"), "13",
                      "cardinality violation: received multiple request messages for non-client-streaming RPC",
                      Refusal::Reason::bad_head);
}

TEST_F(Http2Test, TheFlagMustFitTheEncoding) {
  start();
  expect_call_refused(call(), framed("x", 1), "13", "grpc: compressed flag set with identity or empty encoding",
                      Refusal::Reason::bad_head);
  expect_call_refused(call(), framed("x", 2), "13", "grpc: received unexpected payload format 2",
                      Refusal::Reason::bad_head);
}

TEST_F(Http2Test, ACallMustBeAPostOfAKnownType) {
  start();
  Fields wrong_type = plain("POST", "/a.B/C");
  wrong_type.emplace_back("content-type", "application/grpcx");
  expect_call_refused(wrong_type, framed("x"), "3", "invalid gRPC request content-type \"application/grpcx\"",
                      Refusal::Reason::bad_head);
  Fields get = plain("GET", "/a.B/C");
  get.emplace_back("content-type", "application/grpc");
  expect_call_refused(get, framed("x"), "13", "Received a HEADERS frame with :method \"GET\" which should be POST",
                      Refusal::Reason::bad_head);
  Http2Client client(port);
  EXPECT_EQ(client.ask(wrong_type, framed("x")).field(":status"), "415");
  EXPECT_EQ(client.ask(get, framed("x")).field(":status"), "405");
}

TEST_F(Http2Test, AVendorsOwnWordsForARefusedCallCount) {
  start({.body_bytes = 10});
  handler.refusal_reply = {.grpc_status = 8, .grpc_message = "too much for us"};
  EXPECT_EQ(Http2Client(port).ask(call(), framed(std::string(11, 'm'))).grpc("grpc-message"), "too much for us");
}

TEST_F(Http2Test, OneSessionServesManyCalls) {
  start();
  answer_calls();
  Http2Client client(port);
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(client.ask(call(), framed(std::to_string(i))).body, framed(fmt::format("re: {}", i)));
  }
}

// ---- replies that go on

// A handler whose every answer is such a reply, recorded as exchange 7, that begins with "first".
class Http2StreamTest : public Http2Test {
 protected:
  void SetUp() override {
    handler.answer = [this](const Request& request, std::shared_ptr<Responder> responder) {
      if (request.method == "PUT") return handler.echo(request, *responder);
      Outgoing head;
      head.reply.body = "first";
      if (request.protocol == Protocol::grpc) head.reply.grpc_status = 0;
      head.ordinal = 7;
      head.recorded = true;
      stream = responder->stream(std::move(head));
    };
  }
  // Reads until so much of the reply's body has come.
  void read_body(Http2Client& client, std::int32_t id, std::string_view body) {
    while (client.answers[id].body.size() < body.size() && client.read()) {
    }
    EXPECT_EQ(client.answers[id].body, body);
    EXPECT_FALSE(client.answers[id].closed);
  }
  void write(std::string_view piece) {
    on_io([&] { EXPECT_TRUE(stream->write(piece)); });
  }
  void close() {
    on_io([&] { stream.reset(); });
  }

  std::shared_ptr<Stream> stream;
};

TEST_F(Http2StreamTest, GoesOnPieceByPieceBesideOthers) {
  start();
  Http2Client client(port);
  const std::int32_t id = client.start(plain("GET", "/"), "");
  read_body(client, id, "first");
  EXPECT_EQ(client.answers[id].field("content-length"), "<absent>");
  write("second");
  read_body(client, id, "firstsecond");
  EXPECT_EQ(client.ask(plain("PUT", "/"), "another").body, "another");
  on_io([&] { EXPECT_EQ(handler.outcomes.size(), 1u) << "the other's alone"; });
  close();
  EXPECT_EQ(client.finish(id).body, "firstsecond");
  EXPECT_EQ(client.answers[id].error, 0u);
  handler.wait_for([this] { return handler.outcomes.size() == 2; });
  EXPECT_EQ(handler.outcomes.back(), std::pair(std::uint64_t{7}, Outcome::written));
  end();
}

TEST_F(Http2StreamTest, APieceIsAMessageOverGrpc) {
  start();
  Http2Client client(port);
  const std::int32_t id = client.start(call(), framed("x"));
  read_body(client, id, framed("first"));
  write("second");
  write("");
  read_body(client, id, framed("first") + framed("second"));
  close();
  EXPECT_EQ(client.finish(id).grpc("grpc-status"), "0");
  EXPECT_THAT(outcomes(), ElementsAre(Pair(7, Outcome::written)));
  end();
}

TEST_F(Http2StreamTest, EndsWithItsReader) {
  start();
  Http2Client client(port);
  const std::int32_t id = client.start(plain("GET", "/"), "");
  read_body(client, id, "first");
  client.reset(id);
  EXPECT_THAT(outcomes(), ElementsAre(Pair(7, Outcome::peer_gone))) << "nothing has to be written to see it";
  on_io([&] { EXPECT_FALSE(stream->write("more")); });
  close();
  EXPECT_EQ(client.ask(plain("PUT", "/"), "another").body, "another");
  end();
}

TEST_F(Http2StreamTest, EndsWithTheConnection) {
  start();
  Http2Client client(port);
  read_body(client, client.start(plain("GET", "/"), ""), "first");
  client.client.reset();
  EXPECT_THAT(outcomes(), ElementsAre(Pair(7, Outcome::peer_gone)));
  on_io([&] { EXPECT_FALSE(stream->write("more")); });
  close();
  end();
}

TEST_F(Http2StreamTest, EndsWithThePeersSideOfTheConnection) {
  start();
  Http2Client client(port);
  const std::int32_t id = client.start(plain("GET", "/"), "");
  read_body(client, id, "first");
  client.client.end_sending();
  EXPECT_EQ(client.finish(id).error, NGHTTP2_INTERNAL_ERROR);
  EXPECT_THAT(outcomes(), ElementsAre(Pair(7, Outcome::peer_gone)));
  close();
  end();
}

TEST_F(Http2StreamTest, EndsWithTheServer) {
  start();
  Http2Client client(port);
  const std::int32_t id = client.start(call(), framed("x"));
  read_body(client, id, framed("first"));
  end();
  EXPECT_EQ(client.finish(id).grpc("grpc-status"), "0");
  EXPECT_THAT(handler.outcomes, ElementsAre(Pair(7, Outcome::written)));
  EXPECT_FALSE(stream->write("more"));
}

TEST_F(Http2StreamTest, ASlowReaderLosesItAndItHoldsLittle) {
  start({.pipelined_bytes = 64 * 1024});
  Http2Client client(port);
  const std::int32_t id = client.start(plain("GET", "/"), "");
  read_body(client, id, "first");
  std::size_t written = 0;
  on_io([&] {
    const std::string piece(1000, 'e');
    while (written < 100'000'000 && stream->write(piece)) written += piece.size();
    EXPECT_FALSE(stream->write("x")) << "it stays false";
  });
  EXPECT_LT(written, 1'000'000);
  EXPECT_EQ(client.finish(id).error, NGHTTP2_INTERNAL_ERROR);
  EXPECT_THAT(outcomes(), ElementsAre(Pair(7, Outcome::peer_gone)));
  EXPECT_EQ(client.ask(plain("PUT", "/"), "another").body, "another");
  close();
  end();
}

}  // namespace
}  // namespace understudy::transport
