#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "test_server.hpp"

namespace idswitch::net::test {
namespace {

const std::string k_post = "POST / HTTP/1.1\r\nHost: h\r\n";
const std::string k_known = k_post + "Authorization: known\r\n";

std::string length(std::size_t bytes) {
  return "Content-Length: " + std::to_string(bytes) + "\r\n";
}

// Lets in who says that he is known, and strangers with a little; others get a page of our own.
std::optional<BodyLimit> by_name(const IncomingRequest& head, OutgoingReply& refusal) {
  EXPECT_TRUE(head.body.empty());
  if (head.path == "/open") return BodyLimit{40'000, true};
  if (head.header("Authorization") == "known") return BodyLimit{std::size_t{1} << 30, false};
  refusal.status = 401;
  refusal.body = "who are you";
  return {};
}

class Guarded {
 public:
  explicit Guarded(ServerConfig config = {}) : server_(config, 1, {}, by_name) {}

  std::uint16_t port() const { return server_.port(); }

  std::size_t buffered() { return server_.server().buffered_bytes(); }

 private:
  TestServer server_;
};

TEST(HttpServer, AnswersWhoMayNotComeBeforeTheBody) {
  Guarded server;
  for (const std::string& framing :
       {length(24 << 20), std::string("Transfer-Encoding: chunked\r\n"),
        length(24 << 20) + "Expect: 100-continue\r\n"}) {
    RawClient client(server.port());
    client.send(k_post + framing + "\r\n");  // and not a byte more
    const std::string reply = client.read_reply();
    EXPECT_EQ(status_of(reply), 401) << framing;
    EXPECT_EQ(body_of(reply), "who are you");
    EXPECT_NE(reply.find("Connection: close\r\n"), std::string::npos);
  }
}

TEST(HttpServer, IsHeardByAStrangerWhoSends24MegabytesFirst) {
  Guarded server;
  RawClient client(server.port());
  EXPECT_TRUE(client.send(k_post + length(24 << 20) + "\r\n"));
  EXPECT_TRUE(client.send(std::string(24 << 20, 'x')));
  client.finish_sending();
  EXPECT_EQ(status_of(client.read_to_end()), 401);
}

TEST(HttpServer, TakesNoRefusedBodyForARequest) {
  Guarded server;
  RawClient client(server.port());
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(k_post + length(20'000) + "\r\n");
  client.send(hidden + std::string(20'000 - hidden.size(), ' ') + "GET /next HTTP/1.1\r\n\r\n");
  client.finish_sending();
  const std::string all = client.read_to_end();
  EXPECT_EQ(status_of(all), 401);
  EXPECT_EQ(body_of(all), "who are you");  // and nothing behind it
}

TEST(HttpServer, GoesOnAfterABodyThatWasLetIn) {
  Guarded server;
  RawClient client(server.port());
  const std::string body(50'000, 'x');
  client.send(k_known + length(body.size()) + "\r\n" + body + k_known + length(2) + "\r\nab");
  EXPECT_EQ(body_of(client.read_reply()), "POST /  50000");
  EXPECT_EQ(body_of(client.read_reply()), "POST /  ab");
  EXPECT_EQ(server.buffered(), 0U);
}

TEST(HttpServer, SaysContinueOnlyToWhomItLetsIn) {
  Guarded server;
  RawClient client(server.port());
  client.send(k_known + length(2) + "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(status_of(client.read_reply(false)), 100);
  client.send("ab");
  EXPECT_EQ(body_of(client.read_reply()), "POST /  ab");
}

// Strangers fill their own room, and those who are known still have theirs.
TEST(HttpServer, RefusesBodiesBeyondItsBudgetAndStrangersFirst) {
  ServerConfig config;
  config.body_bytes_max = 100'000;
  config.buffered_bytes_max = 400'000;
  Guarded server(config);
  const auto open = [&](const std::string& head, int status) {
    auto client = std::make_unique<RawClient>(server.port());
    client->send(head + "Expect: 100-continue\r\n\r\n");
    const std::string reply = client->read_reply(status != 100);
    EXPECT_EQ(status_of(reply), status) << head;
    if (status == 503) {
      EXPECT_TRUE(body_of(reply).starts_with("overloaded")) << reply;
    }
    return client;
  };
  const std::string stranger = "POST /open HTTP/1.1\r\nHost: h\r\n" + length(40'000);
  const std::string known = k_known + length(100'000);
  std::vector<std::unique_ptr<RawClient>> clients;
  clients.push_back(open(stranger, 100));
  EXPECT_EQ(server.buffered(), 40'000U);
  open(stranger, 503);
  for (int i = 0; i < 3; ++i) clients.push_back(open(known, 100));
  EXPECT_EQ(server.buffered(), 340'000U);
  open(known, 503);
  clients.back()->send(std::string(100'000, 'x'));
  EXPECT_EQ(body_of(clients.back()->read_reply()), "POST /  100000");
  EXPECT_EQ(server.buffered(), 240'000U);
  clients.push_back(open(known, 100));
}

TEST(HttpServer, GivesUpOnASlowBodyAndItsPartOfTheBudget) {
  ServerConfig config;
  config.body_timeout = std::chrono::milliseconds(50);
  Guarded server(config);
  RawClient slow(server.port());
  slow.send(k_known + length(20'000) + "\r\nabc");
  const std::string reply = slow.read_reply();
  EXPECT_EQ(status_of(reply), 408);
  slow.finish_sending();
  EXPECT_TRUE(slow.is_closed());
  EXPECT_EQ(server.buffered(), 0U);
}

TEST(HttpServer, OutlivesAnAdmissionThatThrows) {
  TestServer server({}, 1, {}, [](const auto&, auto&) -> std::optional<BodyLimit> {
    throw std::runtime_error("bug");
  });
  RawClient client(server.port());
  client.send(k_post + length(20'000) + "\r\n");
  EXPECT_EQ(status_of(client.read_reply()), 500);
}

}  // namespace
}  // namespace idswitch::net::test
