#include "signing.hpp"

#include <algorithm>

#include "product.hpp"

namespace idswitch::aliyun_faceid {
namespace {

constexpr std::string_view k_accept = "application/json";

void sort_by_name(std::vector<std::pair<std::string, sdk::Rope>>& pairs) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
}

// The header names are sent, listed and signed in one spelling, lower case: the two published
// implementations disagree about the case, and this is the choice that both allow.
SignedRequest signed_request(sdk::Exchange& x, std::string_view stage) {
  SignedRequest request;
  request.accept = k_accept;
  sdk::Rope key;
  key.secret(k_slot_app_key);
  request.headers.emplace_back("x-ca-key", std::move(key));
  // The first half of the entropy makes multipart boundaries.
  request.headers.emplace_back(
      "x-ca-nonce", uuid(std::span<const std::uint8_t>(x.operation().entropy).subspan(16)));
  request.headers.emplace_back("x-ca-signature-method", "HmacSHA256");
  request.headers.emplace_back("x-ca-timestamp", std::to_string(x.now_unix_ms()));
  if (!stage.empty()) request.headers.emplace_back("x-ca-stage", stage);
  sort_by_name(request.headers);
  return request;
}

}  // namespace

sdk::Rope string_to_sign(SignedRequest request) {
  sort_by_name(request.headers);
  sort_by_name(request.parameters);
  sdk::Rope text;
  for (const std::string_view line :
       {request.method, request.accept, request.content_md5, request.content_type, request.date}) {
    text.add(line).add("\n");
  }
  for (const auto& [name, value] : request.headers) text.add(name + ":").append(value).add("\n");
  text.add(request.path);
  const std::string* previous = nullptr;
  for (const auto& [name, value] : request.parameters) {
    // Of a repeated parameter the first counts.
    if (previous != nullptr && *previous == name) continue;
    text.add(previous == nullptr ? "?" : "&").add(name);
    if (!value.empty()) text.add("=").append(value);
    previous = &name;
  }
  return text;
}

std::string signed_header_names(const SignedRequest& request) {
  std::string names;
  for (const auto& [name, value] : request.headers) names += (names.empty() ? "" : ",") + name;
  return names;
}

std::string uuid(std::span<const std::uint8_t> entropy) {
  std::uint8_t bytes[16] = {};
  std::copy_n(entropy.begin(), std::min<std::size_t>(16, entropy.size()), bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  const std::string digits = sdk::hex(bytes);
  return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
         digits.substr(16, 4) + "-" + digits.substr(20);
}

Authorization::Authorization(const sdk::AccountConfig& config)
    : signs_(config.setting("auth").text() == "signature"),
      stage_(config.setting("stage").text()),
      base_path_(config.base_path()) {
  if (!signs_ && !config.has_secret(k_slot_app_code)) {
    throw sdk::SettingsError("auth appcode needs the secret `app_code` (or set auth to signature)");
  }
  if (signs_ && !(config.has_secret(k_slot_app_key) && config.has_secret(k_slot_app_secret))) {
    throw sdk::SettingsError("auth signature needs the secrets `app_key` and `app_secret`");
  }
}

void Authorization::add(sdk::Exchange& x, sdk::Request& request, std::string_view method,
                        std::string_view path, std::string_view content_type,
                        const std::vector<SignedParameter>& parameters) const {
  request.header("Accept", k_accept);
  if (!signs_) {
    if (!stage_.empty()) request.header("x-ca-stage", stage_);
    sdk::Rope code("APPCODE ");
    code.secret(k_slot_app_code);
    request.header("Authorization", std::move(code));
    return;
  }
  SignedRequest to_sign = signed_request(x, stage_);
  to_sign.method = method;
  to_sign.content_type = content_type;
  to_sign.path = base_path_ + std::string(path);
  to_sign.parameters = parameters;
  for (const auto& [name, value] : to_sign.headers) request.header(name, value);
  request.header("x-ca-signature-headers", signed_header_names(to_sign));
  const sdk::Rope text = string_to_sign(std::move(to_sign));
  request.header("x-ca-signature",
                 sdk::base64(x.mac(IDSW_MAC_HMAC_SHA256, k_slot_app_secret, text)));
}

}  // namespace idswitch::aliyun_faceid
