// The Aliyun API gateway in front of both FaceID market products: credentials, signatures, its own
// errors. Source: supplement chapter 3.
#pragma once

#include <optional>

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox::aliyun {

// The gateway's refusal of this request's credentials, or nullopt when it may pass: either
// "Authorization: APPCODE <code>" or a signature with X-Ca-Key.
[[nodiscard]] std::optional<Reply> refuse(Sandbox& sandbox, const Request& request);

// The string the gateway signs (supplement 3.1), built from what arrived. Header names are taken in
// the spelling they were sent in; a name listed in another spelling contributes an empty value, so
// only a client that sends, lists and signs one spelling passes.
[[nodiscard]] std::string string_to_sign(const Request& request);

// Base64 HMAC-SHA256, or HMAC-SHA1 when X-Ca-Signature-Method says HmacSHA1.
[[nodiscard]] std::string signature_of(const Request& request, std::string_view app_secret);

}  // namespace idswitch::sandbox::aliyun
