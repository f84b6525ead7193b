#include "engine/simulation.hpp"
