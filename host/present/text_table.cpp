#include "present/text_table.hpp"

#include <algorithm>
#include <ostream>

namespace idswitch {

std::string table_text(const std::vector<std::vector<std::string>>& rows,
                       const std::function<bool(std::size_t column)>& is_number,
                       std::string_view indent) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      line += i == 0 ? "" : "  ";
      line += is_number && is_number(i) ? padding + row[i] : row[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace idswitch

namespace idswitch::app {

TextTable::TextTable(std::vector<std::string> header, std::size_t number_from,
                     std::size_t number_until)
    : number_from_(number_from), number_until_(number_until) {
  rows_.push_back(std::move(header));
}

void TextTable::print(std::ostream& out) const {
  out << table_text(rows_,
                    [this](std::size_t i) { return i >= number_from_ && i < number_until_; });
}

}  // namespace idswitch::app
