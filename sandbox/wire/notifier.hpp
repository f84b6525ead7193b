// Posts Lite's notifications to the customer's server, over http or verified https.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/json/value.hpp>

#include "wire/message.hpp"

namespace idswitch::sandbox {

// {"session_token","url","status":<HTTP status>} or {...,"error":"..."}. Never throws; gives up
// after five seconds; follows no redirects.
[[nodiscard]] boost::asio::awaitable<boost::json::value> deliver(Notification notification,
                                                                 boost::asio::ssl::context& trust);

}  // namespace idswitch::sandbox
