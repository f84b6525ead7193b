#pragma once

// Between the ABI's borrowed text and C++ views, and the small encodings that adapters need for text
// they hold themselves. Pure; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "idswitch/abi.h"

namespace idswitch::sdk {

constexpr idsw_str to_abi(std::string_view text) { return {text.data(), text.size()}; }

inline idsw_bytes to_abi_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

constexpr std::string_view view(const idsw_str& text) {
  return text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len);
}

inline std::string_view view(const idsw_bytes& bytes) {
  return bytes.len == 0 ? std::string_view()
                        : std::string_view(reinterpret_cast<const char*>(bytes.ptr), bytes.len);
}

// Appends text as RFC 3986 asks (unreserved characters stay), or as an HTML form does (space is +).
inline void append_percent(std::string& out, std::string_view text, bool space_as_plus = false) {
  static constexpr char k_hex[] = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else if (c == ' ' && space_as_plus) {
      out += '+';
    } else {
      out += '%';
      out += k_hex[byte >> 4];
      out += k_hex[byte & 15];
    }
  }
}

inline std::string hex(std::span<const std::uint8_t> bytes) {
  static constexpr char k_hex[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out += k_hex[byte >> 4];
    out += k_hex[byte & 15];
  }
  return out;
}

inline std::string base64(std::span<const std::uint8_t> bytes) {
  static constexpr char k_digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const std::uint32_t group = (std::uint32_t{bytes[i]} << 16) |
                                (left > 1 ? std::uint32_t{bytes[i + 1]} << 8 : 0u) |
                                (left > 2 ? std::uint32_t{bytes[i + 2]} : 0u);
    out += k_digits[group >> 18];
    out += k_digits[(group >> 12) & 63];
    out += left > 1 ? k_digits[(group >> 6) & 63] : '=';
    out += left > 2 ? k_digits[group & 63] : '=';
  }
  return out;
}

// Case-insensitive comparison of ASCII, for header names.
inline bool same_name(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

inline std::string_view trim(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace idswitch::sdk
