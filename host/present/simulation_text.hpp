#pragma once

// A SimulationReport as people read it, and as JSON. Pure; any thread.

#include <string>

#include "simulate/simulation.hpp"

namespace idswitch::engine {

std::string simulation_text(const SimulationReport& report);

// Rates are decimals, null where there is not enough data; money is text, like "12.30".
std::string simulation_json(const SimulationReport& report);

}  // namespace idswitch::engine
