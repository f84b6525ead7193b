#include "signing.hpp"

#include "product.hpp"

namespace idswitch::megvii {

sdk::Rope signed_text(std::int64_t now_s, std::int64_t validity_s, std::string_view random) {
  const std::int64_t expires_s = validity_s == 0 ? 0 : now_s + validity_s;
  sdk::Rope text("a=");
  text.secret(k_slot_api_key);
  text.add("&b=" + std::to_string(expires_s) + "&c=" + std::to_string(now_s) +
           "&d=" + std::string(random));
  return text;
}

sdk::Rope signature(std::span<const std::uint8_t> mac, const sdk::Rope& signed_text) {
  sdk::Rope whole;
  whole.add(std::string_view(reinterpret_cast<const char*>(mac.data()), mac.size()));
  whole.append(signed_text);
  sdk::Rope encoded;
  encoded.rope(std::move(whole), {sdk::Encode::base64});
  return encoded;
}

std::string random_digits(std::span<const std::uint8_t> entropy) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8 && i < entropy.size(); ++i) value = value << 8 | entropy[i];
  const std::string digits = std::to_string(value % 10'000'000'000u);
  return std::string(10 - digits.size(), '0') + digits;
}

sdk::Rope sign(sdk::Exchange& x, std::int64_t validity_s) {
  // The first half of the entropy makes the multipart boundary, which travels in the clear.
  const auto entropy = std::span<const std::uint8_t>(x.operation().entropy).subspan(16);
  const sdk::Rope text = signed_text(x.now_unix_ms() / 1000, validity_s, random_digits(entropy));
  return signature(x.mac(IDSW_MAC_HMAC_SHA1, k_slot_api_secret, text), text);
}

}  // namespace idswitch::megvii
