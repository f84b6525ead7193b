#include "net/origin.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace idswitch::net {

namespace {

// A DNS name as TLS and the Host header take it; an IDN must come as its "xn--" form.
bool is_host_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

Error invalid(const char* detail) {
  return Error(Errc::config_invalid, detail, "/base_url");
}

}  // namespace

Result<std::shared_ptr<const Origin>> Origin::make(const OriginConfig& config) {
  const auto parsed = boost::urls::parse_uri(config.base_url);
  if (!parsed || parsed->scheme_id() != boost::urls::scheme::https || !parsed->has_authority()) {
    return invalid("base_url must look like 'https://host[:port][/prefix]'.");
  }
  const boost::urls::url_view& url = *parsed;
  if (url.has_userinfo()) {
    return invalid("base_url must not hold a user or password; credentials belong to the account.");
  }
  if (url.has_query() || url.has_fragment()) {
    return invalid("base_url must end with its path, without '?' or '#'.");
  }

  std::shared_ptr<Origin> origin(new Origin(config));
  origin->host_ = url.host_address();
  boost::system::error_code not_an_ip;
  boost::asio::ip::make_address(origin->host_, not_an_ip);
  origin->host_is_ip_ = !not_an_ip;
  if (!origin->host_is_ip_ && !is_host_name(origin->host_)) {
    return invalid(
        "base_url needs a host: a DNS name or an IP address ('https://api.example.com').");
  }
  if (url.has_port() && !url.port().empty()) {
    const auto digits = url.port();  // Boost.URL checks that they are digits, not their range
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), origin->port_);
    if (read.ec != std::errc() || origin->port_ == 0) {
      return invalid("base_url's port must be 1 to 65535.");
    }
  }
  origin->host_header_ = url.encoded_host();
  if (origin->port_ != 443) origin->host_header_ += ":" + std::to_string(origin->port_);
  origin->prefix_ = url.encoded_path();
  while (origin->prefix_.ends_with('/')) origin->prefix_.pop_back();
  if (config.connections_max == 0) {
    return Error(Errc::config_invalid, "connections_max must be at least 1.");
  }

  auto tls = make_client_tls(config.ca_file);
  if (!tls) return tls.error();
  origin->tls_ = std::move(*tls);
  return std::shared_ptr<const Origin>(std::move(origin));
}

}  // namespace idswitch::net
