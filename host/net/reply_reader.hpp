#pragma once

// ReplyReader: turns the bytes of a client connection into one reply at a time; interim replies
// (1xx) are skipped. No I/O. One per connection; one thread.

#include <cstdint>
#include <span>
#include <string>

#include "net/http_body.hpp"
#include "net/http_client.hpp"
#include "net/http_head.hpp"
#include "net/input_buffer.hpp"

namespace idswitch::net {

class ReplyReader {
 public:
  enum class Step : std::uint8_t { need_input, complete, broken, too_big };

  ReplyReader();

  // Before each request. reply is filled while reading and must outlive it.
  void start(bool head_request, std::size_t body_bytes_max, Reply& reply);

  std::span<char> space();

  void added(std::size_t bytes) {
    input_.added(bytes);
    heard_ = true;
  }

  Step advance();
  // The connection ended; clean: in an orderly way, which is what ends a body without a length.
  Step end_of_input(bool clean);

  // Any byte at all has arrived since start(), be it of an interim reply.
  bool heard() const { return heard_; }

  // A byte of the real reply has arrived.
  bool began() const { return head_done_ || !input_.empty(); }

  // After complete: the connection can carry another request.
  bool keeps_alive() const { return keep_alive_ && input_.empty(); }

  // Why broken or too_big; static lifetime.
  const char* why() const { return why_; }

 private:
  Step broken(const char* why);
  Step read_head();
  Step read_body();

  InputBuffer input_;
  Head head_;
  BodyReader body_reader_;
  Reply* reply_ = nullptr;
  std::size_t body_bytes_max_ = 0;
  std::size_t searched_ = 0;
  int interim_replies_ = 0;
  bool head_request_ = false;
  bool head_done_ = false;
  bool heard_ = false;
  bool keep_alive_ = false;
  const char* why_ = "";
};

}  // namespace idswitch::net
