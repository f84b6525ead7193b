#pragma once

// TlsSession: one end of one TLS connection, between two pieces of memory. No I/O: encrypted bytes
// are put in and taken out by whoever owns the socket, so one read of the socket serves all of
// OpenSSL's. One thread.

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/values/byte_size.hpp"

namespace idswitch::net {

class TlsSession {
 public:
  enum class Step : std::uint8_t { done, need_input, closed, failed };

  // A client that insists on `host`: a name (also sent as SNI) or an IP address.
  static std::unique_ptr<TlsSession> client(SSL_CTX* context, const std::string& host,
                                            bool host_is_ip);
  static std::unique_ptr<TlsSession> server(SSL_CTX* context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Encrypted, from the socket. Ask for space only after need_input: then all input has been used.
  std::span<char> input_space() { return {input_.get(), k_input_bytes}; }

  void input_added(std::size_t bytes) {
    input_begin_ = input_.get();
    input_end_ = input_begin_ + bytes;
  }

  // Encrypted, for the socket; the caller erases what it has sent.
  std::string& output() { return output_; }

  // Each may leave something in output(), also when it fails (an alert).
  Step handshake();
  // done: got bytes were put at `to`. closed: close_notify.
  Step read(std::span<char> to, std::size_t& got);
  Step write(std::string_view text);

  // Something has come in that was not looked at yet.
  bool has_input() const { return input_begin_ != input_end_ || SSL_has_pending(ssl_.get()) == 1; }

  // True while nothing but TLS's own messages is there to read: the connection can be used again.
  bool quiet();
  // Puts close_notify into output() when the handshake was done.
  void close();

  // After failed: "certificate verify failed: self-signed certificate".
  const std::string& failure() const { return failure_; }

 private:
  explicit TlsSession(SSL_CTX* context);
  Step result(int returned);

  static constexpr std::size_t k_input_bytes = 17 * k_kib;  // a whole record

  friend int read_input(BIO* bio, char* to, std::size_t size, std::size_t* got);
  friend int write_output(BIO* bio, const char* from, std::size_t size, std::size_t* written);

  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  std::unique_ptr<SSL, Free> ssl_;
  std::unique_ptr<char[]> input_;
  const char* input_begin_ = nullptr;
  const char* input_end_ = nullptr;
  std::string output_;
  std::string failure_;
};

}  // namespace idswitch::net
