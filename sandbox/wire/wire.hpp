// Between Beast's messages and the sandbox's own.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

#include "wire/message.hpp"

namespace idswitch::sandbox {

// "127.0.0.1:8443", "[::1]:0". Throws std::invalid_argument.
[[nodiscard]] boost::asio::ip::tcp::endpoint parse_address(const std::string& text);

[[nodiscard]] Request read_message(
    boost::beast::http::request<boost::beast::http::string_body>&& message);

// The bytes of a reply. Content-Length is that of the whole body, also when only half is sent.
[[nodiscard]] std::string write_message(const Reply& reply, bool keep_alive, bool with_body);

}  // namespace idswitch::sandbox
