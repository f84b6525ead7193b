#pragma once

// ChunkedDecoder: takes the chunked transfer coding off a body. Chunk extensions and trailers are
// checked for length and control characters and dropped. A trust edge: CR LF only, no white space
// before a size. Pure; one per connection, reused.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace idswitch::net {

class ChunkedDecoder {
 public:
  enum class Status : std::uint8_t { more, done, malformed, too_big };

  void start() { *this = ChunkedDecoder(); }

  // Takes from `in` until the body ends and appends its data to body, which never grows above
  // body_bytes_max. consumed: how much of `in` is used up; what follows `done` is left alone.
  Status feed(std::string_view in, std::size_t& consumed, std::string& body,
              std::size_t body_bytes_max);

 private:
  enum class State : std::uint8_t {
    size_first,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_first,
    trailer,
    trailer_lf,
    end_lf
  };

  // One byte that is not data; false when it may not stand here.
  bool step(char c);

  State state_ = State::size_first;
  bool done_ = false;
  int digits_ = 0;
  std::uint64_t left_ = 0;
  std::size_t dropped_bytes_ = 0;  // extensions and trailers, over the whole body
};

}  // namespace idswitch::net
