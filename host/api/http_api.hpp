#pragma once

// HttpApi: the routes of openapi.yaml (routes.hpp) over an Engine. It checks heads and bodies
// against the table and calls the handlers; what happens in between is the engine's. One object,
// called on all lanes; any thread.

#include <optional>

#include "api/route.hpp"
#include "net/http_server.hpp"

namespace idswitch::api {

class HttpApi {
 public:
  HttpApi(engine::Engine& engine, engine::Reload& reload, engine::WebhookDelivery& webhooks,
          const engine::LedgerWatch& ledger)
      : services_{engine, reload, webhooks, ledger, reports_, orders_} {}

  HttpApi(const HttpApi&) = delete;
  HttpApi& operator=(const HttpApi&) = delete;

  boost::asio::awaitable<void> handle(const net::IncomingRequest& request,
                                      net::OutgoingReply& reply);

  // Before the body of a request is kept; see net::HttpServer::Admit.
  std::optional<net::BodyLimit> admit(const net::IncomingRequest& head,
                                      net::OutgoingReply& refusal);

  // The form of an error that the server answers itself.
  static void write_error(const Error& error, int http_status, net::OutgoingReply& reply);

 private:
  // Reports of tenants: one at a time of each, so that nobody's keep others' waiting.
  SideRoom reports_{{.threads = 4, .places = 16, .places_each = 1}};
  // A reload or a pause waits for others of its kind at most, never for a report.
  SideRoom orders_{{.threads = 1, .places = 16, .places_each = 16}};
  Services services_;
};

}  // namespace idswitch::api
