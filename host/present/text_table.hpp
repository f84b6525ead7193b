#pragma once

// TextTable: rows of text as columns for people, and the one place that lays them out. One thread
// at a time.

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace idswitch {

// One line a row, two blanks between columns and none at the end of a line. is_number says which
// columns are aligned to the right; without it none is. A row may have fewer cells than others.
std::string table_text(const std::vector<std::vector<std::string>>& rows,
                       const std::function<bool(std::size_t column)>& is_number = {},
                       std::string_view indent = {});

}  // namespace idswitch

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
