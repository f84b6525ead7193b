#pragma once

// Core dumps hold what the process held: secrets, names, ID numbers.

#include "base/result.hpp"

namespace idswitch::app {

// From now on this process leaves none, and no other process of its user may read its memory. Call
// it before anything secret is read. Error: internal.
Result<void> forbid_core_dumps();

}  // namespace idswitch::app
