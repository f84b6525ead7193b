#pragma once

// HTTP/1.1, as much as this program and the switch need between them: whole messages with a
// Content-Length. Not a parser for anybody else.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace idswitch::life {

// Of a header or a form; name in the spelling that the other side uses, or in lower case.
inline std::string_view between(std::string_view text, std::string_view before,
                                std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + before.size());
  return text.substr(0, text.find(after));
}

inline bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

inline std::string_view header(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    if (line.size() > name.size() && line[name.size()] == ':' &&
        equal_in_any_case(line.substr(0, name.size()), name)) {
      std::string_view value = line.substr(name.size() + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return value;
    }
  }
  return {};
}

struct Message {
  std::string_view head, body;
};

// The message that the bytes begin with, once it is whole. Content-Length only.
inline bool whole(const std::string& bytes, Message& message) {
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos) return false;
  message.head = std::string_view(bytes).substr(0, head_end);
  const std::string_view digits = header(message.head, "content-length");
  std::size_t length = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (bytes.size() < head_end + 4 + length) return false;
  message.body = std::string_view(bytes).substr(head_end + 4, length);
  return true;
}

inline std::string reply(std::string_view status, std::string_view body) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append(
      "\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: ");
  text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return text;
}

}  // namespace idswitch::life
