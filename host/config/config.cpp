#include "config/config.hpp"

namespace idswitch::config {

std::string Position::text() const {
  // Line 0: the complaint is about the file as a whole.
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace idswitch::config
