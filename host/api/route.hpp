#pragma once

// Route: one row of the table of what the HTTP API answers (routes.hpp), and what its handler is
// given. Plain values; any thread.

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <variant>

#include "api/answer.hpp"
#include "api/side_room.hpp"
#include "engine/verification/reload.hpp"
#include "engine/webhooks/webhook_delivery.hpp"
#include "report/ledger_watch.hpp"

namespace idswitch::api {

// Whose request it may be: anybody's (a secret in the path says enough, or nothing is at stake),
// that of a tenant's API key, or of an administrator's.
enum class Caller : std::uint8_t { anybody, tenant, admin };

// What the body must be. `none`: whatever comes is not looked at.
enum class Body : std::uint8_t { none, json, json_or_nothing, video, anything };

// What a route takes whose bodies have no pictures in them.
inline constexpr std::size_t k_small_bytes = 64 * 1024;
// Pictures or a video: as much as server.body_bytes_max lets in.
inline constexpr std::size_t k_media_bytes = std::numeric_limits<std::size_t>::max();

// The values of the {names} of a path in their order, undecoded; views of the request's target.
using PathParts = std::array<std::string_view, 2>;

// What handlers work with. Outlives every request.
struct Services {
  engine::Engine& engine;
  engine::Reload& reload;
  engine::WebhookDelivery& webhooks;
  const engine::LedgerWatch& ledger;
  SideRoom& reports;  // long reads of tenants
  SideRoom& orders;   // what operators order, and what may take its time
};

// One request. Lives until its handler has returned.
struct Call {
  const net::IncomingRequest& request;
  const engine::Setup& setup;
  std::string_view caller;  // the tenant's name, or the administrator's key's; lives in setup
  PathParts parts;
};

using AtOnce = Result<Answer> (*)(const Services&, const Call&);
using Waiting = boost::asio::awaitable<Result<Answer>> (*)(const Services&, const Call&);

struct Route {
  std::string_view method;
  std::string_view path;  // "/v1/verifications/{id}:refresh", as in openapi.yaml
  Caller caller = Caller::anybody;
  Body body = Body::none;
  std::size_t body_bytes_max = k_small_bytes;
  std::variant<AtOnce, Waiting> handler;
};

}  // namespace idswitch::api
