#pragma once

// What tells two requests of the embedding API with one idempotency key apart: a keyed digest over
// everything that they ask for, the person included. Not over the tenant and the key, under which
// it is looked up, nor over what shall be handed over besides. Pure; any thread.

#include <array>
#include <cstdint>
#include <string_view>

#include "idswitch/switch.hpp"

namespace idswitch::app {

using RequestDigest = std::array<std::uint8_t, 32>;

// Starts and submits never have the same digest, whatever is in them. key: without it a digest of a
// name and an ID number could be found by trying them all.
RequestDigest request_digest(std::string_view key, const StartRequest& request);
RequestDigest request_digest(std::string_view key, const SubmitRequest& request);

}  // namespace idswitch::app
