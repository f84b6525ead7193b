#pragma once

// InputBuffer: bytes that were read and not yet used, flat, in memory that is reused from message
// to message. No I/O. One thread.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace idswitch::net {

class InputBuffer {
 public:
  explicit InputBuffer(std::size_t initial_bytes) : initial_bytes_(initial_bytes) {}

  std::string_view text() const { return {memory_.get() + begin_, end_ - begin_}; }

  std::size_t size() const { return end_ - begin_; }

  bool empty() const { return begin_ == end_; }

  // Room for the next read, at least one byte and as much as there is. May move text().
  std::span<char> space(std::size_t wanted = 1);

  void added(std::size_t bytes) { end_ += bytes; }

  void consume(std::size_t bytes);
  // Gives back what a large message has made it grow to. Only when empty.
  void trim();

 private:
  void reallocate(std::size_t capacity);

  std::size_t initial_bytes_;
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace idswitch::net
