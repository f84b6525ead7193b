#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <mutex>

#include "raw_server.hpp"
#include "test_client.hpp"

namespace idswitch::net::test {
namespace {

using std::chrono::milliseconds;

const std::string k_ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

OutgoingRequest post(bool resend_safe, std::string_view target = "/") {
  return {"POST", target, "", "x", resend_safe};
}

// A server whose first connection answers once and then dies in the way of `death`, before or after
// it has read a second request. Later connections answer all.
RawServer::Script dies_after_one(std::function<void(RawConnection&)> death) {
  return [death = std::move(death)](RawConnection& connection) {
    while (connection.read_request()) {
      connection.send(k_ok);
      if (connection.number() > 0) continue;
      death(connection);
      return;
    }
  };
}

TEST(HttpClient, SendsAgainOnlyWhatIsSafeToSendAgain) {
  const auto after_reading = [](RawConnection& connection) {
    connection.read_request();
    connection.close();
  };
  for (const bool safe : {true, false}) {
    RawServer server(dies_after_one(after_reading));
    TestClient client;
    const auto origin = client.origin(server.url());
    ASSERT_EQ(client.call(origin, post(safe)).status, 200);
    const Reply reply = client.call(origin, post(safe));
    EXPECT_EQ(reply.transport, safe ? Transport::replied : Transport::sent_no_reply);
    EXPECT_EQ(server.connections(), safe ? 2 : 1);
  }
}

TEST(HttpClient, SendsNothingAgainOnceAReplyHasBegun) {
  RawServer server(dies_after_one([](RawConnection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200");
    connection.close();
  }));
  TestClient client;
  const auto origin = client.origin(server.url());
  ASSERT_EQ(client.call(origin, post(true)).status, 200);
  EXPECT_EQ(client.call(origin, post(true)).transport, Transport::reply_broken);
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, SendsAgainOnlyOnce) {
  RawServer server([](RawConnection& connection) {
    connection.read_request();
    if (connection.number() == 0) {
      connection.send(k_ok);
      connection.read_request();
    }
    connection.close();
  });
  TestClient client;
  const auto origin = client.origin(server.url());
  ASSERT_EQ(client.call(origin, post(true)).status, 200);
  EXPECT_EQ(client.call(origin, post(true)).transport, Transport::sent_no_reply);
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClient, DoesNotSendAgainOnAFreshConnection) {
  RawServer server([](RawConnection& connection) {
    connection.read_request();
    connection.close();
  });
  TestClient client;
  EXPECT_EQ(client.call(client.origin(server.url()), post(true)).transport,
            Transport::sent_no_reply);
  EXPECT_EQ(server.connections(), 1);
}

// The vendor has seen the first copy: what happens to the second cannot make that undone.
TEST(HttpClient, DoesNotCallSentUnsentWhenSendingAgainFails) {
  std::promise<void> seen;
  std::promise<void> go;
  RawServer server(dies_after_one([&](RawConnection& connection) {
    connection.read_request();
    seen.set_value();
    go.get_future().wait();
    connection.close();
  }));
  TestClient client;
  const auto origin = client.origin(server.url());
  ASSERT_EQ(client.call(origin, post(true)).status, 200);
  auto second = client.begin(origin, post(true));
  seen.get_future().wait();
  server.stop_listening();  // the fresh connection is refused
  go.set_value();
  const Reply reply = second.get();
  EXPECT_EQ(reply.transport, Transport::sent_no_reply);
  EXPECT_EQ(reply.detail, "connection refused");
}

TEST(HttpClient, NoticesADeadConnectionBeforeItUsesIt) {
  const std::function<void(RawConnection&)> deaths[] = {
      [](RawConnection& connection) { connection.close(); },
      [](RawConnection& connection) { connection.cut(); },
      [](RawConnection& connection) { connection.send("HTTP/1.1 408 Idle\r\n\r\n"); },
  };
  for (const auto& death : deaths) {
    std::promise<void> dead;
    RawServer server(dies_after_one([&](RawConnection& connection) {
      death(connection);
      dead.set_value();
      connection.read_request();
    }));
    TestClient client;
    const auto origin = client.origin(server.url());
    ASSERT_EQ(client.call(origin, post(false)).status, 200);
    dead.get_future().wait();  // on loopback the news is there when the call returns
    const Reply reply = client.call(origin, post(false));
    EXPECT_EQ(reply.transport, Transport::replied) << reply.detail;
    EXPECT_EQ(server.connections(), 2);
  }
}

TEST(HttpClient, ClosesIdleConnections) {
  std::promise<void> closed;
  RawServer server([&](RawConnection& connection) {
    while (connection.read_request()) connection.send(k_ok);
    if (connection.number() == 0) closed.set_value();
  });
  TestClient client;
  OriginConfig config;
  config.base_url = server.url();
  config.idle_timeout = milliseconds(60);
  const auto origin = client.origin(config);
  ASSERT_EQ(client.call(origin, post(false)).status, 200);
  closed.get_future().wait();
  EXPECT_EQ(client.call(origin, post(false)).status, 200);
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClient, LetsRequestsWaitTheirTurn) {
  std::mutex mutex;
  std::string order;
  std::promise<void> arrived;
  std::promise<void> go;
  RawServer server([&](RawConnection& connection) {
    while (const auto request = connection.read_request()) {
      {
        const std::lock_guard lock(mutex);
        order += request->substr(6, 1);
      }
      if (order == "0") {
        arrived.set_value();
        go.get_future().wait();
      }
      connection.send(k_ok);
    }
  });
  TestClient client;
  OriginConfig config;
  config.base_url = server.url();
  config.connections_max = 1;
  const auto origin = client.origin(config);
  const std::string targets[] = {"/0", "/1", "/2", "/3", "/4"};
  std::vector<std::future<Reply>> replies;
  for (const std::string& target : targets) {
    replies.push_back(client.begin(origin, post(false, target)));
    if (target == "/0") arrived.get_future().wait();
  }
  const Reply late = client.call(origin, post(false, "/9"), milliseconds(50));
  EXPECT_EQ(late.transport, Transport::not_sent);
  EXPECT_NE(late.detail.find("connections_max"), std::string::npos) << late.detail;
  go.set_value();
  for (auto& reply : replies) EXPECT_EQ(reply.get().status, 200);
  EXPECT_EQ(order, "01234");
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, GivesAFailedConnectionsPlaceToTheNext) {
  std::promise<void> arrived;
  std::promise<void> go;
  RawServer server([&](RawConnection& connection) {
    connection.read_request();
    if (connection.number() == 0) {
      arrived.set_value();
      go.get_future().wait();
      connection.close();
      return;
    }
    do {
      connection.send(k_ok);
    } while (connection.read_request());
  });
  TestClient client;
  OriginConfig config;
  config.base_url = server.url();
  config.connections_max = 1;
  const auto origin = client.origin(config);
  auto first = client.begin(origin, post(false));
  arrived.get_future().wait();
  auto second = client.begin(origin, post(false));
  auto third = client.begin(origin, post(false));
  go.set_value();
  EXPECT_EQ(first.get().transport, Transport::sent_no_reply);
  EXPECT_EQ(second.get().status, 200);
  EXPECT_EQ(third.get().status, 200);
}

TEST(HttpClient, OpensAsManyConnectionsAsItNeeds) {
  RawServer server([](RawConnection& connection) {
    while (connection.read_request()) connection.send(k_ok);
  });
  TestClient client;
  OriginConfig config;
  config.base_url = server.url();
  config.connections_max = 8;
  const auto origin = client.origin(config);
  for (int round = 0; round < 3; ++round) {
    std::vector<std::future<Reply>> replies;
    for (int i = 0; i < 40; ++i) replies.push_back(client.begin(origin, post(false)));
    for (auto& reply : replies) EXPECT_EQ(reply.get().status, 200);
  }
  EXPECT_LE(server.connections(), 8);
}

}  // namespace
}  // namespace idswitch::net::test
