#include "net/http_body.hpp"

#include <algorithm>

#include "base/values/byte_size.hpp"

namespace idswitch::net {

void BodyReader::start(BodyFraming framing, std::uint64_t content_length) {
  framing_ = framing;
  left_ = framing == BodyFraming::length ? content_length : 0;
  if (framing == BodyFraming::chunked) chunks_.start();
}

BodyReader::Step BodyReader::take(InputBuffer& input, std::string& body,
                                  std::size_t body_bytes_max) {
  switch (framing_) {
    case BodyFraming::none: return Step::complete;
    case BodyFraming::length: {
      if (left_ > body_bytes_max - body.size()) return Step::too_big;
      const std::size_t taken = std::min<std::uint64_t>(left_, input.size());
      // A promise is not memory: a large body is reserved only as it really arrives.
      if (body.empty()) body.reserve(std::min<std::uint64_t>(left_, 256 * k_kib));
      // Then at once and exactly: doubling would keep up to twice the body.
      if (body.size() + taken > body.capacity()) body.reserve(body.size() + left_);
      body.append(input.text().substr(0, taken));
      input.consume(taken);
      left_ -= taken;
      return left_ == 0 ? Step::complete : Step::need_input;
    }
    case BodyFraming::chunked: {
      std::size_t consumed = 0;
      const auto status = chunks_.feed(input.text(), consumed, body, body_bytes_max);
      input.consume(consumed);
      switch (status) {
        case ChunkedDecoder::Status::more: return Step::need_input;
        case ChunkedDecoder::Status::done: return Step::complete;
        case ChunkedDecoder::Status::malformed: return Step::malformed;
        case ChunkedDecoder::Status::too_big: return Step::too_big;
      }
      return Step::malformed;
    }
    case BodyFraming::until_close:
      if (input.size() > body_bytes_max - body.size()) return Step::too_big;
      body.append(input.text());
      input.consume(input.size());
      return Step::need_input;
  }
  return Step::malformed;
}

}  // namespace idswitch::net
