#include "engine/verification/path_token.hpp"

#include <openssl/crypto.h>

#include <algorithm>

namespace idswitch::engine {

PathToken PathToken::of(const VerificationRecord& record, Use use) {
  PathToken token{record.id, {}};
  const auto& secrets = record.path_secrets;
  const auto begin = secrets.begin() + (use == Use::callback ? token.secret.size() : 0);
  std::copy_n(begin, token.secret.size(), token.secret.begin());
  return token;
}

bool PathToken::opens(const VerificationRecord& record, Use use) const {
  const PathToken right = of(record, use);
  return CRYPTO_memcmp(right.secret.data(), secret.data(), secret.size()) == 0;
}

std::string PathToken::text() const {
  static constexpr char k_hex[] = "0123456789abcdef";
  char digits[1 + 2 * sizeof secret] = {'/'};
  char* at = digits + 1;
  for (const std::uint8_t byte : secret) {
    *at++ = k_hex[byte >> 4];
    *at++ = k_hex[byte & 15];
  }
  return id.text().append(digits, sizeof digits);
}

std::optional<PathToken> PathToken::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || text.size() - slash - 1 != 32) return {};
  const auto id = VerificationId::parse(text.substr(0, slash));
  if (!id) return {};
  PathToken token{*id, {}};
  for (std::size_t i = 0; i < 32; ++i) {
    const char c = text[slash + 1 + i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return {};
    token.secret[i / 2] = static_cast<std::uint8_t>(token.secret[i / 2] << 4 | digit);
  }
  return token;
}

}  // namespace idswitch::engine
