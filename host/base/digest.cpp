#include "base/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace idswitch {
namespace {

// Fetched once: looking the digest up costs more than hashing a key.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
  // The context is kept as well.
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<std::uint8_t, 32> out{};
  if (EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), out.data(), nullptr) != 1) {
    std::abort();
  }
  return out;
}

// RFC 2104, from digests that can be copied: that an EVP_MAC begins anew with the key it has is
// true from OpenSSL 3.0.3 on only.
struct HmacSha256::Contexts {
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

  Context inner{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  Context outer{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  Context scratch{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

namespace {

constexpr std::size_t k_block_bytes = 64;

void begin(EVP_MD_CTX* context, std::string_view key, unsigned char pad) {
  std::array<unsigned char, k_block_bytes> block;
  block.fill(pad);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= static_cast<unsigned char>(key[i]);
  const bool begun = EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1 &&
                     EVP_DigestUpdate(context, block.data(), block.size()) == 1;
  OPENSSL_cleanse(block.data(), block.size());
  if (!begun) std::abort();
}

void go_on(EVP_MD_CTX* scratch, const EVP_MD_CTX* begun, const void* bytes, std::size_t size,
           std::array<std::uint8_t, 32>& out) {
  if (EVP_MD_CTX_copy_ex(scratch, begun) != 1 || EVP_DigestUpdate(scratch, bytes, size) != 1 ||
      EVP_DigestFinal_ex(scratch, out.data(), nullptr) != 1) {
    std::abort();
  }
}

}  // namespace

HmacSha256::HmacSha256(std::string_view key) : contexts_(std::make_unique<Contexts>()) {
  std::array<std::uint8_t, 32> hashed{};  // stands for a key that is longer than a block
  if (key.size() > k_block_bytes) {
    hashed = sha256(key);
    key = {reinterpret_cast<const char*>(hashed.data()), hashed.size()};
  }
  begin(contexts_->inner.get(), key, 0x36);
  begin(contexts_->outer.get(), key, 0x5c);
  OPENSSL_cleanse(hashed.data(), hashed.size());
}

HmacSha256::~HmacSha256() = default;
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;

std::array<std::uint8_t, 32> HmacSha256::operator()(std::string_view bytes) {
  std::array<std::uint8_t, 32> out{};
  go_on(contexts_->scratch.get(), contexts_->inner.get(), bytes.data(), bytes.size(), out);
  go_on(contexts_->scratch.get(), contexts_->outer.get(), out.data(), out.size(), out);
  return out;
}

std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view bytes) {
  return HmacSha256(key)(bytes);
}

}  // namespace idswitch
