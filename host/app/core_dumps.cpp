#include "app/core_dumps.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace idswitch::app {

Result<void> forbid_core_dumps() {
  const rlimit none{0, 0};
  // The limit alone does not stop a core_pattern that pipes into a program; the other does.
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return Error(Errc::internal, std::string("core dumps cannot be switched off: ") +
                                     std::strerror(errno) + "; --core-dumps goes on with them");
  }
  return {};
}

}  // namespace idswitch::app
