// Aliyun FaceID Lite (H5 and mini-program): get_biz_token, get_result, the pretend page, notify.
// Source: the Lite document.
#pragma once

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox::aliyun_lite {

// POST /lite/v1/get_biz_token, form-urlencoded or multipart. The token is good for one use within
// an hour. `comparison_type` is not in the document's table but in its conditions: 1 is assumed
// when absent.
[[nodiscard]] Reply get_biz_token(Sandbox& sandbox, const Request& request);

// GET /lite/v1/get_result?biz_token=T. Results are kept one month (30 days here).
[[nodiscard]] Reply get_result(Sandbox& sandbox, const Request& request);

// GET or POST /lite/v1/do/<biz_token>[?outcome=C[&word=W]]: buttons, or the end of the flow.
[[nodiscard]] Reply page(Sandbox& sandbox, const Request& request);

// Charges (assumed: as the SDK) and returns the notifications to deliver.
[[nodiscard]] std::vector<Notification> on_finished(Sandbox& sandbox, const Session& session);

}  // namespace idswitch::sandbox::aliyun_lite
