#include "app/commands.hpp"

namespace idswitch::app {

int simulate(const SimulateOptions&) {
  return 2;
}

}  // namespace idswitch::app
