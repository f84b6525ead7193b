#include "config/yaml/source_text.hpp"

#include <algorithm>

#include "base/text/utf8.hpp"
#include "config/yaml/indentation.hpp"

namespace idswitch::config {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

bool is_control(unsigned char byte) {
  return (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7F;
}

std::string byte_text(unsigned char byte) {
  static constexpr char k_hex[] = "0123456789abcdef";
  return std::string("0x") + k_hex[byte >> 4] + k_hex[byte & 15];
}

// The offset of the first byte no text file has, or npos.
std::size_t first_bad_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8::sequence_length(text.substr(i));
    if (length == 0 || is_control(static_cast<unsigned char>(text[i]))) return i;
    i += length;
  }
  return std::string_view::npos;
}

}  // namespace

SourceText::SourceText(std::string_view text) {
  if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
  text_ = text;
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::vector<YamlFault> SourceText::faults() const {
  if (const std::size_t bad = first_bad_byte(text_); bad != std::string_view::npos) {
    return {{mark_of_offset(bad), "not a text file in UTF-8: found the byte " +
                                      byte_text(static_cast<unsigned char>(text_[bad]))}};
  }
  std::vector<YamlFault> faults;
  for (const std::size_t start : line_starts_) {
    const char* const line = text_.data() + start;
    const auto [tab, end] = indentation_of(line, text_.data() + text_.size());
    const bool blank = *end == '\0' || *end == '\n' || *end == '\r';
    if (tab != end && !blank) {
      const std::size_t offset = start + static_cast<std::size_t>(tab - line);
      faults.push_back({mark_of_offset(offset), "a tab in the indentation: indent with spaces"});
    }
  }
  return faults;
}

std::size_t SourceText::offset(int line, int byte_column) const {
  const auto index = std::min(static_cast<std::size_t>(std::max(line, 0)), line_starts_.size() - 1);
  return std::min(line_starts_[index] + static_cast<std::size_t>(std::max(byte_column, 0)),
                  text_.size());
}

Mark SourceText::mark(int line, int byte_column) const {
  return mark_of_offset(offset(line, byte_column));
}

Mark SourceText::mark_of_offset(std::size_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const std::size_t start = *(next - 1);
  const auto line = static_cast<int>(next - line_starts_.begin());
  const auto before = utf8::length(std::string_view(text_).substr(start, offset - start));
  return {line, static_cast<int>(before) + 1};
}

bool SourceText::has(int line, int byte_column, std::string_view what) const {
  return std::string_view(text_).substr(offset(line, byte_column)).starts_with(what);
}

bool SourceText::is_unclosed_quote(int line, int byte_column) const {
  std::size_t i = offset(line, byte_column);
  if (i >= text_.size() || (text_[i] != '"' && text_[i] != '\'')) return false;
  const char quote = text_[i++];
  for (; i < text_.size(); ++i) {
    if (quote == '"' && text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      if (quote == '"' || i + 1 >= text_.size() || text_[i + 1] != quote) return false;
      ++i;
    }
  }
  return true;
}

}  // namespace idswitch::config
