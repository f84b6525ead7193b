#pragma once

// Reads a multipart/form-data body that an adapter had put together, for tests.

#include <map>
#include <stdexcept>
#include <string>

#include "plugin/exchange.hpp"

namespace idswitch::test {

struct Part {
  std::string head;  // its header lines
  std::string value;
};

// By field name. Throws when the body is not what its Content-Type says, or a name comes twice.
inline std::map<std::string, Part> parts_of(const plugin::SendStep& sent) {
  const std::string mark = "Content-Type: multipart/form-data; boundary=";
  const auto at = sent.headers.find(mark);
  if (at == std::string::npos) throw std::runtime_error("not multipart");
  const auto begin = at + mark.size();
  const std::string line =
      "--" + sent.headers.substr(begin, sent.headers.find("\r\n", begin) - begin);
  std::map<std::string, Part> parts;
  std::size_t next = 0;
  while (sent.body.compare(next, line.size() + 2, line + "\r\n") == 0) {
    next += line.size() + 2;
    const auto head_end = sent.body.find("\r\n\r\n", next);
    const auto end = sent.body.find("\r\n" + line, head_end);
    if (head_end == std::string::npos || end == std::string::npos) throw std::runtime_error("cut");
    Part part{sent.body.substr(next, head_end - next),
              sent.body.substr(head_end + 4, end - head_end - 4)};
    const auto name = part.head.find("name=\"") + 6;
    const std::string key = part.head.substr(name, part.head.find('"', name) - name);
    if (!parts.emplace(key, std::move(part)).second) throw std::runtime_error("twice: " + key);
    next = end + 2;
  }
  if (sent.body.substr(next) != line + "--\r\n") throw std::runtime_error("no end");
  return parts;
}

}  // namespace idswitch::test
