// The control API: what a test or a developer does to the vendors from behind. JSON over plain HTTP
// on its own loopback port; faults never touch it. README.md lists the calls.
#pragma once

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox {

// Errors are {"error": "..."}: 400 for a bad request, 404 for an unknown path, session or fault,
// 405 for a wrong method, 409 for a session that has ended or expired.
[[nodiscard]] Reply answer_control(Sandbox& sandbox, const Request& request);

}  // namespace idswitch::sandbox
