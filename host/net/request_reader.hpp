#pragma once

// RequestReader: turns the bytes of a connection into requests, one after another, with every limit
// and refusal decided here. No I/O: the server connection feeds it and does what advance() says, so
// all of it can be tested without a socket. One per connection; one thread.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "net/body_budget.hpp"
#include "net/http_body.hpp"
#include "net/http_head.hpp"
#include "net/http_message.hpp"
#include "net/input_buffer.hpp"

namespace idswitch::net {

class RequestReader {
 public:
  enum class Step : std::uint8_t {
    need_input,     // read into space(), tell added(), call again
    head_read,      // the body is still to come: admit() it, or answer head() and close
    send_continue,  // the client waits for "100 Continue"; once a request
    complete,       // head() and body() are the request; next() when it is answered
    refused,        // answer fault() and close: where the next request begins is not known
  };

  // body_bytes_max: above every limit that admit() sets.
  RequestReader(std::size_t head_bytes_max, std::size_t body_bytes_max);

  std::span<char> space();

  void added(std::size_t bytes) { input_.added(bytes); }

  // A request that has arrived whole with its head is complete at once, never head_read: its body
  // has been read already, and there is nothing more to keep for it.
  Step advance();

  // Answers head_read: a body of so many bytes may come, as far as budget has room for it.
  void admit(std::size_t body_bytes_max, BodyBudget& budget);

  // Nothing of a request has arrived.
  bool idle() const { return !head_done_ && input_.empty(); }

  // The head is whole and was accepted.
  bool head_done() const { return head_done_; }

  // Valid from head_done() to next(); they survive further reads.
  const Head& head() const { return head_; }

  const std::vector<Header>& headers() const { return headers_; }

  // Valid from complete to drop_body() or next().
  std::string_view body() const { return body_; }

  const HeadFault& fault() const { return fault_; }

  // The body is not needed any more: gives back its memory, but for a little, and what it held of
  // the budget.
  void drop_body();

  // Forgets the request; bytes of a pipelined one stay.
  void next();

 private:
  Step refuse(HeadFault fault);
  Step read_head();
  Step read_body();
  bool is_whole() const;
  bool hold_body();
  void keep_headers();

  std::size_t head_bytes_max_;
  std::size_t body_bytes_max_;
  std::size_t admitted_bytes_ = 0;  // of this request's body
  InputBuffer input_;
  std::size_t searched_ = 0;
  std::string head_text_;  // a copy, so that views into it survive the reading of the body
  Head head_;
  std::vector<Header> headers_;
  BodyReader body_reader_;
  std::string body_;
  BodyBudget::Hold hold_;
  HeadFault fault_;
  bool head_done_ = false;
  bool admitted_ = false;
  bool skipped_empty_line_ = false;
  bool continue_sent_ = false;
};

}  // namespace idswitch::net
