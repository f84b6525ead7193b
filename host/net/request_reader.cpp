#include "net/request_reader.hpp"

#include <algorithm>

#include "base/values/byte_size.hpp"

namespace idswitch::net {

namespace {

constexpr std::size_t k_read_bytes = 8 * k_kib;
constexpr std::size_t k_large_read_bytes = 64 * k_kib;
// What a connection keeps between requests, so that idle ones stay small: ten thousand of them may
// have brought a body each, and nobody has to have a key for that.
constexpr std::size_t k_kept_bytes = 8 * k_kib;

}  // namespace

RequestReader::RequestReader(std::size_t head_bytes_max, std::size_t body_bytes_max)
    : head_bytes_max_(head_bytes_max), body_bytes_max_(body_bytes_max), input_(k_read_bytes) {}

std::span<char> RequestReader::space() {
  return input_.space(body_reader_.left() > k_large_read_bytes ? k_large_read_bytes : 1);
}

void RequestReader::admit(std::size_t body_bytes_max, BodyBudget& budget) {
  admitted_bytes_ = std::min(body_bytes_max, body_bytes_max_);
  hold_.bind(budget);
  admitted_ = true;
}

RequestReader::Step RequestReader::advance() {
  if (fault_) return Step::refused;
  if (!head_done_) {
    if (const Step step = read_head(); step != Step::complete) return step;
  }
  return read_body();
}

void RequestReader::next() {
  head_done_ = admitted_ = skipped_empty_line_ = continue_sent_ = false;
  searched_ = 0;
  drop_body();
  if (head_text_.capacity() > k_kept_bytes) {
    std::string().swap(head_text_);
    std::vector<Header>().swap(headers_);
  }
  input_.trim();
}

void RequestReader::drop_body() {
  body_.clear();
  if (body_.capacity() > k_kept_bytes) std::string().swap(body_);
  hold_.release();
}

RequestReader::Step RequestReader::refuse(HeadFault fault) {
  fault_ = fault;
  return Step::refused;
}

RequestReader::Step RequestReader::read_head() {
  // RFC 9112 2.2: an empty line before a request is to be ignored. One is.
  if (!skipped_empty_line_ && input_.text().starts_with("\r\n")) {
    input_.consume(2);
    skipped_empty_line_ = true;
  }
  const std::string_view text = input_.text();
  const std::size_t size = head_end(text, searched_);
  if (size > head_bytes_max_ || (size == 0 && text.size() >= head_bytes_max_)) {
    return refuse({431, "The request's head is too large; send fewer or shorter headers."});
  }
  if (size == 0) return Step::need_input;

  head_text_.assign(text.substr(0, size));
  input_.consume(size);
  if (const HeadFault fault = read_request_head(head_text_, head_)) return refuse(fault);
  keep_headers();
  body_reader_.start(head_.framing, head_.content_length);
  head_done_ = true;
  return Step::complete;
}

// Nothing is to come that is not in the input already.
bool RequestReader::is_whole() const {
  if (head_.framing == BodyFraming::none) return true;
  return head_.framing == BodyFraming::length && head_.content_length <= k_read_bytes &&
         head_.content_length <= input_.size();
}

// Before a byte is moved into the body: the budget has room for the whole of it, or, where its
// length is not told, for what body_ is about to grow to.
bool RequestReader::hold_body() {
  if (!hold_.is_bound()) return true;
  std::size_t bytes = head_.content_length;
  if (head_.framing != BodyFraming::length) {
    bytes = body_.size() + input_.size();
    if (bytes > hold_.bytes()) bytes = std::max({bytes, hold_.bytes() * 2, k_large_read_bytes});
    bytes = std::min(bytes, admitted_bytes_);
  }
  if (bytes > admitted_bytes_) return true;  // is too big, and refused as that
  if (!hold_.grow_to(bytes)) return false;
  if (head_.framing != BodyFraming::length) body_.reserve(bytes);
  return true;
}

RequestReader::Step RequestReader::read_body() {
  if (!admitted_) {
    if (!is_whole()) return Step::head_read;
    admitted_bytes_ = body_bytes_max_;
    admitted_ = true;
  }
  if (!hold_body()) {
    return refuse({503,
                   "Too many large requests are arriving at once; send it again in a moment, or "
                   "raise server.buffered_bytes_max in the config."});
  }
  switch (body_reader_.take(input_, body_, admitted_bytes_)) {
    case BodyReader::Step::complete: return Step::complete;
    case BodyReader::Step::malformed: return refuse({400, "The chunked body is malformed."});
    case BodyReader::Step::too_big:
      return refuse(admitted_bytes_ < body_bytes_max_
                        ? HeadFault{413, "The body is larger than this path takes; send less."}
                        : HeadFault{413,
                                    "The body is larger than this server accepts; send a smaller "
                                    "one, or raise server.body_bytes_max in the config."});
    case BodyReader::Step::need_input: break;
  }
  // A client that already sends its body does not wait any more.
  if (head_.expects_continue && !continue_sent_ && input_.empty() && body_.empty()) {
    continue_sent_ = true;
    return Step::send_continue;
  }
  return Step::need_input;
}

// Assigns into the strings of the last request: on a kept-alive connection nothing is allocated.
void RequestReader::keep_headers() {
  headers_.resize(head_.fields.size());
  for (std::size_t i = 0; i < headers_.size(); ++i) {
    headers_[i].name.assign(head_.fields[i].name);
    headers_[i].value.assign(head_.fields[i].value);
  }
}

}  // namespace idswitch::net
