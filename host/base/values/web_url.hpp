#pragma once

// WebUrl: an absolute http or https URL in normal form, read so strictly that no browser or server
// can see another host or path in it than we do. Boost.URL stays in web_url.cpp. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace idswitch {

struct WebUrl {
  std::string scheme;      // "https" or "http"
  std::string host;        // lower case: name, IPv4 address or IPv6 address in brackets
  std::uint16_t port = 0;  // the scheme's own when the text has none
  std::string path;        // dot segments removed, needless percent-encoding undone; "/" for none
  std::string query;       // without '?'
  bool has_query = false;

  // True for localhost, 127.0.0.1 and [::1].
  bool is_loopback() const;

  // True when scheme, host and port are the same.
  bool same_origin(const WebUrl& other) const;
};

// Error: invalid_field with what is wrong, never repeating the text, which may hold a password or a
// token. Refused beyond what RFC 3986 refuses: user info, fragments, backslashes, bytes outside
// printable ASCII, encoded slashes and dot segments that survive normalisation, odd hosts and
// ports.
Result<WebUrl> parse_web_url(std::string_view text);

}  // namespace idswitch
