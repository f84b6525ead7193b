#pragma once

// A verification and a problem as the HTTP API writes them; openapi.yaml describes the shapes.
// Written straight into a string. Pure; any thread.

#include <string>
#include <vector>

#include "engine/verification/engine.hpp"
#include "idswitch/verification.hpp"

namespace idswitch::api {

void append_verification(std::string& out, const Verification& verification);

// [...]: the charges of these verifications, each as in its verification, with which one it is of
// and when that began.
std::string charges_json(const std::vector<Verification>& verifications);

// {"verification": ..., "changed": ..., "charge": {...}}
std::string settled_json(VerificationId id, const engine::Settled& settled);

// problem+json (RFC 9457). verification may be nullptr; else its id, attempts and charges are
// added.
void append_problem(std::string& out, const Problem& problem, const Verification* verification);

// 201 with the verification, or its failure as a problem.
engine::RenderedAnswer render_started(const Verification& verification);

// 200 with the verification.
engine::RenderedAnswer render_found(const Verification& verification);

// "2026-11-21T09:30:00.000Z"
std::string timestamp(std::int64_t unix_ms);

}  // namespace idswitch::api
