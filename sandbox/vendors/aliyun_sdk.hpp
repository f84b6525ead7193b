// Aliyun FaceID SDK v1.2: get_biz_token, get_result. Source: the SDK v1.2 document.
#pragma once

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox::aliyun_sdk {

// POST /face/v1.2/sdk/get_biz_token, form-urlencoded or multipart. The token's lifetime is not in
// the document: one hour (as Lite's and Megvii's) is assumed, results one day (supplement 2.4).
[[nodiscard]] Reply get_biz_token(Sandbox& sandbox, const Request& request);

// GET /face/v1.2/sdk/get_result?biz_token=T[&verbose=1].
[[nodiscard]] Reply get_result(Sandbox& sandbox, const Request& request);

// Charges a person who is done: 1000, 2000, 3000 (charging chapter).
void on_finished(Sandbox& sandbox, const Session& session);

}  // namespace idswitch::sandbox::aliyun_sdk
