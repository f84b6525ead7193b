#pragma once

// The routes of the HTTP API: one table, which openapi.yaml describes row by row (a test holds the
// one against the other). 404, 405 and `Allow` follow from it. Pure; any thread.

#include <string>

#include "api/handlers.hpp"

namespace idswitch::api {

// Those that are asked most often stand first.
inline constexpr Route k_routes[] = {
    {"POST", "/v1/verifications", Caller::tenant, Body::json, k_media_bytes, verifications::start},
    {"GET", "/v1/verifications/{id}", Caller::tenant, Body::none, k_small_bytes,
     verifications::get},
    {"GET", "/return/{id}/{secret}", Caller::anybody, Body::none, k_small_bytes,
     visitors::returned},
    // Some vendors send the browser back with a form.
    {"POST", "/return/{id}/{secret}", Caller::anybody, Body::anything, k_small_bytes,
     visitors::returned},
    {"POST", "/callbacks/{id}/{secret}", Caller::anybody, Body::anything, k_small_bytes,
     visitors::vendor_called},
    {"GET", "/v1/verifications", Caller::tenant, Body::none, k_small_bytes, verifications::list},
    {"POST", "/v1/verifications/{id}:refresh", Caller::tenant, Body::json_or_nothing, k_media_bytes,
     verifications::refresh},
    {"POST", "/v1/verifications/{id}:cancel", Caller::tenant, Body::none, k_small_bytes,
     verifications::cancel},
    {"POST", "/v1/verifications/{id}/video", Caller::tenant, Body::video, k_media_bytes,
     verifications::video},

    {"GET", "/v1/billing/charges", Caller::tenant, Body::none, k_small_bytes, billing_api::charges},
    {"GET", "/v1/billing/summary", Caller::tenant, Body::none, k_small_bytes, billing_api::summary},
    {"GET", "/v1/billing/events", Caller::tenant, Body::none, k_small_bytes, billing_api::events},

    {"POST", "/v1/routes:explain", Caller::tenant, Body::json, k_media_bytes, accounts::explain},
    {"GET", "/v1/accounts", Caller::tenant, Body::none, k_small_bytes, accounts::list},
    {"GET", "/v1/experiments", Caller::tenant, Body::none, k_small_bytes, experiments::list},
    {"GET", "/v1/experiments/{name}", Caller::tenant, Body::none, k_small_bytes,
     experiments::report},

    {"GET", "/admin/config", Caller::admin, Body::none, k_small_bytes, admin::versions},
    {"POST", "/admin/config:reload", Caller::admin, Body::none, k_small_bytes, admin::reload},
    {"GET", "/admin/budgets", Caller::admin, Body::none, k_small_bytes, admin::budgets},
    {"GET", "/admin/ledger", Caller::admin, Body::none, k_small_bytes, admin::ledger},
    {"POST", "/admin/charges:settle", Caller::admin, Body::json, k_small_bytes, admin::settle},
    {"POST", "/admin/persons:forget", Caller::admin, Body::json, k_small_bytes, admin::forget},
    {"POST", "/admin/accounts/{name}:probe", Caller::admin, Body::none, k_small_bytes,
     accounts::probe},
    {"POST", "/admin/experiments/{tenant}/{name}:pause", Caller::admin, Body::none, k_small_bytes,
     experiments::pause},
    {"POST", "/admin/experiments/{tenant}/{name}:resume", Caller::admin, Body::none, k_small_bytes,
     experiments::resume},
    {"GET", "/admin/webhooks", Caller::admin, Body::none, k_small_bytes, webhooks::list},
    {"GET", "/admin/webhooks/{name}/dead", Caller::admin, Body::none, k_small_bytes,
     webhooks::dead},
    {"POST", "/admin/webhooks/{name}:replay", Caller::admin, Body::none, k_small_bytes,
     webhooks::replay},

    {"GET", "/healthz", Caller::anybody, Body::none, k_small_bytes, visitors::health},
    {"HEAD", "/healthz", Caller::anybody, Body::none, k_small_bytes, visitors::health},
    {"GET", "/readyz", Caller::anybody, Body::none, k_small_bytes, visitors::health},
    {"HEAD", "/readyz", Caller::anybody, Body::none, k_small_bytes, visitors::health},
    {"GET", "/openapi.yaml", Caller::anybody, Body::none, k_small_bytes, visitors::contract},
    {"HEAD", "/openapi.yaml", Caller::anybody, Body::none, k_small_bytes, visitors::contract},
};

// True when path is an instance of the pattern; parts are its values then. A value is not empty and
// has neither '/' nor ':' in it.
bool matches(std::string_view pattern, std::string_view path, PathParts& parts);

struct RouteMatch {
  const Route* route = nullptr;  // nullptr: no row with this method and path
  PathParts parts;
};

RouteMatch find_route(std::string_view method, std::string_view path);

// "GET, POST": what this path takes; empty when there is no such path.
std::string allowed_methods(std::string_view path);

}  // namespace idswitch::api
