#pragma once

// TlsContext: an SSL_CTX with this project's rules on it: TLS 1.2 or newer, no renegotiation, no
// compression; a client always verifies. Made at start-up, shared by all lanes.

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/result.hpp"

namespace idswitch::net {

struct TlsContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

using TlsContext = std::unique_ptr<SSL_CTX, TlsContextFree>;

// ca_file: PEM; empty for the system's store. Error: config_invalid.
Result<TlsContext> make_client_tls(const std::string& ca_file);

// PEM files; the chain's first certificate belongs to the key. Error: config_invalid.
Result<TlsContext> make_server_tls(const std::string& certificate_file,
                                   const std::string& private_key_file);

// The newest reason in OpenSSL's error queue of this thread, which is emptied: "unknown ca"; empty
// when there is none. Never holds data of the peer.
std::string take_tls_error();

}  // namespace idswitch::net
