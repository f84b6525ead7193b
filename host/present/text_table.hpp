#pragma once

// TextTable: rows of text as columns for people. One thread at a time.

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace idswitch::app {

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
