#pragma once

// PathToken: what arrives at /return/ or /callbacks/ names a verification and proves itself with a
// secret. Each of the two has its own: the person's browser never holds the vendor's. Plain value.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/verification_record.hpp"

namespace idswitch::engine {

struct PathToken {
  enum class Use : std::uint8_t { person_return, callback };

  VerificationId id;
  std::array<std::uint8_t, 16> secret{};

  static PathToken of(const VerificationRecord& record, Use use);

  // Compares in constant time.
  bool opens(const VerificationRecord& record, Use use) const;

  // "ver_.../<32 hex digits>"
  std::string text() const;
  static std::optional<PathToken> parse(std::string_view text);
};

}  // namespace idswitch::engine
