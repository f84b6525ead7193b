#pragma once

// What the person's browser gets at /return/...: a redirect to the tenant's page with the
// verification's id and status, and nothing else; or a plain page when there is nowhere to go.
// Pure.

#include "engine/verification/engine.hpp"
#include "net/http_server.hpp"

namespace idswitch::api {

void write_return_page(const Result<engine::ReturnTarget>& target, net::OutgoingReply& reply);

}  // namespace idswitch::api
