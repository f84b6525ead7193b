#pragma once

// The head of an HTTP/1.x message, read in one pass over a complete, flat piece of text. Not a
// stream parser: the caller finds the end with head_end() and keeps the text alive as long as the
// views. A trust edge, so stricter than RFC 9112 must be: no folded lines, no bare CR or LF, no
// white space before a colon, one Content-Length, and Transfer-Encoding may say nothing but
// "chunked". Pure.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace idswitch::net {

struct FieldView {
  std::string_view name;
  std::string_view value;  // without the white space around it
};

// How the end of the body is known.
enum class BodyFraming : std::uint8_t { none, length, chunked, until_close };

struct Head {
  std::string_view method;  // of a request
  std::string_view target;  // of a request; '/...', '*' or 'http(s)://...'
  int status = 0;           // of a reply
  int minor_version = 1;    // HTTP/1.0 or HTTP/1.1
  std::vector<FieldView> fields;
  BodyFraming framing = BodyFraming::none;
  std::uint64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

// Why a head is refused; status 0 when it is not. `why` is a sentence with static lifetime.
struct HeadFault {
  int status = 0;
  const char* why = "";

  explicit operator bool() const { return status != 0; }
};

inline constexpr std::size_t k_fields_max = 100;

// Bytes of the head that text begins with, empty line included; 0 when its end is not there yet.
// searched remembers how far the last call came; start it at 0.
std::size_t head_end(std::string_view text, std::size_t& searched);

// text is exactly one head, its empty line included. out is reused: everything in it is
// overwritten.
HeadFault read_request_head(std::string_view text, Head& out);
// Framing as if the request was not HEAD; 204 and 304 are seen to.
HeadFault read_reply_head(std::string_view text, Head& out);

// RFC 9110 token: what a method and a field name are made of. Not empty.
bool is_token(std::string_view text);
// No control characters but tab.
bool is_field_value(std::string_view text);
// Printable ASCII without space; not empty.
bool is_target(std::string_view text);

}  // namespace idswitch::net
