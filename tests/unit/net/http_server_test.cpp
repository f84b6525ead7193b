#include "net/http_server.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "certificates.hpp"
#include "test_client.hpp"
#include "test_server.hpp"

namespace idswitch::net::test {
namespace {

using std::chrono::milliseconds;

const std::string k_get = "GET /a?b=c HTTP/1.1\r\nHost: h\r\nX-Test: t\r\n\r\n";

TEST(HttpServer, HandsTheRequestOnAndAnswers) {
  TestServer server;
  RawClient client(server.port());
  client.send("POST /a?b=c&d HTTP/1.1\r\nHost: h\r\nx-TEST: t\r\nContent-Length: 4\r\n\r\nbody");
  const std::string reply = client.read_reply();
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << reply;
  EXPECT_NE(reply.find(" GMT\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n"
                       "X-Query: b=c&d\r\n\r\nPOST /a t body"),
            std::string::npos)
      << reply;
  while (server.server().in_flight() != 0) std::this_thread::yield();  // counted until it is sent
}

TEST(HttpServer, KeepsTheConnection) {
  TestServer server;
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(k_get);
    EXPECT_EQ(body_of(client.read_reply()), "GET /a t ");
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  RawClient client(server.port());
  std::string text;
  for (int i = 0; i < 50; ++i) {
    text += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx";
  }
  client.send(text);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(body_of(client.read_reply()), "POST /" + std::to_string(i) + "  x");
  }
}

TEST(HttpServer, ReadsARequestThatComesByteByByte) {
  TestServer server;
  RawClient client(server.port());
  for (const char c :
       std::string("\r\nPOST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")) {
    client.send({&c, 1});
  }
  EXPECT_EQ(body_of(client.read_reply()), "POST /x  abc");
}

TEST(HttpServer, ClosesWhenEitherSideWantsTo) {
  TestServer server;
  for (const std::string& request :
       {std::string("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
        std::string("GET / HTTP/1.0\r\n\r\n"),
        std::string("GET /close HTTP/1.1\r\nHost: h\r\n\r\n")}) {
    RawClient client(server.port());
    client.send(request);
    const std::string reply = client.read_to_end();
    EXPECT_EQ(status_of(reply), 200);
    EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos);
  }
  RawClient old(server.port());
  for (int i = 0; i < 2; ++i) {
    old.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_NE(old.read_reply().find("Connection: keep-alive\r\n"), std::string::npos);
  }
}

TEST(HttpServer, AnswersAClientThatHasFinishedSending) {
  TestServer server;
  RawClient client(server.port());
  client.send(k_get);
  client.finish_sending();
  EXPECT_EQ(status_of(client.read_to_end()), 200);
}

TEST(HttpServer, SendsNoBodyWhereNoneBelongs) {
  TestServer server;
  RawClient client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.read_reply(false).find("Content-Length: 9\r\n"), std::string::npos);
  client.send("GET /none HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string none = client.read_reply();
  EXPECT_EQ(status_of(none), 204);
  EXPECT_EQ(none.find("Content-"), std::string::npos);
  client.send(k_get);
  EXPECT_EQ(status_of(client.read_reply()), 200);
}

TEST(HttpServer, TellsAWaitingClientToContinue) {
  TestServer server;
  RawClient client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_reply(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ab");
  EXPECT_EQ(body_of(client.read_reply()), "POST /  ab");
}

TEST(HttpServer, UnderstandsTheAbsoluteForm) {
  TestServer server;
  RawClient client(server.port());
  client.send(
      "GET http://h:1/p?q HTTP/1.1\r\nHost: h\r\n\r\nGET http://h HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(body_of(client.read_reply()), "GET /p  ");
  EXPECT_EQ(body_of(client.read_reply()), "GET /  ");
}

TEST(HttpServer, AnswersAlsoWhenAHandlerThrows) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(status_of(client.read_reply()), 500);
  client.send(k_get);
  EXPECT_EQ(status_of(client.read_reply()), 200);
}

TEST(HttpServer, CarriesALargeReplyToASlowReader) {
  const std::string large(20 * 1024 * 1024, 'x');
  TestServer server(
      {}, 1, [&](const IncomingRequest&, OutgoingReply& reply) -> boost::asio::awaitable<void> {
        reply.body = large;
        co_return;
      });
  RawClient client(server.port());
  client.send(k_get + k_get);
  EXPECT_TRUE(body_of(client.read_reply()) == large);
  EXPECT_TRUE(body_of(client.read_reply()) == large);
}

TEST(HttpServer, ServesManyConnectionsOnAllLanes) {
  TestServer server({}, 2);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(std::make_unique<RawClient>(server.port()));
  for (int round = 0; round < 3; ++round) {
    for (auto& client : clients) client->send(k_get);
    for (auto& client : clients) EXPECT_EQ(status_of(client->read_reply()), 200);
  }
}

TEST(HttpServer, ServesTls) {
  ServerConfig config;
  config.certificate_file = loopback_identity().certificate_file;
  config.private_key_file = loopback_identity().private_key_file;
  config.body_bytes_max = 1000;
  TestServer server(config);
  TestClient client;
  const auto origin = client.origin("https://localhost:" + std::to_string(server.port()));
  for (int i = 0; i < 3; ++i) {
    const Reply reply = client.call(origin, {"POST", "/a?b", "X-Test: t\r\n", "body"});
    ASSERT_EQ(reply.transport, Transport::replied) << reply.detail;
    EXPECT_EQ(reply.body, "POST /a t body");
  }
  EXPECT_EQ(client.call(origin, {"POST", "/", "", std::string(2000, 'x')}).status, 413);
  EXPECT_EQ(client.call(origin, {"POST", "/", "", std::string(8'000'000, 'x')}).status, 413);
  RawClient plain(server.port());
  plain.send(k_get);
  EXPECT_NE(status_of(plain.read_to_end()), 200);
}

TEST(HttpServer, FinishesWhatIsInFlightWhenItStops) {
  TestServer server;
  RawClient idle(server.port());
  idle.send(k_get);
  idle.read_reply();
  RawClient half(server.port());
  half.send("GET /half HTTP/1.1\r\nHost:");
  RawClient busy(server.port());
  busy.send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n" + k_get);
  server.gate().wait_for_arrival();
  EXPECT_EQ(server.server().in_flight(), 1U);
  auto stopped =
      std::async(std::launch::async, [&] { server.server().stop(std::chrono::seconds(10)); });
  EXPECT_TRUE(idle.is_closed());
  half.send(" h\r\n\r\n");
  const std::string refused = half.read_to_end();
  EXPECT_EQ(status_of(refused), 503);
  EXPECT_TRUE(body_of(refused).starts_with("shutting_down"));
  server.gate().open();
  const std::string reply = busy.read_reply();
  EXPECT_EQ(body_of(reply), "GET /gate  ");
  EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos);
  stopped.get();
}

TEST(HttpServer, ClosesEverythingAfterTheGrace) {
  TestServer server;
  RawClient busy(server.port());
  busy.send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n");
  server.gate().wait_for_arrival();
  auto stopped = std::async(std::launch::async, [&] { server.server().stop(milliseconds(20)); });
  EXPECT_EQ(busy.read_to_end(), "");
  server.gate().open();
  stopped.get();
}

TEST(HttpServer, SaysWhyItCannotStart) {
  Lanes lanes(2);
  const auto start = [&](const ServerConfig& config) {
    HttpServer server(lanes, config, {}, {});
    const auto started = server.start();
    return started ? std::string() : started.error().detail();
  };
  ServerConfig config;
  for (const char* listen : {"", "8080", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                             "127.0.0.1:70000", "127.0.0.1:-1", "::1:80", "[127.0.0.1:80", ":80"}) {
    config.listen = listen;
    EXPECT_NE(start(config).find("it must look like"), std::string::npos) << listen;
  }
  TestServer other({}, 2);
  config.listen = "127.0.0.1:" + std::to_string(other.port());
  EXPECT_NE(start(config).find("address already in use"), std::string::npos) << start(config);
  config.listen = "127.0.0.1:0";
  EXPECT_EQ(start(config), "");
  config.certificate_file = loopback_identity().certificate_file;
  EXPECT_NE(start(config), "");
  config.private_key_file = authority().issue("DNS:x").private_key_file;
  EXPECT_NE(start(config).find("belongs to certificate_file"), std::string::npos) << start(config);
  config.certificate_file = "/nonexistent";
  EXPECT_NE(start(config).find("certificate_file"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::net::test
