#include "base/text/csv_text.hpp"

namespace idswitch {

void append_csv(std::string& line, std::string_view field) {
  if (!line.empty()) line += ',';
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += field;
    return;
  }
  line += '"';
  for (const char c : field) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

std::string no_formula(std::string_view text) {
  constexpr std::string_view k_begins = "=+-@\t\r";
  const bool is_formula = !text.empty() && k_begins.find(text.front()) != std::string_view::npos;
  return (is_formula ? "'" : "") + std::string(text);
}

}  // namespace idswitch
