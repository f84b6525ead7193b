#pragma once

// Broken invariants: the program cannot go on without doing harm, and stops. For what a caller must
// have seen to, never for what a person, a vendor or a disk may do. Any thread.

#include <string_view>

namespace idswitch {

// Writes the sentence to standard error and aborts.
[[noreturn]] void broken(std::string_view what);

inline void require(bool holds, std::string_view what) {
  if (!holds) broken(what);
}

}  // namespace idswitch
