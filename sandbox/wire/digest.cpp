#include "wire/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace idswitch::sandbox {
namespace {

std::string digest(const EVP_MD* algorithm, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), out.data(), &length, algorithm, nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot compute a digest");
  }
  return {out.begin(), out.begin() + length};
}

std::string mac(const EVP_MD* algorithm, std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  if (HMAC(algorithm, key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(),
           &length) == nullptr) {
    throw std::runtime_error("OpenSSL cannot compute a MAC");
  }
  return {out.begin(), out.begin() + length};
}

}  // namespace

std::string sha256_hex(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string result;
  for (const char c : digest(EVP_sha256(), text)) {
    const auto byte = static_cast<unsigned char>(c);
    result += {digits[byte >> 4], digits[byte & 15]};
  }
  return result;
}

std::string md5(std::string_view text) {
  return digest(EVP_md5(), text);
}

std::string hmac_sha1(std::string_view key, std::string_view text) {
  return mac(EVP_sha1(), key, text);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  return mac(EVP_sha256(), key, text);
}

std::string base64_encode(std::string_view bytes) {
  std::string result(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return result;
}

std::optional<std::string> base64_decode(std::string_view text) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return std::string();
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  // EVP_DecodeBlock skips white space and allows stray padding; the vendors' documents do not.
  if (text.substr(0, text.size() - padding).find_first_not_of(alphabet) != std::string_view::npos) {
    return std::nullopt;
  }
  std::string result(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  result.resize(static_cast<std::size_t>(length) - padding);
  return result;
}

bool equals_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace idswitch::sandbox
