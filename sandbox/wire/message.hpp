// The request and the reply every vendor module speaks in. Plain values: no socket, no Beast type,
// so that each vendor can be tested without a network.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace idswitch::sandbox {

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  std::string method;
  std::string path;   // as sent, not percent-decoded
  std::string query;  // as sent, without "?"
  std::vector<Header> headers;
  std::string body;

  // First header with that name (any letter case); nullptr when absent.
  [[nodiscard]] const Header* find_header(std::string_view name) const;

  // Its value, or "" when absent.
  [[nodiscard]] std::string_view header(std::string_view name) const;

  // Content-Type without parameters, in lower case; "" when absent.
  [[nodiscard]] std::string media_type() const;
};

// How much of a reply reaches the client; anything but `whole` closes the connection.
enum class Delivery { whole, half_body, nothing };

// A POST the sandbox makes to the customer's server before it answers (Lite document, step 2).
struct Notification {
  std::string url;
  std::string body;  // application/x-www-form-urlencoded
  std::string session_token;
};

struct Reply {
  unsigned status = 200;
  std::vector<Header> headers;
  std::string body;
  std::chrono::milliseconds delay{0};
  Delivery delivery = Delivery::whole;
  std::vector<Notification> notifications;
  bool notifies_first = true;  // false: answered first, notified in the background

  void set_header(std::string_view name, std::string_view value);
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

[[nodiscard]] Reply json_reply(unsigned status, const boost::json::value& body,
                               std::string_view content_type = "application/json");
[[nodiscard]] Reply text_reply(unsigned status, std::string body,
                               std::string_view content_type = "text/plain");

// The vendors' common 413: plain text, not JSON (SDK v1.2 document, error tables).
[[nodiscard]] Reply too_large_reply();

// Requests above this are refused with 413 (SDK v1.2 and Lite documents: 20 MB).
inline constexpr std::size_t faceid_request_bytes_max = std::size_t{20} * 1024 * 1024;

[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace idswitch::sandbox
