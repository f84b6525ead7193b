#pragma once

// What a plugin says of itself, held against the rules of idswitch/abi/plugin.h before anything
// uses it. Pure.

#include <string>

#include "idswitch/abi.h"

namespace idswitch::plugin {

// One sentence about the first thing that is wrong; empty when all is well.
std::string wrong_with(const idsw_plugin& table);

}  // namespace idswitch::plugin
