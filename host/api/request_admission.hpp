#pragma once

// RequestAdmission: what a request may bring, decided from its head before any of its body is kept:
// who has no key, or asks for a path there is not, brings nothing. It repeats no check of what is
// in the body, and stands in for none: a request that came whole with its head is not asked about,
// so whoever answers looks at the key himself. Pure; any thread.

#include <string_view>

#include "base/result.hpp"
#include "engine/setup/key_ring.hpp"
#include "net/http_server.hpp"

namespace idswitch::api {

// The largest body of a path that takes neither pictures nor a video.
inline constexpr std::size_t k_plain_body_bytes_max = 64 * 1024;

// path: without the query; authorization: the header's value. Fails with unauthorized or not_found.
// Where pictures or a video may come the limit is the server's own.
Result<net::BodyLimit> admit(const engine::KeyRing& keys, std::string_view method,
                             std::string_view path, std::string_view authorization);

}  // namespace idswitch::api
