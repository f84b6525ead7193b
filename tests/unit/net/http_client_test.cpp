#include "net/http_client.hpp"

#include <gtest/gtest.h>

#include "raw_server.hpp"
#include "test_client.hpp"

namespace idswitch::net::test {
namespace {

std::string reply_of(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Answers each request with itself.
void echo(RawConnection& connection) {
  while (const auto request = connection.read_request()) connection.send(reply_of(*request));
}

TEST(HttpClient, SendsTheRequestAsItIsMeant) {
  RawServer server(echo);
  TestClient client;
  const Reply reply = client.call(client.origin(server.url("localhost") + "/prefix"),
                                  {"POST", "/v1?a=b", "X-Key: k\r\n", "{\"a\":1}"});
  ASSERT_EQ(reply.transport, Transport::replied) << reply.detail;
  EXPECT_EQ(reply.body,
            "POST /prefix/v1?a=b HTTP/1.1\r\nHost: localhost:" + std::to_string(server.port()) +
                "\r\nX-Key: k\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

TEST(HttpClient, SaysTheLengthOfAnEmptyPostOnly) {
  RawServer server(echo);
  TestClient client;
  const auto origin = client.origin(server.url());
  EXPECT_NE(client.call(origin, {"POST", "/", "", ""}).body.find("Content-Length: 0"),
            std::string::npos);
  EXPECT_EQ(client.get(origin).body.find("Content-Length"), std::string::npos);
}

TEST(HttpClient, ReadsStatusHeadersAndBody) {
  RawServer server([](RawConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 404 Nope\r\nX-A:  1 \r\ncontent-length: 2\r\n\r\nno");
    connection.read_request();
  });
  TestClient client;
  const Reply reply = client.get(client.origin(server.url()));
  EXPECT_EQ(reply.transport, Transport::replied);
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(find_header(reply.headers, "x-a"), "1");
  EXPECT_EQ(reply.body, "no");
}

TEST(HttpClient, KeepsTheConnection) {
  RawServer server(echo);
  TestClient client;
  const auto origin = client.origin(server.url());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.get(origin).status, 200);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, HonoursConnectionClose) {
  RawServer server([](RawConnection& connection) {
    connection.read_request();
    connection.send(reply_of("x", "Connection: close\r\n"));
    connection.read_request();  // stays open all the same
  });
  TestClient client;
  const auto origin = client.origin(server.url());
  EXPECT_EQ(client.get(origin).status, 200);
  EXPECT_EQ(client.get(origin).status, 200);
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClient, ReadsAReplyThatComesByteByByte) {
  RawServer server([](RawConnection& connection) {
    connection.read_request();
    const std::string text =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n";
    for (const char c : text) connection.send({&c, 1});
    while (const auto request = connection.read_request()) connection.send(reply_of("again"));
  });
  TestClient client;
  const auto origin = client.origin(server.url());
  EXPECT_EQ(client.get(origin).body, "abcde");
  EXPECT_EQ(client.get(origin).body, "again");
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, ReadsABodyThatEndsWithTheConnection) {
  RawServer server([](RawConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n\r\nall of it");
    connection.close();
  });
  TestClient client;
  EXPECT_EQ(client.get(client.origin(server.url())).body, "all of it");
}

TEST(HttpClient, WaitsForNoBodyThatCannotCome) {
  RawServer server([](RawConnection& connection) {
    while (const auto request = connection.read_request()) {
      connection.send(request->starts_with("HEAD")
                          ? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
                          : "HTTP/1.1 204 No Content\r\n\r\n");
    }
  });
  TestClient client;
  const auto origin = client.origin(server.url());
  EXPECT_EQ(client.call(origin, {"HEAD", "/", "", ""}).status, 200);
  EXPECT_EQ(client.call(origin, {"DELETE", "/", "", ""}).status, 204);
  EXPECT_EQ(client.call(origin, {"HEAD", "/", "", ""}).status, 200);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, CarriesLargeBodiesBothWays) {
  RawServer server([](RawConnection& connection) {
    while (const auto request = connection.read_request()) {
      connection.send(reply_of(request->substr(request->find("\r\n\r\n") + 4)));
    }
  });
  TestClient client;
  const auto origin = client.origin(server.url());
  std::string body(9 * 1024 * 1024, 'a');
  for (std::size_t i = 0; i < body.size(); i += 1000) body[i] = static_cast<char>('b' + i % 20);
  for (int i = 0; i < 2; ++i) {
    const Reply reply = client.call(origin, {"POST", "/", "", body});
    ASSERT_EQ(reply.transport, Transport::replied) << reply.detail;
    EXPECT_TRUE(reply.body == body);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, ReadsTheAnswerOfAServerThatRefusesTheBody) {
  RawServer server([](RawConnection& connection) {
    connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
    connection.close();  // with unread input: a reset follows
  });
  TestClient client;
  const std::string body(16 * 1024 * 1024, 'a');
  const Reply reply = client.call(client.origin(server.url()), {"POST", "/", "", body});
  EXPECT_EQ(reply.transport, Transport::replied) << reply.detail;
  EXPECT_EQ(reply.status, 413);
}

TEST(HttpClient, NeverSendsARequestThatIsNotOne) {
  RawServer server(echo);
  TestClient client;
  const auto origin = client.origin(server.url());
  for (const OutgoingRequest& request :
       {OutgoingRequest{"GET X", "/", "", ""}, OutgoingRequest{"GET", "", "", ""},
        OutgoingRequest{"GET", "a", "", ""}, OutgoingRequest{"GET", "/a b", "", ""},
        OutgoingRequest{"GET", "/\r\nX: y", "", ""}, OutgoingRequest{"GET", "/", "X: y", ""},
        OutgoingRequest{"GET", "/", "\r\n", ""},
        OutgoingRequest{"GET", "/", "X: y\r\n\r\nGET /", ""}}) {
    const Reply reply = client.call(origin, request);
    EXPECT_EQ(reply.transport, Transport::not_sent);
    EXPECT_NE(reply.detail, "");
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(HttpClient, SpeaksTls12) {
  RawServer server(echo, loopback_identity(), TLS1_2_VERSION);
  TestClient client;
  const auto origin = client.origin(server.url());
  EXPECT_EQ(client.get(origin).status, 200);
  EXPECT_EQ(client.get(origin).status, 200);
  EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace idswitch::net::test
