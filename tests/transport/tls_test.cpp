// TLS beside plain HTTP on one port, with OpenSSL's own client.
#include "transport/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "tests/transport/http2_client.h"
#include "tests/transport/wire.h"
#include "tls/certificate.h"
#include "transport/tls_session.h"

namespace understudy::transport {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Reason = Refusal::Reason;

const std::vector<std::string> hosts{"api.vendor.example"};

struct TestAuthority {
  TestAuthority() : key(tls::make_key()), certificate(tls::make_authority_certificate(*key, hosts)) {}
  tls::Key key;
  tls::Certificate certificate;
};

const TestAuthority& authority() {
  static const TestAuthority made;
  return made;
}

struct As {
  std::string name = "api.vendor.example";  // "": none
  std::string protocols{};                  // as ALPN's wire format has them
  bool trusts = true;
  std::size_t at_once = SIZE_MAX;  // bytes a segment
};

// A TLS client whose bytes go over a Client, so that each of them is in the test's hand.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, As as = {}) : wire(port), at_once_(as.at_once) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (as.trusts) X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority().certificate.get());
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl_.get());
    if (!as.name.empty()) {
      SSL_set_tlsext_host_name(ssl_.get(), as.name.c_str());
      SSL_set1_host(ssl_.get(), as.name.c_str());
    }
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(as.protocols.data()),
                        static_cast<unsigned>(as.protocols.size()));
  }

  bool shake_hands() {
    return drive([this] { return SSL_do_handshake(ssl_.get()); });
  }
  bool say(std::string_view plain) {
    return drive([&] { return SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size())); });
  }
  // "" at the end, which `ended_well` says the manner of.
  std::string hear() {
    char bytes[16384];
    int count = 0;
    drive([&] { return count = SSL_read(ssl_.get(), bytes, sizeof bytes); });
    ended_well = SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN;
    return {bytes, static_cast<std::size_t>(std::max(count, 0))};
  }
  std::string hear_all() {
    std::string all;
    for (std::string part = hear(); !part.empty(); part = hear()) all += part;
    return all;
  }
  void say_goodbye() {
    SSL_shutdown(ssl_.get());
    flush();
  }
  // The bytes of the next step that the client would send.
  std::string take_wire() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
    std::string bytes(data, static_cast<std::size_t>(size));
    BIO_reset(SSL_get_wbio(ssl_.get()));
    return bytes;
  }
  std::string hello() {
    SSL_do_handshake(ssl_.get());
    return take_wire();
  }
  std::string protocol() {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  std::string last_error;
  bool ended_well = false;
  Client wire;

 private:
  template <typename Step>
  bool drive(Step&& step) {
    for (;;) {
      ERR_clear_error();
      const int done = step();
      const int error = SSL_get_error(ssl_.get(), done);
      if (done <= 0 && error != SSL_ERROR_WANT_READ) last_error = tls::openssl_error();
      flush();
      if (done > 0) return true;
      if (error != SSL_ERROR_WANT_READ || !feed()) return false;
    }
  }
  void flush() {
    const std::string bytes = take_wire();
    for (std::size_t at = 0; at < bytes.size(); at += std::min(at_once_, bytes.size() - at)) {
      wire.send(std::string_view(bytes).substr(at, at_once_));
    }
  }
  bool feed() {
    pollfd one{wire.fd(), POLLIN, 0};
    if (::poll(&one, 1, 20'000) != 1) {
      ADD_FAILURE() << "nothing came within 20 s";
      return false;
    }
    char bytes[65536];
    const ssize_t count = ::recv(wire.fd(), bytes, sizeof bytes, 0);
    if (count > 0) BIO_write(SSL_get_rbio(ssl_.get()), bytes, static_cast<int>(count));
    return count > 0;
  }

  std::size_t at_once_;
  std::unique_ptr<SSL_CTX, tls::FreeWith<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, tls::FreeWith<SSL_free>> ssl_;
};

class TlsTest : public ServerTest {
 protected:
  void start(Limits limits = {}) {
    auto shown =
        std::make_shared<Tls>(TlsSettings{tls::pem_of(*authority().certificate), tls::pem_of(*authority().key), hosts});
    const auto opened = server.listen({.door = "door", .limits = limits, .tls = shown}, handler);
    ASSERT_TRUE(opened) << opened.error();
    port = *opened;
    thread = std::thread([this] { server.run(); });
  }
  std::string ask_over(TlsClient& client, std::string_view request) {
    EXPECT_TRUE(client.say(request)) << client.last_error;
    std::string reply = client.hear();
    while (body_of(reply).empty()) {
      const std::string more = client.hear();
      if (more.empty()) break;
      reply += more;
    }
    return reply;
  }
};

TEST_F(TlsTest, Http1OverTls) {
  start();
  TlsClient client(port, {.protocols = std::string("\x08http/1.1", 9)});
  ASSERT_TRUE(client.shake_hands()) << client.last_error;
  EXPECT_EQ(client.protocol(), "http/1.1");
  for (const std::string body : {"one", "two"}) {
    EXPECT_THAT(ask_over(client, post(body)), StartsWith("HTTP/1.1 200"));
    const std::lock_guard lock(handler.mutex);
    EXPECT_EQ(handler.requests.back().body, body);
    EXPECT_EQ(handler.requests.back().protocol, recording::Protocol::http1);
  }
  handler.wait_for([this] { return handler.outcomes.size() == 2; });
  EXPECT_EQ(handler.outcomes[0].second, Outcome::written);
}

TEST_F(TlsTest, Http2OverTlsIsPreferred) {
  start();
  TlsClient client(port, {.protocols = std::string("\x08http/1.1\x02h2", 12)});
  ASSERT_TRUE(client.shake_hands()) << client.last_error;
  EXPECT_EQ(client.protocol(), "h2");
  // The preface, empty SETTINGS, and HEADERS: GET http / from HPACK's static table, and :authority "x".
  client.say(std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33) +
             std::string("\0\0\6\1\5\0\0\0\1\x82\x86\x84\1\1x", 15));
  ASSERT_TRUE(handler.wait_for([this] { return handler.requests.size() + handler.fragments.size() == 1; }));
  ASSERT_EQ(handler.requests.size(), 1u) << handler.fragments[0].detail;
  EXPECT_EQ(handler.requests[0].protocol, recording::Protocol::http2);
  EXPECT_FALSE(client.hear().empty());
}

TEST_F(TlsTest, AProtocolThatNobodySpeaksIsRefused) {
  start();
  TlsClient client(port, {.protocols = std::string("\x03smb", 4)});
  EXPECT_FALSE(client.shake_hands());
  EXPECT_EQ(handler.wait_for_fragment().reason, Reason::tls_failed);
}

TEST_F(TlsTest, PlainStaysOnTheSamePort) {
  start();
  TlsClient client(port);
  ASSERT_TRUE(client.shake_hands()) << client.last_error;
  EXPECT_EQ(body_of(ask(post("plain"))), "plain");
  EXPECT_EQ(body_of(ask_over(client, post("secret"))), "secret");
}

TEST_F(TlsTest, LocalNamesAndNoNameAtAll) {
  start();
  for (const std::string name : {"localhost", "LOCALHOST", "vendors", ""}) {
    TlsClient client(port, {.name = name});
    EXPECT_TRUE(client.shake_hands()) << name << ": " << client.last_error;
  }
}

TEST_F(TlsTest, AForeignNameIsRefusedAndNamed) {
  start();
  TlsClient client(port, {.name = "bank.example"});
  EXPECT_FALSE(client.shake_hands());
  EXPECT_THAT(client.last_error, HasSubstr("unrecognized name"));
  const Seen fragment = handler.wait_for_fragment();
  EXPECT_EQ(fragment.reason, Reason::tls_unknown_host);
  EXPECT_THAT(fragment.detail, HasSubstr("\"bank.example\""));
  EXPECT_EQ(fragment.door, "door");
  EXPECT_THAT(fragment.body, StartsWith("\x16\x03"));
}

TEST_F(TlsTest, AClientThatDoesNotTrustTheCaIsNamed) {
  start();
  TlsClient client(port, {.trusts = false});
  EXPECT_FALSE(client.shake_hands());
  const Seen fragment = handler.wait_for_fragment();
  EXPECT_EQ(fragment.reason, Reason::tls_failed);
  EXPECT_THAT(fragment.detail, HasSubstr("unknown CA"));
  EXPECT_THAT(fragment.detail, HasSubstr("does not trust the certificate"));
  EXPECT_THAT(fragment.detail, HasSubstr("\"api.vendor.example\""));
}

TEST_F(TlsTest, ByteByByte) {
  start();
  TlsClient client(port, {.at_once = 1});
  ASSERT_TRUE(client.shake_hands()) << client.last_error;
  EXPECT_EQ(body_of(ask_over(client, post("slow"))), "slow");
}

TEST_F(TlsTest, ACutHandshakeIsAFragment) {
  start();
  TlsClient whole(port);
  const std::string hello = whole.hello();
  std::size_t cuts = 0;
  for (const std::size_t length : {std::size_t{2}, std::size_t{5}, hello.size() / 2, hello.size()}) {
    Client client(port);
    client.send(std::string_view(hello).substr(0, length));
    client.end_sending();
    ++cuts;
    handler.wait_for([&] { return handler.fragments.size() == cuts; });
    EXPECT_EQ(handler.fragments.back().reason, Reason::tls_failed);
    EXPECT_EQ(handler.fragments.back().body, hello.substr(0, length));
    EXPECT_THAT(handler.fragments.back().detail, HasSubstr("during the handshake"));
  }
}

TEST_F(TlsTest, NoiseAfterAHelloIsAFragment) {
  start();
  TlsClient client(port);
  client.wire.send(client.hello());
  client.wire.send(std::string(200, 'x'));
  EXPECT_EQ(handler.wait_for_fragment().reason, Reason::tls_failed);
  client.wire.read_all();  // it ends
}

TEST_F(TlsTest, AHandshakeHasItsTime) {
  start({.head_timeout = 20ms});
  TlsClient client(port);
  client.wire.send(client.hello());
  const Seen fragment = handler.wait_for_fragment();
  EXPECT_EQ(fragment.reason, Reason::tls_failed);
  EXPECT_THAT(fragment.detail, HasSubstr("did not come to its end"));
}

TEST_F(TlsTest, LeavingAfterTheHandshakeIsSeen) {
  start();
  for (const bool politely : {true, false}) {
    TlsClient client(port);
    ASSERT_TRUE(client.shake_hands()) << client.last_error;
    if (politely) client.say_goodbye();
    client.wire.close();
    handler.wait_for([&] { return handler.fragments.size() == (politely ? 1u : 2u); });
    EXPECT_EQ(handler.fragments.back().reason, Reason::tls_unused);
  }
}

TEST_F(TlsTest, CloseNotifyEndsBothDirections) {
  start();
  TlsClient client(port);
  ASSERT_TRUE(client.shake_hands()) << client.last_error;
  ASSERT_TRUE(client.say(post("last")));
  client.say_goodbye();
  EXPECT_EQ(body_of(client.hear_all()), "last");
  EXPECT_TRUE(client.ended_well);
  end();
  EXPECT_TRUE(handler.fragments.empty());
}

TEST_F(TlsTest, TheServerSaysGoodbyeToo) {
  start();
  TlsClient client(port);
  ASSERT_TRUE(client.shake_hands()) << client.last_error;
  client.say(post("x", "Connection: close\r\n"));
  EXPECT_EQ(body_of(client.hear_all()), "x");
  EXPECT_TRUE(client.ended_well);
}

TEST_F(TlsTest, ARequestThatIsCutOffIsAFragmentOfIt) {
  start();
  TlsClient client(port);
  ASSERT_TRUE(client.shake_hands()) << client.last_error;
  client.say("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  client.wire.close();
  const Seen fragment = handler.wait_for_fragment();
  EXPECT_EQ(fragment.reason, Reason::cut);
  EXPECT_EQ(fragment.body, "half");
}

TEST_F(TlsTest, LargeBodiesBothWaysAndPipelined) {
  start();
  TlsClient client(port);
  ASSERT_TRUE(client.shake_hands()) << client.last_error;
  const std::string large(5'000'000, 'b');
  client.say(post(large) + post("small", "Connection: close\r\n"));
  const std::string replies = client.hear_all();
  EXPECT_GT(replies.size(), large.size());
  EXPECT_TRUE(replies.ends_with("small"));
  end();
  ASSERT_EQ(handler.outcomes.size(), 2u);
  for (const auto& [ordinal, outcome] : handler.outcomes) EXPECT_EQ(outcome, Outcome::written);
}

TEST_F(TlsTest, TlsInTlsIsNoHttp) {
  start();
  TlsClient client(port);
  ASSERT_TRUE(client.shake_hands()) << client.last_error;
  client.say(TlsClient(port).hello());
  EXPECT_EQ(handler.wait_for_fragment().reason, Reason::bad_head);
}

}  // namespace
}  // namespace understudy::transport
