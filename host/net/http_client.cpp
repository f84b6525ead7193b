#include "net/http_client.hpp"

#include <unordered_map>

#include "net/connection_pool.hpp"
#include "net/deadlines.hpp"
#include "net/http_head.hpp"
#include "net/origin.hpp"

namespace idswitch::net {

namespace asio = boost::asio;
using Time = Deadlines::Time;

namespace {

// A request that would change its own framing never leaves. Nullptr: fine.
const char* malformed(const OutgoingRequest& request) {
  if (!is_token(request.method)) return "the request's method is not a token";
  if (!is_target(request.target) || request.target.front() != '/') {
    return "the request's target must begin with '/' and be percent-encoded";
  }
  const std::string_view headers = request.headers;
  if (!headers.empty() && (!headers.ends_with("\r\n") || headers.starts_with("\r\n") ||
                           headers.find("\r\n\r\n") != headers.npos)) {
    return "the request's headers must be whole lines, each ending in CR LF";
  }
  return nullptr;
}

}  // namespace

class HttpClient::Impl {
 public:
  explicit Impl(asio::io_context& lane) : lane_(lane), deadlines_(lane) {}

  static asio::awaitable<Reply> exchange(std::shared_ptr<Impl> self,
                                         std::shared_ptr<const Origin> origin,
                                         OutgoingRequest request, Time deadline);

  void close() {
    for (auto& [origin, pool] : pools_) pool->close();
    deadlines_.expire_all();
  }

 private:
  ConnectionPool& pool_of(const std::shared_ptr<const Origin>& origin);

  asio::io_context& lane_;
  Deadlines deadlines_;  // outlives the pools' connections
  std::unordered_map<const Origin*, std::shared_ptr<ConnectionPool>> pools_;
};

ConnectionPool& HttpClient::Impl::pool_of(const std::shared_ptr<const Origin>& origin) {
  const auto found = pools_.find(origin.get());
  if (found != pools_.end()) return *found->second;
  // A new origin may mean a new configuration. What is empty is quickly made again if it is not.
  std::erase_if(pools_, [](const auto& item) { return item.second->empty(); });
  auto pool = std::make_shared<ConnectionPool>(lane_, deadlines_, origin);
  return *pools_.emplace(origin.get(), std::move(pool)).first->second;
}

asio::awaitable<Reply> HttpClient::Impl::exchange(std::shared_ptr<Impl> self,
                                                  std::shared_ptr<const Origin> origin,
                                                  OutgoingRequest request, Time deadline) {
  Reply reply;
  if (const char* const why = malformed(request)) {
    reply.detail = why;
    co_return reply;
  }
  const auto pool = self->pool_of(origin).shared_from_this();
  bool sent_before = false;
  for (bool again = false;; again = true) {
    ConnectionPool::Lease connection;
    if (!again) connection = pool->take_idle();
    if (!connection) connection = co_await pool->open(deadline, again, reply);
    if (connection && std::chrono::steady_clock::now() >= deadline) {
      connection.give_back();
      reply.detail = "the deadline passed before the request could be sent";
    }
    if (!connection) {
      reply.transport = sent_before ? Transport::sent_no_reply : Transport::not_sent;
      co_return reply;
    }
    const bool was_warm = connection->warm();
    co_await connection->exchange(request, deadline, reply);
    if (connection->reusable()) connection.give_back();
    if (reply.transport == Transport::replied) co_return reply;
    if (!was_warm || again || !connection->can_resend(request)) co_return reply;
    sent_before = connection->sent_something();
    reply = Reply();
  }
}

HttpClient::HttpClient(asio::io_context& lane) : impl_(std::make_shared<Impl>(lane)) {}

HttpClient::~HttpClient() {
  impl_->close();
}

Result<std::shared_ptr<const Origin>> HttpClient::make_origin(const OriginConfig& config) {
  return Origin::make(config);
}

asio::awaitable<Reply> HttpClient::exchange(std::shared_ptr<const Origin> origin,
                                            const OutgoingRequest& request, Time deadline) {
  return Impl::exchange(impl_, std::move(origin), request, deadline);
}

}  // namespace idswitch::net
