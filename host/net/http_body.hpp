#pragma once

// BodyReader: moves a body from an InputBuffer into a string, whatever its framing. Pure; reused
// from message to message.

#include <cstdint>
#include <string>

#include "net/chunked_decoder.hpp"
#include "net/http_head.hpp"
#include "net/input_buffer.hpp"

namespace idswitch::net {

class BodyReader {
 public:
  enum class Step : std::uint8_t { need_input, complete, malformed, too_big };

  void start(BodyFraming framing, std::uint64_t content_length);

  // Uses up what there is. body never grows above body_bytes_max; a Content-Length above it is
  // too_big at once. A body until_close is never complete here: its end is the connection's.
  Step take(InputBuffer& input, std::string& body, std::size_t body_bytes_max);

  // A hint for the size of the next read.
  std::uint64_t left() const { return left_; }

 private:
  BodyFraming framing_ = BodyFraming::none;
  std::uint64_t left_ = 0;
  ChunkedDecoder chunks_;
};

}  // namespace idswitch::net
