// The Aliyun API gateway in front of both FaceID market products: credentials, signatures, its own
// errors. Source: supplement chapter 3.
#pragma once

#include <string>
#include <string_view>

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox::aliyun {

// What a product answers behind the gateway: refused credentials never reach it, and every answer
// carries the gateway's request id.
[[nodiscard]] Reply behind_gateway(Sandbox& sandbox, const Request& request,
                                   Reply (*product)(Sandbox&, const Request&));

// The string the gateway signs (supplement 3.1), built from what arrived. Header names are taken in
// the spelling they were sent in; a name listed in another spelling contributes an empty value, so
// only a client that sends, lists and signs one spelling passes.
[[nodiscard]] std::string string_to_sign(const Request& request);

// Base64 HMAC-SHA256, or HMAC-SHA1 when X-Ca-Signature-Method says HmacSHA1.
[[nodiscard]] std::string signature_of(const Request& request, std::string_view app_secret);

}  // namespace idswitch::sandbox::aliyun
