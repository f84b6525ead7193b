#pragma once

// The text of openapi.yaml, built into the program.

#include <string_view>

namespace idswitch::api {

std::string_view openapi_yaml();

}  // namespace idswitch::api
