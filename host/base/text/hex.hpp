#pragma once

// Bytes as lower-case hexadecimal text. Pure; any thread.

#include <string>

namespace idswitch {

// bytes: any range of std::uint8_t or char.
template <class Bytes>
std::string hex_text(const Bytes& bytes) {
  static constexpr char k_digits[] = "0123456789abcdef";
  std::string text;
  for (const auto item : bytes) {
    const auto byte = static_cast<unsigned char>(item);
    text += k_digits[byte >> 4];
    text += k_digits[byte & 15];
  }
  return text;
}

}  // namespace idswitch
