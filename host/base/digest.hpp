#pragma once

// SHA-256 for keys and request digests. Any thread.

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace idswitch {

std::array<std::uint8_t, 32> sha256(std::string_view bytes);

// HMAC-SHA256 with one key for many texts: what the key alone decides is computed once. One thread
// at a time.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  ~HmacSha256();

  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) = delete;

  std::array<std::uint8_t, 32> operator()(std::string_view bytes);

 private:
  struct Contexts;
  std::unique_ptr<Contexts> contexts_;
};

std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace idswitch
