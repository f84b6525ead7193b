#pragma once

// SourceText: the text of a config file, known to be UTF-8 without control characters and without
// tabs in the indentation, and cut into lines so that byte offsets become positions. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "config/yaml/yaml_tree.hpp"

namespace idswitch::config {

class SourceText {
 public:
  // A byte order mark at the beginning is dropped.
  explicit SourceText(std::string_view text);

  const std::string& text() const { return text_; }

  // What makes the text no readable YAML source; empty = readable.
  std::vector<YamlFault> faults() const;

  // Turns a line and a byte column, both from 0, into a position.
  Mark mark(int line, int byte_column) const;

  // True when the text goes on with what there.
  bool has(int line, int byte_column, std::string_view what) const;

  // True when the quoted scalar that opens there is never closed: yaml-cpp takes the rest of the
  // file.
  bool is_unclosed_quote(int line, int byte_column) const;

 private:
  std::size_t offset(int line, int byte_column) const;
  Mark mark_of_offset(std::size_t offset) const;

  std::string text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace idswitch::config
