#pragma once

// Writing CSV (RFC 4180). Pure; any thread.

#include <string>
#include <string_view>

namespace idswitch {

// Appends a field to a line of CSV; the first one of a line comes into an empty one. A first field
// must not be empty.
void append_csv(std::string& line, std::string_view field);

// The text as spreadsheets take it for text: of what is not ours to choose.
std::string no_formula(std::string_view text);

}  // namespace idswitch
