#pragma once

// What stands for a person in tables. Pure; any thread.

#include <cstdint>
#include <string_view>

namespace idswitch::engine {

// A number that stands for a person: nobody can be found by it, and it is the same for ever. 0 for
// an empty id.
std::uint64_t person_number(std::string_view tenant, std::string_view person_id);

}  // namespace idswitch::engine
