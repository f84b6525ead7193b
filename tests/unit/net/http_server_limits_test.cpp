#include <gtest/gtest.h>

#include "test_server.hpp"

namespace idswitch::net::test {
namespace {

using std::chrono::milliseconds;

const std::string k_post = "POST / HTTP/1.1\r\nHost: h\r\n";

// Sends one text; the status of the answer. The connection must close after it.
int refusal(TestServer& server, const std::string& text) {
  RawClient client(server.port());
  client.send(text);
  const std::string reply = client.read_to_end();
  EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos) << text;
  EXPECT_NE(reply.find("application/problem+json"), std::string::npos) << text;
  return status_of(reply);
}

TEST(HttpServer, RefusesMalformedRequestsAndCloses) {
  TestServer server;
  for (const std::string& text :
       {std::string("hello\r\n\r\n"), std::string("GET / HTTP/2.0\r\nHost: h\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\n\r\n"), k_post + "Content-Length: x\r\n\r\n",
        k_post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
        k_post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        k_post + "Transfer-Encoding: gzip\r\n\r\n", k_post + "Bad Name: x\r\n\r\n",
        k_post + "X: a\r\n b\r\n\r\n", k_post + "Transfer-Encoding: chunked\r\n\r\nZ\r\n",
        // What follows a malformed request is never taken for another.
        k_post + "Content-Length: x\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"}) {
    EXPECT_EQ(refusal(server, text), 400) << text;
  }
}

TEST(HttpServer, RefusesAHeadThatIsTooLarge) {
  TestServer server;
  EXPECT_EQ(refusal(server, "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x')), 431);
  EXPECT_EQ(refusal(server, "GET /" + std::string(20'000, 'x')), 431);
}

TEST(HttpServer, RefusesABodyThatIsTooLarge) {
  ServerConfig config;
  config.body_bytes_max = 10;
  TestServer server(config);
  EXPECT_EQ(refusal(server, k_post + "Content-Length: 11\r\n\r\n"), 413);
  EXPECT_EQ(refusal(server, k_post + "Content-Length: 11\r\nExpect: 100-continue\r\n\r\n"), 413);
  EXPECT_EQ(refusal(server, k_post + "Transfer-Encoding: chunked\r\n\r\nb\r\n"), 413);
  RawClient client(server.port());
  client.send(k_post + "Content-Length: 10\r\n\r\n0123456789");
  EXPECT_EQ(status_of(client.read_reply()), 200);
}

// As many clients do: send everything, only then listen.
TEST(HttpServer, IsHeardByAClientThatSends30MegabytesFirst) {
  TestServer server;
  RawClient client(server.port());
  const std::string body(30 * 1024 * 1024, 'x');
  EXPECT_TRUE(client.send(k_post + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n"));
  EXPECT_TRUE(client.send(body));
  client.finish_sending();
  const std::string reply = client.read_to_end();
  EXPECT_EQ(status_of(reply), 413);
  EXPECT_TRUE(body_of(reply).starts_with("payload_too_large"));
}

TEST(HttpServer, AcceptsABodyJustWithinTheLimit) {
  TestServer server;
  RawClient client(server.port());
  const std::string body(24 * 1024 * 1024, 'x');
  client.send(k_post + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_EQ(body_of(client.read_reply()), "POST /  " + std::to_string(body.size()));
}

TEST(HttpServer, DoesNotWaitForSlowClients) {
  ServerConfig config;
  config.head_timeout = config.body_timeout = config.idle_timeout = milliseconds(80);
  TestServer server(config);
  RawClient silent(server.port());
  RawClient idle(server.port());
  RawClient slow_head(server.port());
  RawClient slow_body(server.port());
  idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  slow_head.send("GET / HTTP/1.1\r\nHos");
  slow_body.send(k_post + "Content-Length: 10\r\n\r\n01234");
  EXPECT_EQ(status_of(idle.read_reply()), 200);
  EXPECT_TRUE(idle.is_closed());
  EXPECT_TRUE(silent.is_closed());
  for (RawClient* const slow : {&slow_head, &slow_body}) {
    const std::string reply = slow->read_to_end();
    EXPECT_EQ(status_of(reply), 408);
    EXPECT_TRUE(body_of(reply).starts_with("bad_request"));
  }
}

TEST(HttpServer, LeavesAHandlerItsTime) {
  ServerConfig config;
  config.head_timeout = config.body_timeout = config.idle_timeout = milliseconds(60);
  TestServer server(config);
  RawClient other(server.port());
  RawClient client(server.port());
  client.send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n");
  server.gate().wait_for_arrival();
  EXPECT_TRUE(
      other.is_closed());  // its idle time has passed, and so has that of the handler's client
  server.gate().open();
  EXPECT_EQ(status_of(client.read_reply()), 200);
}

TEST(HttpServer, ClosesConnectionsAboveItsLimit) {
  ServerConfig config;
  config.connections_max = 2;
  TestServer server(config);
  auto first = std::make_unique<RawClient>(server.port());
  RawClient second(server.port());
  for (RawClient* const client : {first.get(), &second}) {
    client->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(status_of(client->read_reply()), 200);
  }
  EXPECT_TRUE(RawClient(server.port()).is_closed());
  first->send("GET /close HTTP/1.1\r\nHost: h\r\n\r\n");
  first->read_to_end();
  first.reset();
  int status = 0;
  while (status != 200) {  // until the server has noticed
    RawClient third(server.port());
    third.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    status = status_of(third.read_reply());
  }
}

}  // namespace
}  // namespace idswitch::net::test
