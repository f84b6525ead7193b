#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "raw_server.hpp"
#include "test_client.hpp"

namespace idswitch::net::test {
namespace {

using std::chrono::milliseconds;

void answer_ok(RawConnection& connection) {
  while (connection.read_request()) {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  }
}

void expect_refused(const Identity& identity, const std::string& detail,
                    int tls_version_max = TLS1_3_VERSION) {
  RawServer server(answer_ok, identity, tls_version_max);
  TestClient client;
  const Reply reply = client.get(client.origin(server.url()));
  EXPECT_EQ(reply.transport, Transport::not_sent);
  EXPECT_NE(reply.detail.find(detail), std::string::npos) << reply.detail;
}

// One exchange with a server that does `script` after it has read the request.
Reply talk(const RawServer::Script& script, milliseconds within = std::chrono::seconds(20)) {
  RawServer server([&](RawConnection& connection) {
    connection.read_request();
    script(connection);
  });
  TestClient client;
  OriginConfig config;
  config.base_url = server.url();
  config.response_bytes_max = 1000;
  return client.call(client.origin(config), {"POST", "/", "", "x"}, within);
}

TEST(HttpClient, RefusesACertificateForAnotherHost) {
  expect_refused(authority().issue("DNS:localhost,IP:127.0.0.2"), "IP address mismatch");
  RawServer server(answer_ok, authority().issue("DNS:other.example,IP:127.0.0.1"));
  TestClient client;
  const Reply reply = client.get(client.origin(server.url("localhost")));
  EXPECT_EQ(reply.transport, Transport::not_sent);
  EXPECT_EQ(reply.detail, "certificate verify failed: hostname mismatch");
}

TEST(HttpClient, RefusesAnUnknownAuthority) {
  CertificateAuthority other;
  expect_refused(other.issue("IP:127.0.0.1"),
                 "certificate verify failed: unable to get local issuer");
}

TEST(HttpClient, RefusesAnExpiredCertificate) {
  expect_refused(authority().issue("IP:127.0.0.1", std::chrono::seconds(-60)),
                 "certificate verify failed: certificate has expired");
}

TEST(HttpClient, RefusesTls11) {
  expect_refused(loopback_identity(), "TLS failed", TLS1_1_VERSION);
}

TEST(HttpClient, SaysThatAPortIsClosed) {
  std::uint16_t port = 0;
  { port = RawServer(answer_ok).port(); }
  TestClient client;
  const Reply reply = client.get(client.origin("https://127.0.0.1:" + std::to_string(port)));
  EXPECT_EQ(reply.transport, Transport::not_sent);
  EXPECT_EQ(reply.detail, "connection refused");
}

TEST(HttpClient, SaysThatANameDoesNotResolve) {
  TestClient client;
  const Reply reply = client.call(client.origin("https://no-such-host.invalid"),
                                  {"GET", "/", "", ""}, milliseconds(5000));
  EXPECT_EQ(reply.transport, Transport::not_sent);
  EXPECT_NE(reply.detail.find("the host name d"), std::string::npos) << reply.detail;
}

// A listening socket whose queue is full: the kernel drops what comes.
class BlackHole {
 public:
  BlackHole() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    ::bind(listener_, generic, size);
    ::listen(listener_, 0);
    ::getsockname(listener_, generic, &size);
    port_ = ntohs(address.sin_port);
    for (int& filler : fillers_) {
      filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      ::connect(filler, generic, size);
    }
  }

  ~BlackHole() {
    for (const int filler : fillers_) ::close(filler);
    ::close(listener_);
  }

  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }

 private:
  int listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  int fillers_[4];
  std::uint16_t port_ = 0;
};

TEST(HttpClient, GivesUpConnectingAfterItsTime) {
  const BlackHole hole;
  TestClient client;
  OriginConfig config;
  config.base_url = hole.url();
  config.connect_timeout = milliseconds(100);
  const Reply reply = client.call(client.origin(config), {"GET", "/", "", ""});
  EXPECT_EQ(reply.transport, Transport::not_sent);
  EXPECT_EQ(reply.detail, "connect timed out");
}

TEST(HttpClient, GivesUpConnectingAtTheDeadline) {
  const BlackHole hole;
  TestClient client;
  const Reply reply =
      client.call(client.origin(hole.url()), {"GET", "/", "", ""}, milliseconds(100));
  EXPECT_EQ(reply.transport, Transport::not_sent);
  EXPECT_EQ(reply.detail, "connect timed out");
}

TEST(HttpClient, DoesNotBeginAfterTheDeadline) {
  RawServer server(answer_ok);
  TestClient client;
  const auto origin = client.origin(server.url());
  client.get(origin);
  const Reply reply = client.call(origin, {"GET", "/", "", ""}, milliseconds(-1));
  EXPECT_EQ(reply.transport, Transport::not_sent);
  EXPECT_EQ(client.get(origin).status, 200);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, TellsSilenceFromABrokenReply) {
  EXPECT_EQ(talk([](RawConnection& connection) { connection.close(); }).transport,
            Transport::sent_no_reply);
  EXPECT_EQ(talk([](RawConnection& connection) { connection.cut(); }).transport,
            Transport::sent_no_reply);
  EXPECT_EQ(talk([](RawConnection& connection) { connection.reset(); }).transport,
            Transport::sent_no_reply);
  EXPECT_EQ(talk([](RawConnection& connection) {
              connection.send("HTTP/1.1 100 Continue\r\n\r\n");
              connection.close();
            }).transport,
            Transport::sent_no_reply);

  for (const char* part :
       {"H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "<html>",
        "HTTP/1.1 200 OK\r\nA B: c\r\n\r\n"}) {
    const Reply reply = talk([&](RawConnection& connection) {
      connection.send(part);
      connection.close();
    });
    EXPECT_EQ(reply.transport, Transport::reply_broken) << part;
    EXPECT_NE(reply.detail, "");
  }
}

TEST(HttpClient, DoesNotTrustABodyThatWasCutOff) {
  const Reply reply = talk([](RawConnection& connection) {
    connection.send("HTTP/1.1 200 OK\r\n\r\nhalf of it");
    connection.cut();
  });
  EXPECT_EQ(reply.transport, Transport::reply_broken);
  EXPECT_NE(reply.detail.find("cut off"), std::string::npos);
}

TEST(HttpClient, RefusesAReplyThatIsTooBig) {
  for (const std::string& start : {std::string("Content-Length: 1001\r\n\r\n"),
                                   std::string("Transfer-Encoding: chunked\r\n\r\n3e9\r\n")}) {
    const Reply reply = talk([&](RawConnection& connection) {
      connection.send("HTTP/1.1 200 OK\r\n" + start);
      connection.read_request();
    });
    EXPECT_EQ(reply.transport, Transport::reply_too_big);
  }
}

TEST(HttpClient, KeepsTheDeadlineWhateverTheServerDoes) {
  const auto wait = [](RawConnection& connection) { connection.read_request(); };
  const Reply silent = talk(wait, milliseconds(100));
  EXPECT_EQ(silent.transport, Transport::sent_no_reply);
  EXPECT_EQ(silent.detail, "the deadline passed before a reply");
  const Reply half = talk(
      [&](RawConnection& connection) {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
        wait(connection);
      },
      milliseconds(100));
  EXPECT_EQ(half.transport, Transport::reply_broken);
  EXPECT_EQ(half.detail, "the deadline passed in the middle of the reply");
}

TEST(HttpClient, KeepsTheDeadlineWhileSending) {
  std::promise<void> end;
  RawServer server([&](RawConnection&) { end.get_future().wait(); });  // reads nothing
  TestClient client;
  const std::string body(16 * 1024 * 1024, 'a');
  const Reply reply =
      client.call(client.origin(server.url()), {"POST", "/", "", body}, milliseconds(200));
  EXPECT_EQ(reply.transport, Transport::sent_no_reply);
  EXPECT_EQ(reply.detail, "the deadline passed while sending");
  end.set_value();
}

TEST(HttpClient, EndsItsExchangesWhenItIsDestroyed) {
  std::promise<void> arrived;
  RawServer server([&](RawConnection& connection) {
    connection.read_request();
    arrived.set_value();
    connection.read_request();
  });
  TestClient client;
  OriginConfig config;
  config.base_url = server.url();
  config.connections_max = 1;
  const auto origin = client.origin(config);
  auto running = client.begin(origin, {"GET", "/", "", ""});
  arrived.get_future().wait();
  auto waiting = client.begin(origin, {"GET", "/", "", ""});
  client.destroy_client();
  EXPECT_EQ(running.get().transport, Transport::sent_no_reply);
  EXPECT_EQ(waiting.get().transport, Transport::not_sent);
}

}  // namespace
}  // namespace idswitch::net::test
