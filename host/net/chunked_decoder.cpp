#include "net/chunked_decoder.hpp"

#include <algorithm>

#include "base/values/byte_size.hpp"

namespace idswitch::net {

namespace {

constexpr std::size_t k_dropped_bytes_max = 16 * k_kib;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

}  // namespace

ChunkedDecoder::Status ChunkedDecoder::feed(std::string_view in, std::size_t& consumed,
                                            std::string& body, std::size_t body_bytes_max) {
  consumed = 0;
  while (consumed < in.size() && !done_) {
    if (state_ != State::data) {
      if (!step(in[consumed])) return Status::malformed;
      ++consumed;
      // The size is refused as soon as it is known, before its data is waited for.
      if (left_ > body_bytes_max - body.size()) return Status::too_big;
      continue;
    }
    const std::size_t taken = std::min<std::uint64_t>(left_, in.size() - consumed);
    body.append(in.substr(consumed, taken));
    consumed += taken;
    left_ -= taken;
    if (left_ == 0) state_ = State::data_cr;
  }
  return done_ ? Status::done : Status::more;
}

bool ChunkedDecoder::step(char c) {
  switch (state_) {
    case State::size_first:
      digits_ = 0;
      left_ = 0;
      state_ = State::size;
      [[fallthrough]];
    case State::size:
      if (const int digit = hex_digit(c); digit >= 0) {
        left_ = left_ * 16 + static_cast<unsigned>(digit);
        return ++digits_ <= 15;
      }
      if (digits_ == 0) return false;
      if (c == ';' || c == ' ' || c == '\t') {
        state_ = State::extension;
        return true;
      }
      state_ = State::size_lf;
      return c == '\r';
    case State::extension:
      if (c == '\r') {
        state_ = State::size_lf;
        return true;
      }
      return !is_control(c) && ++dropped_bytes_ <= k_dropped_bytes_max;
    case State::size_lf: state_ = left_ == 0 ? State::trailer_first : State::data; return c == '\n';
    case State::data_cr: state_ = State::data_lf; return c == '\r';
    case State::data_lf: state_ = State::size_first; return c == '\n';
    case State::trailer_first:
      state_ = c == '\r' ? State::end_lf : State::trailer;
      return c == '\r' || (!is_control(c) && c != ' ' && c != '\t' && c != ':');
    case State::trailer:
      if (c == '\r') {
        state_ = State::trailer_lf;
        return true;
      }
      return !is_control(c) && ++dropped_bytes_ <= k_dropped_bytes_max;
    case State::trailer_lf: state_ = State::trailer_first; return c == '\n';
    case State::end_lf: done_ = true; return c == '\n';
    case State::data: break;
  }
  return false;
}

}  // namespace idswitch::net
