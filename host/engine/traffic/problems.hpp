#pragma once

// What the engine's failures look like to the platform. Pure.

#include "config/config.hpp"
#include "engine/traffic/operation_run.hpp"
#include "idswitch/verification.hpp"

namespace idswitch::engine {

Problem to_problem(const Error& error);

Error no_route(const config::Tenant& tenant, std::uint32_t method, std::uint32_t checks);

// Nobody knows whether something of it is charged, whatever its error class.
bool leaves_doubt(const OperationReport& report);

// Why no vendor could start it, from the last attempt. in_doubt: an attempt leaves doubt.
Problem problem_of_start(const OperationReport& last, bool deadline_passed, bool in_doubt);

// A video was handed over and no answer came: the session may be used up, so the verification ends
// inconclusive.
void end_without_answer(Verification& verification);

// A failed result or submit operation, as an error to the caller.
Error error_of(const OperationReport& report);

}  // namespace idswitch::engine
