#include "base/text/json_text.hpp"

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

// How many bytes stand for themselves from the beginning on, as far as eight at a time tell.
std::size_t plain_eights(std::string_view text) {
  std::size_t i = 0;
  for (; text.size() - i >= 8; i += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + i, 8);
    const std::uint64_t control = (bytes - every_byte(0x20)) & ~bytes & every_byte(0x80);
    const std::uint64_t special = control | zero_bytes(bytes ^ every_byte('"')) |
                                  zero_bytes(bytes ^ every_byte('\\')) | (bytes & every_byte(0x80));
    if (special != 0) break;
  }
  return i;
}

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
  out += '"';
  append_escaped(out, text);
  out += '"';
}

std::string& Object::member(std::string_view name) {
  if (!first_) *out_ += ',';
  first_ = false;
  append_string(*out_, name);
  *out_ += ':';
  return *out_;
}

Object& Object::text(std::string_view name, std::string_view value) {
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
