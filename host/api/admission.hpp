#pragma once

// Admission: whether a request may go on, judged by its head alone, before a byte of its body is
// read: is there such a route, is the key one of ours, and how much body does it take. Pure; any
// thread.

#include <string>
#include <string_view>

#include "api/routes.hpp"
#include "engine/setup/key_ring.hpp"

namespace idswitch::api {

struct Admission {
  const Route* route = nullptr;    // nullptr: refused
  PathParts parts;                 // views of the target
  std::string_view caller;         // lives in the key ring
  std::size_t body_bytes_max = 0;  // beside the server's own limit

  Error refusal;        // not_found, method_not_allowed or unauthorized
  std::string allowed;  // with method_not_allowed: what the path takes, "GET, POST"

  bool is_refused() const { return route == nullptr; }
};

// target: as in the request line, with or without its query. authorization: that header's value,
// empty without one.
Admission admit(const engine::KeyRing& keys, std::string_view method, std::string_view target,
                std::string_view authorization);

// What a refused one is answered.
Answer refusal_answer(const Admission& refused);

}  // namespace idswitch::api
