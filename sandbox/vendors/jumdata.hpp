// Jumdata liveness H5 (life_check_v2): init, result, and the pretend capture page.
// Source: the Jumdata document; supplement chapter 4.
#pragma once

#include <optional>

#include "wire/form.hpp"
#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox::jumdata {

// POST /lifecheck/h5/v2-1/init. Pre-deducts one charge.
[[nodiscard]] Reply init(Sandbox& sandbox, const Request& request);

// POST /lifecheck/h5/v2-1/result. Free; 200 and 202 make the charge final, 203 and 301 refund it.
[[nodiscard]] Reply result(Sandbox& sandbox, const Request& request);

// GET or POST /lifecheck/v2-1/check/capture.html?token=T[&outcome=C]: buttons, or the end.
[[nodiscard]] Reply page(Sandbox& sandbox, const Request& request);

// {"code","msg","charge":false,"taskNo"}; HTTP status 200, as for every Jumdata answer.
[[nodiscard]] Reply error(Sandbox& sandbox, std::int64_t code, std::string_view message);

// sha256(appId + appSecret + timestamp) in hex, compared in constant time. Lower case only: the
// document is silent, all public code sends lower case.
[[nodiscard]] bool is_signed(std::string_view app_id, std::string_view app_secret,
                             std::string_view timestamp, std::string_view sign);

// What a returnUrl makes the page do; nullopt when its prefix is not in the document's table.
struct ReturnAction {
  enum class Kind { redirect, replace, wx_redirect, wx_history, app_function, scheme };
  Kind kind;
  std::string target;  // address, mini-program page or function name; empty for wx_history
};

[[nodiscard]] std::optional<ReturnAction> parse_return_url(std::string_view return_url);

}  // namespace idswitch::sandbox::jumdata
