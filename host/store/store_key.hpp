#pragma once

// StoreKey: 32 random bytes that are made with the file and never leave it: what is derived from
// them means nothing elsewhere. Whoever may read the file has it. Plain value.

#include <array>
#include <cstdint>

namespace idswitch::store {

using StoreKey = std::array<std::uint8_t, 32>;

}  // namespace idswitch::store
