#include "engine/explanation.hpp"
