#pragma once

// Checks of files that config names, made at start so that nothing is missing at the first request.
// [startup]

#include <optional>
#include <string>

#include "config/yaml/value.hpp"

namespace idswitch::config {

// The resolved path of a file we can read; complains when it is none.
std::optional<std::string> readable_file(const Value& value);

// The same, and other users cannot read it.
std::optional<std::string> private_file(const Value& value);

// The resolved path of a folder; complains when it is none.
std::optional<std::string> existing_folder(const Value& value);

}  // namespace idswitch::config
