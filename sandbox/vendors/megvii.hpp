// Megvii FaceID v5: get_biz_token, verify, liveness.
// Sources: the v5 get_biz_token document; supplement chapter 2. The reply of v5 verify is not
// documented: the shape and billing of v3 (supplement 2.3) are assumed.
#pragma once

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox::megvii {

// POST /faceid/v5/sdk/get_biz_token, multipart/form-data. Token lives one hour.
[[nodiscard]] Reply get_biz_token(Sandbox& sandbox, const Request& request);

// POST /faceid/v5/sdk/verify. Charged once per biz_token.
[[nodiscard]] Reply verify(Sandbox& sandbox, const Request& request);

// POST /faceid/v5/sdk/liveness. As verify, without comparison.
[[nodiscard]] Reply liveness(Sandbox& sandbox, const Request& request);

// What is wrong with a signature (supplement 2.1); order of checking.
enum class SignatureFault { none, malformed, unknown_key, mismatch, expired };

struct SignatureCheck {
  SignatureFault fault = SignatureFault::none;
  bool is_single_use = false;  // b=0
};

// `now_s` is in Unix seconds.
[[nodiscard]] SignatureCheck check_signature(std::string_view sign, std::string_view api_key,
                                             std::string_view api_secret, std::int64_t now_s);

}  // namespace idswitch::sandbox::megvii
