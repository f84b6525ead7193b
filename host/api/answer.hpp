#pragma once

// Answer: what a handler of the HTTP API returns, and the forms that all routes share: problems,
// errors, what was rendered before. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "engine/verification/engine.hpp"
#include "net/http_server.hpp"

namespace idswitch::api {

// 200 and application/json unless it says otherwise.
using Answer = net::OutgoingReply;

Answer json_answer(std::string body, int status = 200);

// application/problem+json, with Retry-After when the same request may succeed later.
Answer problem_answer(const Problem& problem);
Answer error_answer(const Error& error);

Answer rendered_answer(engine::RenderedAnswer rendered);

// The header Retry-After: when the same request may succeed.
void add_retry_after(const Problem& problem, Answer& answer);

Error no_such_path();

// The parameter `limit`, 1 to 1000.
Result<std::size_t> limit_of(std::string_view query, std::size_t otherwise);

}  // namespace idswitch::api
