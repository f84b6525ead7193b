#include "app/commands.hpp"

namespace idswitch::app {

int experiment_report(const ExperimentOptions&) {
  return 2;
}

}  // namespace idswitch::app
