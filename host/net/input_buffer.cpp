#include "net/input_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace idswitch::net {

std::span<char> InputBuffer::space(std::size_t wanted) {
  const std::size_t needed = size() + wanted;
  if (needed > capacity_) {
    reallocate(std::max({initial_bytes_, needed, capacity_ * 2}));
  } else if (begin_ > 0 && capacity_ - end_ < std::max(wanted, capacity_ / 2)) {
    std::memmove(memory_.get(), memory_.get() + begin_, size());  // rather than read in crumbs
    end_ -= begin_;
    begin_ = 0;
  }
  return {memory_.get() + end_, capacity_ - end_};
}

void InputBuffer::consume(std::size_t bytes) {
  begin_ += bytes;
  if (begin_ == end_) begin_ = end_ = 0;
}

void InputBuffer::trim() {
  if (!empty() || capacity_ <= initial_bytes_) return;
  memory_.reset();
  capacity_ = begin_ = end_ = 0;
}

void InputBuffer::reallocate(std::size_t capacity) {
  std::unique_ptr<char[]> memory(new char[capacity]);  // not make_unique: no need to clear it
  if (!empty()) std::memcpy(memory.get(), memory_.get() + begin_, size());
  end_ -= begin_;
  begin_ = 0;
  memory_ = std::move(memory);
  capacity_ = capacity;
}

}  // namespace idswitch::net
