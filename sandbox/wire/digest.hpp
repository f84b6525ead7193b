// Digests, MACs and base64 by OpenSSL, as the vendors' signature chapters need them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace idswitch::sandbox {

[[nodiscard]] std::string sha256_hex(std::string_view text);                         // lower case
[[nodiscard]] std::string md5(std::string_view text);                                // 16 raw bytes
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view text);    // 20 raw bytes
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);  // 32 raw bytes

[[nodiscard]] std::string base64_encode(std::string_view bytes);

// Standard alphabet with padding, no white space; nullopt otherwise.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

// Compares in a time that depends on the lengths only.
[[nodiscard]] bool equals_in_constant_time(std::string_view a, std::string_view b);

}  // namespace idswitch::sandbox
