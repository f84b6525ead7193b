// The gateway's own errors: codes of the newer generation, texts of the older one.
#pragma once

#include <optional>
#include <string_view>

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox::aliyun {

// A refusal by a code of the newer generation that the table has ("A400AC"), with `detail` after
// its message. The settings decide which generation answers. Empty body, X-Ca-Error-Message and,
// from the newer generation, X-Ca-Error-Code.
[[nodiscard]] Reply gateway_error(Sandbox& sandbox, std::string_view code,
                                  std::string_view detail = "");

// A documented gateway error by its code ("B403MQ") or its old text ("Throttled by APP Flow
// Control"); nullopt when `code` is neither.
[[nodiscard]] std::optional<Reply> find_gateway_error(Sandbox& sandbox, std::string_view code);

// X-Ca-Request-Id, on every answer.
void add_request_id(Sandbox& sandbox, Reply& reply);

}  // namespace idswitch::sandbox::aliyun
