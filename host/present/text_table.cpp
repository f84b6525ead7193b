#include "present/text_table.hpp"

#include <algorithm>
#include <ostream>

namespace idswitch::app {

TextTable::TextTable(std::vector<std::string> header, std::size_t number_from,
                     std::size_t number_until)
    : number_from_(number_from), number_until_(number_until) {
  rows_.push_back(std::move(header));
}

void TextTable::print(std::ostream& out) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      const bool is_number = i >= number_from_ && i < number_until_;
      line += i == 0 ? "" : "  ";
      line += is_number ? padding + row[i] : row[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  }
}

}  // namespace idswitch::app
