#include "config/attribute_text.hpp"

#include <algorithm>

namespace idswitch::config {

std::string attribute_text_fault(std::string_view text) {
  if (text.empty()) return "empty: leave the attribute out";
  if (text.size() > k_attribute_text_bytes_max) {
    return "longer than " + std::to_string(k_attribute_text_bytes_max) + " bytes";
  }
  const bool has_controls =
      std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  if (has_controls) return "with control characters in it";
  return {};
}

}  // namespace idswitch::config
