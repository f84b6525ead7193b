#pragma once

// HttpApi: the routes of openapi.yaml over an Engine. It reads requests, checks keys, and writes
// answers; what happens in between is the engine's. One object, called on all lanes; any thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>

#include "engine/verification/engine.hpp"
#include "engine/verification/reload.hpp"
#include "engine/webhooks/webhook_delivery.hpp"
#include "net/http_server.hpp"
#include "report/ledger_watch.hpp"

namespace idswitch::api {

class HttpApi {
 public:
  HttpApi(engine::Engine& engine, engine::Reload& reload, engine::WebhookDelivery& webhooks,
          const engine::LedgerWatch& ledger)
      : engine_(engine), reload_(reload), webhooks_(webhooks), ledger_(ledger) {}

  boost::asio::awaitable<void> handle(const net::IncomingRequest& request,
                                      net::OutgoingReply& reply);

  // Before the body of a request is kept; see net::HttpServer::Admit.
  std::optional<net::BodyLimit> admit(const net::IncomingRequest& head,
                                      net::OutgoingReply& refusal);

  // The form of an error that the server answers itself.
  static void write_error(const Error& error, int http_status, net::OutgoingReply& reply);

 private:
  using Request = net::IncomingRequest;
  using Reply = net::OutgoingReply;

  boost::asio::awaitable<void> for_platform(const Request& request, Reply& reply);
  boost::asio::awaitable<void> verification(const Request& request, std::string_view tenant,
                                            std::string_view rest, Reply& reply);
  boost::asio::awaitable<void> start(const Request& request, std::string_view tenant, Reply& reply);
  void list(const Request& request, std::string_view tenant, Reply& reply);
  void explain(const Request& request, std::string_view tenant, Reply& reply);
  void accounts(std::string_view tenant, Reply& reply);
  // rest: empty for the list, "/NAME" for one.
  boost::asio::awaitable<void> experiments(std::string_view tenant, std::string_view rest,
                                           Reply& reply);
  // /admin/...
  boost::asio::awaitable<void> admin(const Request& request, Reply& reply);
  // POST /admin/experiments/TENANT/NAME:pause or :resume; rest: "TENANT/NAME:pause".
  boost::asio::awaitable<void> admin_experiment(std::string_view rest, std::string_view who,
                                                Reply& reply);
  void charges(const Request& request, std::string_view tenant, Reply& reply);
  boost::asio::awaitable<void> summary(const Request& request, std::string_view tenant,
                                       Reply& reply);
  boost::asio::awaitable<void> events(const Request& request, std::string_view tenant,
                                      Reply& reply);
  // rest: empty for the list, "/NAME/dead" or "/NAME:replay".
  boost::asio::awaitable<void> admin_webhooks(const Request& request, std::string_view rest,
                                              Reply& reply);
  boost::asio::awaitable<void> replay(const std::string& name, const Request& request,
                                      Reply& reply);
  boost::asio::awaitable<void> dead_events(const std::string& name, const Request& request,
                                           Reply& reply);
  boost::asio::awaitable<void> get(const Request& request, std::string_view tenant,
                                   std::string_view id, Reply& reply);
  boost::asio::awaitable<void> refresh(const Request& request, std::string_view tenant,
                                       std::string_view id, Reply& reply);
  boost::asio::awaitable<void> cancel(std::string_view tenant, std::string_view id, Reply& reply);
  boost::asio::awaitable<void> video(const Request& request, std::string_view tenant,
                                     std::string_view id, Reply& reply);
  boost::asio::awaitable<void> person_returned(const Request& request, std::string_view token,
                                               Reply& reply);
  boost::asio::awaitable<void> vendor_called(const Request& request, std::string_view token,
                                             Reply& reply);
  Result<engine::Idempotency> idempotency(const Request& request, std::string_view tenant) const;
  void answer(const Result<engine::Reply>& result,
              engine::RenderedAnswer (*render)(const Verification&), Reply& reply) const;

  engine::Engine& engine_;
  engine::Reload& reload_;
  engine::WebhookDelivery& webhooks_;
  const engine::LedgerWatch& ledger_;
  boost::asio::thread_pool slow_{1};  // for what blocks: reading a configuration, a report
};

}  // namespace idswitch::api
