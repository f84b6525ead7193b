#pragma once

// RawServer: a TLS server of blocking sockets and threads that does byte by byte what a test's
// script says, right or wrong. Shares no code with what it tests.

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "certificates.hpp"

namespace idswitch::net::test {

class RawConnection {
 public:
  RawConnection(int socket, SSL* ssl, int number) : socket_(socket), ssl_(ssl), number_(number) {}

  // The next request with its body (by Content-Length); nothing when the client has closed.
  std::optional<std::string> read_request();
  void send(std::string_view text);
  // Ends like a polite server, or as if the machine had died, or in between: FIN without
  // close_notify.
  void close();
  void reset();
  void cut();

  // 0 for the first connection.
  int number() const { return number_; }

 private:
  int socket_;
  SSL* ssl_;
  int number_;
  std::string input_;
};

class RawServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  // The script runs for each connection, on a thread of its own; its connection closes after it.
  explicit RawServer(Script script, const Identity& identity = loopback_identity(),
                     int tls_version_max = TLS1_3_VERSION);
  ~RawServer();

  std::uint16_t port() const { return port_; }

  std::string url(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(port_);
  }

  int connections() const { return connections_; }

  // Connections that are open stay; new ones are refused from now on.
  void stop_listening();

 private:
  void accept_all();
  void serve(int socket, int number);

  Script script_;
  SSL_CTX* context_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::list<int> open_;  // shut down at the end, so that no script reads for ever
  bool ending_ = false;
  std::list<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace idswitch::net::test
