#pragma once

// Unpredictable bytes from OpenSSL's generator, fetched in blocks for each thread. Any thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace idswitch {

// Aborts when the system has no entropy: nothing safe can be done then.
void random_bytes(std::span<std::uint8_t> out);

std::uint64_t random_u64();

template <std::size_t Size>
std::array<std::uint8_t, Size> random_array() {
  std::array<std::uint8_t, Size> out;
  random_bytes(out);
  return out;
}

}  // namespace idswitch
