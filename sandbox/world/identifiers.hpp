// Tokens, task numbers and request ids in the vendors' shapes. Seeded, so a run can be repeated;
// not for secrets.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "world/clock.hpp"

namespace idswitch::sandbox {

class Identifiers {
 public:
  explicit Identifiers(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::string hex(std::size_t length);
  [[nodiscard]] std::string digits(std::size_t length);
  [[nodiscard]] std::string uuid();

  // "1531397038,f0b9eea0-6a2d-486c-a1ba-42fdf843e8cc": FaceID request ids and v1.2/v5 biz_tokens.
  [[nodiscard]] std::string stamped_uuid(TimePoint now);

  // Uniform in [low, high].
  [[nodiscard]] std::uint64_t number(std::uint64_t low, std::uint64_t high);

 private:
  std::mt19937_64 random_;
};

}  // namespace idswitch::sandbox
