#include "net/http_head.hpp"

#include <array>
#include <cstring>
#include <optional>

#include "net/http_message.hpp"

namespace idswitch::net {

namespace {

constexpr std::uint8_t k_token = 1;
constexpr std::uint8_t k_value = 2;
constexpr std::uint8_t k_target = 4;

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  constexpr std::string_view separators = "\"(),/:;<=>?@[\\]{}";
  for (unsigned c = 0; c < 256; ++c) {
    if ((c >= 0x20 && c != 0x7F) || c == '\t') classes[c] |= k_value;
    if (c <= 0x20 || c >= 0x7F) continue;
    classes[c] |= k_target;
    if (separators.find(static_cast<char>(c)) == separators.npos) classes[c] |= k_token;
  }
  return classes;
}

constexpr auto k_classes = make_classes();

bool is(std::uint8_t kind, char c) {
  return (k_classes[static_cast<unsigned char>(c)] & kind) != 0;
}

bool all_are(std::uint8_t kind, std::string_view text) {
  for (const char c : text) {
    if (!is(kind, c)) return false;
  }
  return true;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The line that text begins with, cut off together with its CRLF; nothing when a CR stands alone.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t cr = text.find('\r');
  if (cr == text.npos || cr + 1 >= text.size() || text[cr + 1] != '\n') return std::nullopt;
  const std::string_view line = text.substr(0, cr);
  text.remove_prefix(cr + 2);
  return line;
}

// "HTTP/1.0" or "HTTP/1.1": 0 or 1; anything else -1.
int minor_version(std::string_view text) {
  if (text == "HTTP/1.1") return 1;
  return text == "HTTP/1.0" ? 0 : -1;
}

HeadFault bad(const char* why) {
  return {400, why};
}

// What the fields say about framing, collected while they are read.
struct Framing {
  bool request = false;
  bool has_length = false;
  bool has_coding = false;
  bool close = false;
  bool keep_alive = false;
  int hosts = 0;
};

bool read_length(std::string_view text, std::uint64_t& out) {
  if (text.empty() || text.size() > 18) return false;  // 18 digits always fit
  out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    out = out * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return true;
}

void read_connection(std::string_view list, Framing& framing) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view item = trim(list.substr(0, comma));
    if (equal_ignoring_case(item, "close")) framing.close = true;
    if (equal_ignoring_case(item, "keep-alive")) framing.keep_alive = true;
    list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
  }
}

// Fields that mean something here; by length first, because nearly all of them mean nothing.
HeadFault note_field(const FieldView& field, Framing& framing, Head& head) {
  switch (field.name.size()) {
    case 4:
      if (equal_ignoring_case(field.name, "host")) ++framing.hosts;
      break;
    case 6:
      if (equal_ignoring_case(field.name, "expect") &&
          equal_ignoring_case(field.value, "100-continue")) {
        head.expects_continue = true;
      }
      break;
    case 10:
      if (equal_ignoring_case(field.name, "connection")) read_connection(field.value, framing);
      break;
    case 14:
      if (equal_ignoring_case(field.name, "content-length")) {
        std::uint64_t length = 0;
        if (!read_length(field.value, length)) return bad("Content-Length is not a number.");
        // A reply that says the same thing twice is harmless; a request that does is suspicious.
        if (framing.has_length && (framing.request || length != head.content_length)) {
          return bad("There is more than one Content-Length.");
        }
        framing.has_length = true;
        head.content_length = length;
      }
      break;
    case 17:
      if (equal_ignoring_case(field.name, "transfer-encoding")) {
        if (framing.has_coding || !equal_ignoring_case(field.value, "chunked")) {
          return bad("Transfer-Encoding may only be 'chunked', once.");
        }
        framing.has_coding = true;
      }
      break;
    default: break;
  }
  return {};
}

HeadFault read_fields(std::string_view text, Framing& framing, Head& head) {
  head.fields.clear();
  for (;;) {
    const auto line = take_line(text);
    if (!line) return bad("A header line does not end in CR LF.");
    if (line->empty()) break;
    std::size_t colon = 0;
    while (colon < line->size() && is(k_token, (*line)[colon])) ++colon;
    if (colon == 0 || colon == line->size() || (*line)[colon] != ':') {
      return bad("A header line does not begin with 'name:'.");
    }
    const FieldView field{line->substr(0, colon), trim(line->substr(colon + 1))};
    if (!all_are(k_value, field.value)) return bad("A header value holds a control character.");
    if (head.fields.size() == k_fields_max) return {431, "There are more than 100 header lines."};
    head.fields.push_back(field);
    if (const HeadFault fault = note_field(field, framing, head)) return fault;
  }
  if (!text.empty()) return bad("The head does not end where it should.");
  if (framing.has_coding && framing.has_length) {
    return bad("Content-Length and Transfer-Encoding exclude each other.");
  }
  if (framing.has_coding && head.minor_version == 0) {
    return bad("HTTP/1.0 has no Transfer-Encoding.");
  }
  head.keep_alive = !framing.close && (head.minor_version == 1 || framing.keep_alive);
  return {};
}

bool is_request_target(std::string_view target) {
  return !target.empty() && all_are(k_target, target) &&
         (target.front() == '/' || target == "*" || target.starts_with("http://") ||
          target.starts_with("https://"));
}

}  // namespace

std::size_t head_end(std::string_view text, std::size_t& searched) {
  const std::size_t found = text.find("\r\n\r\n", searched);
  if (found != text.npos) return found + 4;
  searched = text.size() < 3 ? 0 : text.size() - 3;
  return 0;
}

HeadFault read_request_head(std::string_view text, Head& out) {
  constexpr const char* shape = "The request does not begin with 'METHOD /path HTTP/1.1'.";
  const auto line = take_line(text);
  if (!line) return bad(shape);
  const std::size_t first = line->find(' ');
  const std::size_t last = line->rfind(' ');
  if (first == line->npos || first == last) return bad(shape);
  out.method = line->substr(0, first);
  out.target = line->substr(first + 1, last - first - 1);
  out.minor_version = minor_version(line->substr(last + 1));
  if (!is_token(out.method) || out.minor_version < 0) return bad(shape);
  if (!is_request_target(out.target)) return bad("The request target is not a path.");
  out.status = 0;
  out.content_length = 0;
  out.expects_continue = false;

  Framing framing;
  framing.request = true;
  if (const HeadFault fault = read_fields(text, framing, out)) return fault;
  if (framing.hosts > 1 || (framing.hosts == 0 && out.minor_version == 1)) {
    return bad("HTTP/1.1 needs exactly one Host header.");
  }
  if (out.minor_version == 0) out.expects_continue = false;
  out.framing = framing.has_coding       ? BodyFraming::chunked
                : out.content_length > 0 ? BodyFraming::length
                                         : BodyFraming::none;
  return {};
}

HeadFault read_reply_head(std::string_view text, Head& out) {
  constexpr const char* shape = "The reply does not begin with 'HTTP/1.1 200'.";
  const auto line = take_line(text);
  if (!line || line->size() < 12 || (*line)[8] != ' ') return bad(shape);
  out.minor_version = minor_version(line->substr(0, 8));
  if (out.minor_version < 0 || (line->size() > 12 && (*line)[12] != ' ')) return bad(shape);
  out.status = 0;
  for (const char c : line->substr(9, 3)) {
    if (c < '0' || c > '9') return bad(shape);
    out.status = out.status * 10 + (c - '0');
  }
  if (out.status < 100 || !all_are(k_value, line->substr(12))) return bad(shape);
  out.method = out.target = {};
  out.content_length = 0;
  out.expects_continue = false;

  Framing framing;
  if (const HeadFault fault = read_fields(text, framing, out)) return fault;
  const bool bodiless = out.status < 200 || out.status == 204 || out.status == 304;
  out.framing = bodiless                 ? BodyFraming::none
                : framing.has_coding     ? BodyFraming::chunked
                : !framing.has_length    ? BodyFraming::until_close
                : out.content_length > 0 ? BodyFraming::length
                                         : BodyFraming::none;
  return {};
}

bool is_token(std::string_view text) {
  return !text.empty() && all_are(k_token, text);
}

bool is_field_value(std::string_view text) {
  return all_are(k_value, text);
}

bool is_target(std::string_view text) {
  return !text.empty() && all_are(k_target, text);
}

}  // namespace idswitch::net
