#include "base/values/url_normal_form.hpp"

#include <algorithm>

namespace idswitch {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c - 'A' + 10;
}

char upper(char c) {
  return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool is_unreserved(int byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

}  // namespace

std::string normal_octets(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 2 >= text.size()) {
      out += text[i];
      continue;
    }
    const int byte = hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]);
    if (is_unreserved(byte)) {
      out += static_cast<char>(byte);
    } else {
      out += {'%', upper(text[i + 1]), upper(text[i + 2])};
    }
    i += 2;
  }
  return out;
}

std::string without_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);  // with its leading slash
    path.remove_prefix(end);
    const bool is_dot = segment == "/.";
    const bool is_dot_dot = segment == "/..";
    if (is_dot_dot) out.erase(std::min(out.rfind('/'), out.size()));
    if (!is_dot && !is_dot_dot) {
      out += segment;
    } else if (path.empty()) {
      out += '/';  // "/a/." and "/a/b/.." are the folder, not its name
    }
  }
  return out;
}

}  // namespace idswitch
