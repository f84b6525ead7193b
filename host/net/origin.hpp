#pragma once

// Origin: where requests go, parsed and checked once, with its TLS context. Immutable; shared by
// all lanes.

#include <memory>
#include <string>

#include "net/http_client.hpp"
#include "net/tls_context.hpp"

namespace idswitch::net {

class Origin {
 public:
  // See HttpClient::make_origin.
  static Result<std::shared_ptr<const Origin>> make(const OriginConfig& config);

  const OriginConfig& config() const { return config_; }

  const std::string& host() const { return host_; }  // a name, or an IP address without brackets

  bool host_is_ip() const { return host_is_ip_; }

  std::uint16_t port() const { return port_; }

  const std::string& host_header() const { return host_header_; }  // "host", "[::1]:8443"

  const std::string& prefix() const { return prefix_; }  // "" or "/prefix"

  SSL_CTX* tls() const { return tls_.get(); }

 private:
  explicit Origin(OriginConfig config) : config_(std::move(config)) {}

  OriginConfig config_;
  std::string host_;
  bool host_is_ip_ = false;
  std::uint16_t port_ = 443;
  std::string host_header_;
  std::string prefix_;
  TlsContext tls_;
};

}  // namespace idswitch::net
