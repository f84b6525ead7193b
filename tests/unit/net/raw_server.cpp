#include "raw_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace idswitch::net::test {

std::optional<std::string> RawConnection::read_request() {
  for (;;) {
    if (const std::size_t end = input_.find("\r\n\r\n"); end != input_.npos) {
      std::size_t size = end + 4;
      const std::size_t length = input_.find("Content-Length: ");
      if (length < end) size += std::stoul(input_.substr(length + 16, 20));
      if (input_.size() >= size) {
        std::string request = input_.substr(0, size);
        input_.erase(0, size);
        return request;
      }
    }
    char buffer[16 * 1024];
    const int got = SSL_read(ssl_, buffer, sizeof buffer);
    if (got <= 0) return std::nullopt;
    input_.append(buffer, static_cast<std::size_t>(got));
  }
}

void RawConnection::send(std::string_view text) {
  SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
}

void RawConnection::close() {
  SSL_shutdown(ssl_);
  ::shutdown(socket_, SHUT_RDWR);
}

void RawConnection::reset() {
  const linger now{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void RawConnection::cut() {
  ::shutdown(socket_, SHUT_RDWR);
}

RawServer::RawServer(Script script, const Identity& identity, int tls_version_max)
    : script_(std::move(script)), context_(SSL_CTX_new(TLS_server_method())) {
  if (tls_version_max < TLS1_2_VERSION) {
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context_, tls_version_max);
  }
  SSL_CTX_set_max_proto_version(context_, tls_version_max);
  SSL_CTX_use_certificate_chain_file(context_, identity.certificate_file.c_str());
  SSL_CTX_use_PrivateKey_file(context_, identity.private_key_file.c_str(), SSL_FILETYPE_PEM);

  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0) std::abort();
  ::getsockname(listener_, generic, &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  stop_listening();
  for (std::thread& thread : threads_) thread.join();
  SSL_CTX_free(context_);
}

void RawServer::stop_listening() {
  if (!acceptor_.joinable()) return;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
}

void RawServer::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    if (ending_) ::shutdown(socket, SHUT_RDWR);
    open_.push_back(socket);
    threads_.emplace_back([this, socket, number = connections_++] { serve(socket, number); });
  }
}

void RawServer::serve(int socket, int number) {
  // OpenSSL's own sockets raise SIGPIPE. Only here, so that what is tested still has to avoid it.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SSL* const ssl = SSL_new(context_);
  SSL_set_fd(ssl, socket);
  if (SSL_accept(ssl) == 1) {
    RawConnection connection(socket, ssl, number);
    script_(connection);
  }
  SSL_free(ssl);
  const std::lock_guard lock(mutex_);
  open_.remove(socket);
  ::close(socket);
}

}  // namespace idswitch::net::test
