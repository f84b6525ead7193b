#include "base/random.hpp"

#include <openssl/rand.h>

#include <cstdlib>
#include <cstring>

namespace idswitch {
namespace {

// RAND_bytes locks and re-seeds on every call; a block makes that once per some hundred requests.
struct Block {
  std::array<std::uint8_t, 4096> bytes;
  std::size_t used = sizeof bytes;
};

}  // namespace

void random_bytes(std::span<std::uint8_t> out) {
  if (out.empty()) return;
  thread_local Block block;
  if (out.size() > block.bytes.size()) std::abort();
  if (block.bytes.size() - block.used < out.size()) {
    if (RAND_bytes(block.bytes.data(), static_cast<int>(block.bytes.size())) != 1) std::abort();
    block.used = 0;
  }
  std::memcpy(out.data(), block.bytes.data() + block.used, out.size());
  // What was handed out must not lie about in memory for the next reader.
  std::memset(block.bytes.data() + block.used, 0, out.size());
  block.used += out.size();
}

std::uint64_t random_u64() {
  std::uint64_t value = 0;
  const auto bytes = random_array<sizeof value>();
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace idswitch
