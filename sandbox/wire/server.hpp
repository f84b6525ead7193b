// The two listening ports and the one thread behind them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "wire/message.hpp"
#include "wire/tls.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox {

struct ServerOptions {
  std::string listen = "127.0.0.1:0";   // vendor APIs, TLS
  std::string control = "127.0.0.1:0";  // control API, plain; loopback only
  TlsFiles tls;
  std::filesystem::path notify_ca;  // trusted, beside the system's, when notifying over https
  std::function<void(const std::string& line)> log;  // one line a request; may be empty
};

class Server {
 public:
  // Binds both ports. `sandbox` must outlive the server and is touched by run()'s thread only.
  // Throws std::invalid_argument for a bad address, std::runtime_error when it cannot listen.
  Server(Sandbox& sandbox, ServerOptions options);
  ~Server();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::uint16_t control_port() const;

  // Serves until stop(), or SIGINT or SIGTERM when `stop_on_signals`.
  void run(bool stop_on_signals);

  // From any thread.
  void stop();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace idswitch::sandbox
