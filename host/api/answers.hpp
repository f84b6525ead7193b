#pragma once

// Answers: what every route of the HTTP API says in the same way: problems, stored answers, wrong
// methods. Pure; any thread.

#include <optional>
#include <string_view>

#include "engine/verification/engine.hpp"
#include "net/http_server.hpp"

namespace idswitch::api {

void write_problem(const Problem& problem, net::OutgoingReply& reply);
void write_error(const Error& error, net::OutgoingReply& reply);
// The header Retry-After: when the same request may succeed.
void add_retry_after(const Problem& problem, net::OutgoingReply& reply);

void write_rendered(engine::RenderedAnswer answer, net::OutgoingReply& reply);

// 405; allowed: "GET, POST"
void write_wrong_method(std::string_view allowed, net::OutgoingReply& reply);

Error no_such_path();

// unsupported_media_type unless the body is said to be JSON.
Result<void> want_json(const net::IncomingRequest& request);

// The parameter `limit`, 1 to 1000.
Result<std::size_t> limit_of(std::string_view query, std::size_t otherwise);

}  // namespace idswitch::api
