#include <array>

#include "vendors/megvii.hpp"
#include "wire/arguments.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::megvii {
namespace {

constexpr std::size_t sha1_bytes = 20;

// The values of a, b, c and d in "a=..&b=..&c=..&d=..", exactly in this order.
std::optional<std::array<std::string_view, 4>> split_raw(std::string_view raw) {
  constexpr std::array<std::string_view, 4> keys = {"a=", "&b=", "&c=", "&d="};
  std::array<std::string_view, 4> values;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!raw.starts_with(keys[i])) return std::nullopt;
    raw.remove_prefix(keys[i].size());
    values[i] = raw.substr(0, raw.find('&'));
    raw.remove_prefix(values[i].size());
  }
  if (!raw.empty()) return std::nullopt;
  return values;
}

bool is_decimal(std::string_view text, std::size_t digits_max) {
  return !text.empty() && text.size() <= digits_max &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

SignatureCheck check_signature(std::string_view sign, std::string_view api_key,
                               std::string_view api_secret, std::int64_t now_s) {
  const auto bytes = base64_decode(sign);
  if (!bytes || bytes->size() <= sha1_bytes) return {SignatureFault::malformed};
  const std::string_view mac = std::string_view(*bytes).substr(0, sha1_bytes);
  const std::string_view raw = std::string_view(*bytes).substr(sha1_bytes);
  const auto values = split_raw(raw);
  if (!values) return {SignatureFault::malformed};
  const auto& [key, expires, current, random] = *values;
  if (!is_decimal(expires, 18) || !is_decimal(current, 18) || !is_decimal(random, 10)) {
    return {SignatureFault::malformed};
  }
  if (key != api_key) return {SignatureFault::unknown_key};
  if (!equals_in_constant_time(hmac_sha1(api_secret, raw), mac)) {
    return {SignatureFault::mismatch};
  }
  const std::int64_t expires_s = *parse_integer(expires);
  if (expires_s == 0) return {SignatureFault::none, true};
  if (expires_s <= *parse_integer(current)) return {SignatureFault::malformed};
  return {expires_s <= now_s ? SignatureFault::expired : SignatureFault::none};
}

}  // namespace idswitch::sandbox::megvii
