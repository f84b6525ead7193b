#include "base/digest.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>
#include <memory>

namespace idswitch {
namespace {

EVP_MAC_CTX* new_hmac_sha256() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* const context = EVP_MAC_CTX_new(algorithm);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  if (EVP_MAC_CTX_set_params(context, parameters) != 1) std::abort();
  return context;
}

}  // namespace

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
  // Fetched once, context kept: looking the digest up costs more than hashing a key.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<std::uint8_t, 32> out{};
  if (EVP_DigestInit_ex2(context.get(), algorithm, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), out.data(), nullptr) != 1) {
    std::abort();
  }
  return out;
}

HmacSha256::HmacSha256(std::string_view key) : context_(new_hmac_sha256()) {
  static constexpr unsigned char k_no_key = 0;  // a null pointer would mean the key of before
  const auto* const bytes =
      key.empty() ? &k_no_key : reinterpret_cast<const unsigned char*>(key.data());
  if (EVP_MAC_init(static_cast<EVP_MAC_CTX*>(context_), bytes, key.size(), nullptr) != 1)
    std::abort();
}

HmacSha256::~HmacSha256() {
  EVP_MAC_CTX_free(static_cast<EVP_MAC_CTX*>(context_));
}

std::array<std::uint8_t, 32> HmacSha256::operator()(std::string_view bytes) {
  auto* const context = static_cast<EVP_MAC_CTX*>(context_);
  std::array<std::uint8_t, 32> out{};
  std::size_t length = 0;
  // Without a key: with the one it has.
  if (EVP_MAC_init(context, nullptr, 0, nullptr) != 1 ||
      EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) !=
          1 ||
      EVP_MAC_final(context, out.data(), &length, out.size()) != 1) {
    std::abort();
  }
  return out;
}

std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view bytes) {
  // As above: the context knows its digest from the first use on and is given keys only.
  thread_local const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(
      new_hmac_sha256(), &EVP_MAC_CTX_free);
  static constexpr unsigned char k_no_key = 0;  // a null pointer would mean the key of before
  const auto* const key_bytes =
      key.empty() ? &k_no_key : reinterpret_cast<const unsigned char*>(key.data());
  std::array<std::uint8_t, 32> out{};
  std::size_t length = 0;
  if (EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) != 1 ||
      EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size()) != 1 ||
      EVP_MAC_final(context.get(), out.data(), &length, out.size()) != 1) {
    std::abort();
  }
  return out;
}

}  // namespace idswitch
