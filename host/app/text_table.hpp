#pragma once

// TextTable: rows of text as columns for people, or as CSV (RFC 4180) for programs. One thread at a
// time.

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace idswitch::app {

// Appends a field to a line of CSV; the first one of a line comes into an empty one. A first field
// must not be empty.
void append_csv(std::string& line, std::string_view field);

// The text as spreadsheets take it for text: of what is not ours to choose.
std::string no_formula(std::string_view text);

class TextTable {
 public:
  // columns from number_from on hold numbers, which are aligned to the right.
  TextTable(std::vector<std::string> header, std::size_t number_from, std::size_t number_until);

  // As many cells as the header has.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
  std::size_t number_from_;
  std::size_t number_until_;
};

}  // namespace idswitch::app
