// Baidu video liveness with a spoken code: OAuth token, sessioncode, verify.
// Sources: the sessioncode document; supplement chapter 1.
#pragma once

#include <boost/json/object.hpp>

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox::baidu {

// POST or GET /oauth/2.0/token, parameters in the query (supplement 1.2). A refusal is 401 or 400
// with {"error","error_description"}; the status is assumed, the document gives bodies only.
[[nodiscard]] Reply token(Sandbox& sandbox, const Request& request);

// POST .../faceliveness/sessioncode (supplement 1.3). Charged on success.
[[nodiscard]] Reply sessioncode(Sandbox& sandbox, const Request& request);

// POST .../faceliveness/verify (supplement 1.4). Charged on success and on 223120 and 216500.
[[nodiscard]] Reply verify(Sandbox& sandbox, const Request& request);

// What verify and sessioncode share.
struct ServiceReply {
  Reply reply;
  std::string log_id;  // as text
};

// A reply of the face service in the naming whose turn it is; HTTP status 200 always.
[[nodiscard]] ServiceReply service_reply(Sandbox& sandbox, std::int64_t code,
                                         std::string_view message, boost::json::object result);

// A reply of Baidu's API platform: {"error_code","error_msg"} only (supplement 1.5).
[[nodiscard]] Reply platform_error(std::int64_t code, std::string_view message);

// The platform's refusal of the access_token in the query; nullopt when it is good.
[[nodiscard]] std::optional<Reply> refuse_access_token(Sandbox& sandbox, const Request& request);

// The documented message of an error code; "unknown error" when there is none.
[[nodiscard]] std::string_view message_of(std::string_view code);

}  // namespace idswitch::sandbox::baidu
