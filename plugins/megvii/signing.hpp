#pragma once

// The signature `hmac_sha1` of Megvii's open API ("App-鉴权说明"; supplement 2.1): sign =
// Base64(mac || raw) with raw = "a=<api_key>&b=<expires>&c=<now>&d=<random>" and mac =
// HMAC-SHA1(api_secret, raw). Key and secret stay with the host: raw names the key's slot, the host
// computes the MAC. Pure; any thread.

#include <cstdint>
#include <span>
#include <string>

#include "idswitch/sdk.hpp"

namespace idswitch::megvii {

// What is signed. Times are Unix seconds. validity_s 0: good for one request only. random: at most
// 10 digits, leading zeros count.
sdk::Rope signed_text(std::int64_t now_s, std::int64_t validity_s, std::string_view random);

// The value of the field `sign`, from the MAC over that text.
sdk::Rope signature(std::span<const std::uint8_t> mac, const sdk::Rope& signed_text);

// Ten digits from at least 8 bytes of entropy.
std::string random_digits(std::span<const std::uint8_t> entropy);

// The signature of the exchange's next request.
sdk::Rope sign(sdk::Exchange& x, std::int64_t validity_s);

}  // namespace idswitch::megvii
