#include "net/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "net/tls_context.hpp"

namespace idswitch::net {

int read_input(BIO* bio, char* to, std::size_t size, std::size_t* got) {
  auto& session = *static_cast<TlsSession*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *got = std::min(size, static_cast<std::size_t>(session.input_end_ - session.input_begin_));
  if (*got == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  std::memcpy(to, session.input_begin_, *got);
  session.input_begin_ += *got;
  return 1;
}

int write_output(BIO* bio, const char* from, std::size_t size, std::size_t* written) {
  static_cast<TlsSession*>(BIO_get_data(bio))->output_.append(from, size);
  *written = size;
  return 1;
}

namespace {

// SSL_set_tlsext_host_name without the C cast in its macro. The name is copied.
long set_server_name(SSL* ssl, const std::string& name) {
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(name.c_str()));
}

long control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

// Made once for the process and never freed.
const BIO_METHOD* bio_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "idswitch memory");
    if (made == nullptr) std::abort();
    BIO_meth_set_read_ex(made, read_input);
    BIO_meth_set_write_ex(made, write_output);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return method;
}

void forget_old_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

}  // namespace

TlsSession::TlsSession(SSL_CTX* context) : ssl_(SSL_new(context)), input_(new char[k_input_bytes]) {
  BIO* const bio = BIO_new(bio_method());
  if (!ssl_ || bio == nullptr) std::abort();  // out of memory
  input_begin_ = input_end_ = input_.get();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_read_ahead(ssl_.get(), 1);
}

TlsSession::~TlsSession() = default;

std::unique_ptr<TlsSession> TlsSession::client(SSL_CTX* context, const std::string& host,
                                               bool host_is_ip) {
  std::unique_ptr<TlsSession> session(new TlsSession(context));
  SSL* const ssl = session->ssl_.get();
  SSL_set_connect_state(ssl);
  X509_VERIFY_PARAM* const rules = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int named = host_is_ip ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str())
                               : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
  // A check that could not be asked for must never become a check that is not made.
  if (named != 1 || (!host_is_ip && set_server_name(ssl, host) != 1)) std::abort();
  return session;
}

std::unique_ptr<TlsSession> TlsSession::server(SSL_CTX* context) {
  std::unique_ptr<TlsSession> session(new TlsSession(context));
  SSL_set_accept_state(session->ssl_.get());
  return session;
}

TlsSession::Step TlsSession::handshake() {
  forget_old_errors();
  return result(SSL_do_handshake(ssl_.get()));
}

TlsSession::Step TlsSession::read(std::span<char> to, std::size_t& got) {
  forget_old_errors();
  return result(SSL_read_ex(ssl_.get(), to.data(), to.size(), &got));
}

TlsSession::Step TlsSession::write(std::string_view text) {
  forget_old_errors();
  std::size_t written = 0;
  return result(SSL_write_ex(ssl_.get(), text.data(), text.size(), &written));
}

bool TlsSession::quiet() {
  forget_old_errors();
  char byte = 0;
  std::size_t got = 0;
  return result(SSL_peek_ex(ssl_.get(), &byte, 1, &got)) == Step::need_input;
}

void TlsSession::close() {
  if (SSL_is_init_finished(ssl_.get()) == 0 || !failure_.empty()) return;
  forget_old_errors();
  SSL_shutdown(ssl_.get());
  forget_old_errors();
}

TlsSession::Step TlsSession::result(int returned) {
  if (returned == 1) return Step::done;
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ: return Step::need_input;
    case SSL_ERROR_ZERO_RETURN: return Step::closed;
    default: break;
  }
  const long verified = SSL_get_verify_result(ssl_.get());
  const std::string reason = take_tls_error();
  if (verified != X509_V_OK) {
    failure_ = std::string("certificate verify failed: ") + X509_verify_cert_error_string(verified);
  } else {
    failure_ = "TLS failed" + (reason.empty() ? std::string() : ": " + reason);
  }
  return Step::failed;
}

}  // namespace idswitch::net
