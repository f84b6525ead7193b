#include "base/text/json_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/text/utf8.hpp"

namespace idswitch::json_text {
namespace {

// ASCII that stands for itself inside a string.
constexpr std::array<bool, 256> k_plain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
  return plain;
}();

constexpr std::uint64_t every_byte(std::uint64_t byte) {
  return byte * 0x0101010101010101;
}

// The highest bit of each byte that is zero; of a byte above a zero one it may be wrong, so only
// whether there is any counts.
constexpr std::uint64_t zero_bytes(std::uint64_t bytes) {
  return (bytes - every_byte(1)) & ~bytes & every_byte(0x80);
}

bool is_plain_eight(const char* text) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text, 8);
  const std::uint64_t control = (bytes - every_byte(0x20)) & ~bytes & every_byte(0x80);
  const std::uint64_t special = control | zero_bytes(bytes ^ every_byte('"')) |
                                zero_bytes(bytes ^ every_byte('\\')) | (bytes & every_byte(0x80));
  return special == 0;
}

// How many bytes stand for themselves from the beginning on, as far as eight at a time tell.
std::size_t plain_eights(std::string_view text) {
  std::size_t i = 0;
  while (text.size() - i >= 8 && is_plain_eight(text.data() + i)) i += 8;
  return i;
}

bool is_plain(std::string_view text) {
  if (text.size() >= 8) {
    // The last eight overlap with those before them.
    return plain_eights(text) + 8 > text.size() && is_plain_eight(text.data() + text.size() - 8);
  }
  for (const char c : text) {
    if (!k_plain[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

// Bytes that are gathered and appended at once: most members are short.
class Line {
 public:
  static constexpr std::size_t k_bytes_max = 240;

  void add(char c) { *end_++ = c; }

  void add(std::string_view text) { end_ = std::copy(text.begin(), text.end(), end_); }

  void add_quoted(std::string_view text) {
    add('"');
    add(text);
    add('"');
  }

  void append_to(std::string& out) const {
    out.append(bytes_, static_cast<std::size_t>(end_ - bytes_));
  }

 private:
  char bytes_[k_bytes_max + 16];
  char* end_ = bytes_;
};

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  static constexpr char k_hex[] = "0123456789abcdef";
  std::size_t plain = 0;
  const auto flush = [&](std::size_t end) { out.append(text.substr(plain, end - plain)); };
  for (std::size_t i = plain_eights(text); i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (k_plain[byte]) {
      ++i;
    } else if (byte < 0x80) {
      flush(i);
      switch (byte) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
          out += "\\u00";
          out += k_hex[byte >> 4];
          out += k_hex[byte & 15];
      }
      plain = ++i;
      i += plain_eights(text.substr(i));
    } else if (const std::size_t length = utf8::sequence_length(text.substr(i)); length > 0) {
      i += length;
    } else {
      flush(i);
      out += "\xEF\xBF\xBD";
      plain = ++i;
    }
  }
  flush(text.size());
}

void append_string(std::string& out, std::string_view text) {
  if (text.size() <= Line::k_bytes_max && is_plain(text)) {
    Line line;
    line.add_quoted(text);
    return line.append_to(out);
  }
  out += '"';
  append_escaped(out, text);
  out += '"';
}

std::string& Object::member(std::string_view name) {
  if (name.size() <= Line::k_bytes_max && is_plain(name)) {
    Line line;
    if (!first_) line.add(',');
    first_ = false;
    line.add_quoted(name);
    line.add(':');
    line.append_to(*out_);
    return *out_;
  }
  if (!first_) *out_ += ',';
  first_ = false;
  append_string(*out_, name);
  *out_ += ':';
  return *out_;
}

Object& Object::text(std::string_view name, std::string_view value) {
  const bool is_short = name.size() + value.size() <= Line::k_bytes_max;
  if (is_short && is_plain(name) && is_plain(value)) {
    Line line;
    if (!first_) line.add(',');
    first_ = false;
    line.add_quoted(name);
    line.add(':');
    line.add_quoted(value);
    line.append_to(*out_);
    return *this;
  }
  append_string(member(name), value);
  return *this;
}

Object& Object::text_if(std::string_view name, std::string_view value) {
  return value.empty() ? *this : text(name, value);
}

Object& Object::number(std::string_view name, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  member(name).append(digits, end);
  return *this;
}

Object& Object::boolean(std::string_view name, bool value) {
  member(name) += value ? "true" : "false";
  return *this;
}

Object& Object::null(std::string_view name) {
  member(name) += "null";
  return *this;
}

Object& Object::raw(std::string_view name, std::string_view value) {
  member(name) += value;
  return *this;
}

void Object::close() {
  if (out_ == nullptr) return;
  *out_ += '}';
  out_ = nullptr;
}

}  // namespace idswitch::json_text
