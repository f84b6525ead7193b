// The library as a platform embeds it, with a vendor that never answers or is not there.

#include "idswitch/switch.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::app {
namespace {

// A port of the loopback interface that takes connections and says nothing.
class SilentVendor {
 public:
  SilentVendor() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, any, size) != 0 || ::listen(socket_, 16) != 0 ||
        ::getsockname(socket_, any, &size) != 0) {
      std::abort();
    }
    port_ = ntohs(address.sin_port);
  }

  ~SilentVendor() { close(); }

  int port() const { return port_; }

  void wait_for_connection() {
    accepted_ = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    ASSERT_GE(accepted_, 0);
  }

  // From now on it is not there.
  void close() {
    if (accepted_ >= 0) ::close(std::exchange(accepted_, -1));
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

 private:
  int socket_;
  int accepted_ = -1;
  int port_ = 0;
};

class EmbeddedSwitch : public testing::Test {
 protected:
  EmbeddedSwitch() {
    std::string name = (std::filesystem::temp_directory_path() / "idswitch-app-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    folder_ = name;
    ::setenv("IDSWITCH_TEST_SECRET", "an invented secret", 1);
  }

  ~EmbeddedSwitch() override {
    switch_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    const std::string file = (folder_ / "switch.yaml").string();
    std::ofstream(file)
        << "log: {level: off}\n"
           "server: {public_url: 'http://127.0.0.1:1', stop_grace: 0s, threads: 2}\n"
           "store: {path: switch.db}\n"
           "plugins: {directory: '" IDSWITCH_PLUGIN_DIR
           "', allow: [jumdata]}\n"
           "accounts:\n"
           "  jumdata:\n"
           "    product: jumdata/life_check_v2\n"
           "    base_url: https://127.0.0.1:"
        << vendor_.port()
        << "\n"
           "    secrets: {app_id: env:IDSWITCH_TEST_SECRET, "
           "app_secret: env:IDSWITCH_TEST_SECRET}\n"
           "    contract: {currency: CNY, prices: {life_check: '0.30'}}\n"
           "    limits: {timeout: 60s, connect_timeout: 60s}\n"
           "tenants:\n"
           "  shop:\n"
           "    api_keys: []\n"
           "    return_urls: ['https://shop.example']\n"
           "    routes: [{method: h5, checks: [liveness], accounts: [jumdata], "
           "deadline: 60s}]\n";
    auto opened = Switch::open({file});
    ASSERT_TRUE(opened) << opened.problem().detail;
    switch_ = std::move(opened.value());
  }

  static StartRequest request(const std::string& name = "王小明") {
    StartRequest request;
    request.tenant = "shop";
    request.method = IDSW_METHOD_H5;
    request.checks = IDSW_CHECK_LIVENESS;
    request.person.id = "person-17";
    request.person.name = name;
    request.return_url = "https://shop.example/done";
    return request;
  }

  std::filesystem::path folder_;
  SilentVendor vendor_;
  std::unique_ptr<Switch> switch_;
};

// It waited for ever in the thread that had called.
TEST_F(EmbeddedSwitch, AnswersACallThatTheEndOfTheGraceCutsOff) {
  open();
  std::atomic<int> answers{0};
  std::promise<std::string> code;
  switch_->start(request(), [&](Outcome<Verification> outcome) {
    ++answers;
    code.set_value(outcome ? "" : outcome.problem().code);
  });
  auto waiting = std::async(std::launch::async, [this] { return switch_->start(request()); });
  vendor_.wait_for_connection();
  switch_->close();
  EXPECT_EQ(code.get_future().get(), "shutting_down");
  const Outcome<Verification> outcome = waiting.get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.problem().code, "shutting_down");
  EXPECT_TRUE(outcome.problem().retryable);
  EXPECT_EQ(answers, 1);
  // What it left is found by the next one.
  switch_.reset();
  open();
}

TEST_F(EmbeddedSwitch, AnswersACallThatComesAfterTheClose) {
  open();
  switch_->close();
  const Outcome<Verification> outcome = switch_->start(request());
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.problem().code, "shutting_down");
  const Outcome<Verification> cancelled = switch_->cancel("shop", "ver_1");
  EXPECT_FALSE(cancelled);
}

TEST_F(EmbeddedSwitch, AnswersEveryCallThatComesWhileItCloses) {
  vendor_.close();
  open();
  std::vector<std::future<int>> callers;
  std::atomic<int> begun{0};
  for (int i = 0; i < 8; ++i) {
    callers.push_back(std::async(std::launch::async, [&] {
      for (int calls = 1;; ++calls) {
        const Outcome<Verification> outcome = switch_->start(request());
        ++begun;
        if (!outcome && outcome.problem().code == "shutting_down") return calls;
      }
    }));
  }
  while (begun < 8) std::this_thread::yield();
  switch_->close();
  for (auto& caller : callers) EXPECT_GT(caller.get(), 0);
}

// The second person got the first one's verification.
TEST_F(EmbeddedSwitch, RefusesAKeyThatWasUsedForAnotherPerson) {
  vendor_.close();
  open();
  StartRequest first = request("王小明");
  first.idempotency_key = "order-4711";
  StartRequest second = request("李四");
  second.idempotency_key = first.idempotency_key;
  const Outcome<Verification> started = switch_->start(first);
  ASSERT_TRUE(started) << started.problem().detail;
  const Outcome<Verification> repeated = switch_->start(first);
  ASSERT_TRUE(repeated) << repeated.problem().detail;
  EXPECT_EQ(repeated.value().id, started.value().id);
  const Outcome<Verification> refused = switch_->start(second);
  ASSERT_FALSE(refused) << refused.value().id;
  EXPECT_EQ(refused.problem().code, "idempotency_mismatch");
}

}  // namespace
}  // namespace idswitch::app
