#include "base/invariant.hpp"

#include <cstdio>
#include <cstdlib>

namespace idswitch {

void broken(std::string_view what) {
  std::fprintf(stderr, "idswitch: broken invariant: %.*s\n", int(what.size()), what.data());
  std::abort();
}

}  // namespace idswitch
