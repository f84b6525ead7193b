#pragma once

// The parameters of a list of verifications: limit, before, reference. Pure; any thread.

#include <string_view>

#include "store/store.hpp"

namespace idswitch::api {

// Error: invalid_field, its field the parameter.
Result<store::ListQuery> list_query(std::string_view query, std::string_view tenant);

}  // namespace idswitch::api
