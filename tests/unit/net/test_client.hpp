#pragma once

// TestClient: an HttpClient on one lane, called from the test's thread.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "certificates.hpp"
#include "net/http_client.hpp"
#include "net/lanes.hpp"

namespace idswitch::net::test {

class TestClient {
 public:
  TestClient() : client_(std::make_unique<HttpClient>(lanes_.at(0))) { lanes_.start(); }

  ~TestClient() { lanes_.stop(); }  // then the client goes, on the only thread left

  static std::shared_ptr<const Origin> origin(OriginConfig config) {
    if (config.ca_file.empty()) config.ca_file = authority().file();
    auto made = HttpClient::make_origin(config);
    return made ? *made : nullptr;
  }

  static std::shared_ptr<const Origin> origin(const std::string& url) {
    OriginConfig config;
    config.base_url = url;
    return origin(std::move(config));
  }

  std::future<Reply> begin(const std::shared_ptr<const Origin>& origin,
                           const OutgoingRequest& request,
                           std::chrono::milliseconds within = std::chrono::seconds(20)) {
    return boost::asio::co_spawn(
        lanes_.at(0), client_->exchange(origin, request, std::chrono::steady_clock::now() + within),
        boost::asio::use_future);
  }

  Reply call(const std::shared_ptr<const Origin>& origin, const OutgoingRequest& request,
             std::chrono::milliseconds within = std::chrono::seconds(20)) {
    return begin(origin, request, within).get();
  }

  Reply get(const std::shared_ptr<const Origin>& origin, std::string_view target = "/") {
    return call(origin, {"GET", target, "", ""});
  }

  boost::asio::io_context& lane() { return lanes_.at(0); }

  // Destroys the client on its own thread, as the engine does.
  void destroy_client();

 private:
  Lanes lanes_{1};
  std::unique_ptr<HttpClient> client_;
};

inline void TestClient::destroy_client() {
  boost::asio::co_spawn(
      lanes_.at(0),
      [this]() -> boost::asio::awaitable<void> {
        client_.reset();
        co_return;
      },
      boost::asio::use_future)
      .get();
}

}  // namespace idswitch::net::test
