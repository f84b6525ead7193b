#include "net/reply_reader.hpp"

#include "base/values/byte_size.hpp"

namespace idswitch::net {

namespace {

constexpr std::size_t k_read_bytes = 16 * k_kib;  // a TLS record
constexpr std::size_t k_large_read_bytes = 64 * k_kib;
constexpr std::size_t k_head_bytes_max = 64 * k_kib;
constexpr int k_interim_replies_max = 16;

}  // namespace

ReplyReader::ReplyReader() : input_(k_read_bytes) {}

void ReplyReader::start(bool head_request, std::size_t body_bytes_max, Reply& reply) {
  reply_ = &reply;
  body_bytes_max_ = body_bytes_max;
  head_request_ = head_request;
  searched_ = 0;
  interim_replies_ = 0;
  head_done_ = heard_ = keep_alive_ = false;
  why_ = "";
  input_.trim();
}

std::span<char> ReplyReader::space() {
  return input_.space(body_reader_.left() > k_large_read_bytes ? k_large_read_bytes : 1);
}

ReplyReader::Step ReplyReader::advance() {
  while (!head_done_) {
    if (const Step step = read_head(); step != Step::complete) return step;
  }
  return read_body();
}

ReplyReader::Step ReplyReader::end_of_input(bool clean) {
  if (!head_done_ || head_.framing != BodyFraming::until_close) {
    return broken("the connection closed in the middle of the reply");
  }
  if (!clean) return broken("the connection was cut off in the middle of the reply");
  keep_alive_ = false;
  return Step::complete;
}

ReplyReader::Step ReplyReader::broken(const char* why) {
  why_ = why;
  return Step::broken;
}

// complete: one head was read, perhaps an interim one.
ReplyReader::Step ReplyReader::read_head() {
  const std::string_view text = input_.text();
  const std::size_t size = head_end(text, searched_);
  if (size > k_head_bytes_max || (size == 0 && text.size() >= k_head_bytes_max)) {
    why_ = "the reply's head is larger than 64 KiB";
    return Step::too_big;
  }
  // Garbage need not be waited out.
  constexpr std::string_view begin = "HTTP/1.";
  if (text.substr(0, begin.size()) != begin.substr(0, text.size())) {
    return broken("what came back is not HTTP/1.1");
  }
  if (size == 0) return Step::need_input;
  if (read_reply_head(text.substr(0, size), head_)) return broken("the reply's head is malformed");
  if (head_.status == 101) return broken("the reply switches protocols unasked");
  if (head_.status < 200) {
    input_.consume(size);
    searched_ = 0;
    return ++interim_replies_ > k_interim_replies_max ? broken("too many interim replies")
                                                      : Step::complete;
  }
  reply_->status = head_.status;
  reply_->headers.reserve(head_.fields.size());
  for (const FieldView& field : head_.fields) {
    reply_->headers.push_back({std::string(field.name), std::string(field.value)});
  }
  if (head_request_) head_.framing = BodyFraming::none;
  body_reader_.start(head_.framing, head_.content_length);
  keep_alive_ = head_.keep_alive;
  head_done_ = true;
  input_.consume(size);
  return Step::complete;
}

ReplyReader::Step ReplyReader::read_body() {
  switch (body_reader_.take(input_, reply_->body, body_bytes_max_)) {
    case BodyReader::Step::need_input: return Step::need_input;
    case BodyReader::Step::complete: return Step::complete;
    case BodyReader::Step::malformed: return broken("the chunked reply is malformed");
    case BodyReader::Step::too_big: break;
  }
  why_ = "the reply's body is larger than response_bytes_max";
  return Step::too_big;
}

}  // namespace idswitch::net
