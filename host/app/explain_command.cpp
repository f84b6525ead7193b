#include "app/commands.hpp"

namespace idswitch::app {

int explain(const ExplainOptions&) {
  return 2;
}

}  // namespace idswitch::app
