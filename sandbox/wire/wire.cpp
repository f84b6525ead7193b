#include "wire/wire.hpp"

#include <boost/beast/http/status.hpp>
#include <stdexcept>

namespace idswitch::sandbox {

namespace http = boost::beast::http;

boost::asio::ip::tcp::endpoint parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string::npos) {
    std::string host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    const std::string port = text.substr(colon + 1);
    const bool is_number = !port.empty() && port.size() <= 5 &&
                           port.find_first_not_of("0123456789") == std::string::npos;
    if (!error && is_number && std::stoul(port) <= 65535) {
      return {address, static_cast<std::uint16_t>(std::stoul(port))};
    }
  }
  throw std::invalid_argument("not an address such as 127.0.0.1:8443: " + text);
}

Request read_message(http::request<http::string_body>&& message) {
  Request request;
  request.method = message.method_string();
  const std::string_view target(message.target().data(), message.target().size());
  const std::size_t question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  request.query = target.substr(std::min(question + 1, target.size()));
  for (const auto& field : message) {
    request.headers.push_back({field.name_string(), field.value()});
  }
  request.body = std::move(message.body());
  return request;
}

// Written by hand so that a fault can lie about the length.
std::string write_message(const Reply& reply, bool keep_alive, bool with_body) {
  const auto status = static_cast<http::status>(reply.status);
  std::string text = "HTTP/1.1 " + std::to_string(reply.status) + ' ';
  text += http::obsolete_reason(status);
  text += "\r\nServer: idswitch-sandbox\r\n";
  for (const Header& header : reply.headers) {
    text += header.name + ": ";
    // A value may echo a client's bytes: no line break may get out.
    for (const char c : header.value) text += static_cast<unsigned char>(c) < 32 ? ' ' : c;
    text += "\r\n";
  }
  text += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n";
  text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (!with_body) return text;
  const bool is_half = reply.delivery == Delivery::half_body;
  return text.append(reply.body, 0, is_half ? reply.body.size() / 2 : std::string::npos);
}

}  // namespace idswitch::sandbox
