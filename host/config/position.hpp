#pragma once

// Position: where something stands in the config file, for messages. Plain value.

#include <string>

namespace idswitch::config {

struct Position {
  std::string file;
  int line = 0;    // from 1
  int column = 0;  // from 1

  std::string text() const;  // "file:line:column"
};

}  // namespace idswitch::config
