#include "net/tls_context.hpp"

#include <openssl/err.h>

namespace idswitch::net {

namespace {

Error invalid(std::string what) {
  const std::string reason = take_tls_error();
  if (!reason.empty()) what += " (" + reason + ")";
  return Error(Errc::config_invalid, what + ".");
}

TlsContext make_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method));
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // The internal session cache takes a lock that all lanes would share.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

}  // namespace

Result<TlsContext> make_client_tls(const std::string& ca_file) {
  TlsContext context = make_context(TLS_client_method());
  if (!context) return invalid("OpenSSL could not be set up");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
      return invalid("The system's certificate store could not be loaded; install ca-certificates");
    }
  } else if (SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) != 1) {
    return invalid("ca_file '" + ca_file + "' must be a readable PEM file with a certificate");
  }
  static constexpr unsigned char http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context.get(), http_1_1, sizeof http_1_1);
  return context;
}

Result<TlsContext> make_server_tls(const std::string& certificate_file,
                                   const std::string& private_key_file) {
  TlsContext context = make_context(TLS_server_method());
  if (!context) return invalid("OpenSSL could not be set up");
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    return invalid("certificate_file '" + certificate_file +
                   "' must be a readable PEM file, the server's certificate first");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), private_key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return invalid("private_key_file '" + private_key_file +
                   "' must be a readable PEM key that belongs to certificate_file");
  }
  // Thousands of idle connections should not each hold 32 KiB of record buffers.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

std::string take_tls_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return {};
  if (ERR_SYSTEM_ERROR(code)) return "system error " + std::to_string(ERR_GET_REASON(code));
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "error " + std::to_string(code) : reason;
}

}  // namespace idswitch::net
