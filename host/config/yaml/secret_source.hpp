#pragma once

// SecretSource: where a secret comes from. The config file names the place, never the value:
//   env:NAME   an environment variable
//   file:PATH  a file, relative to the config file's folder; line ends at its end are dropped
// [startup]

#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace idswitch::config {

// Makes a relative path absolute, or at least relative to the process.
using ResolvePath = std::function<std::string(std::string_view)>;

// Error: config_invalid with what is wrong and what would be right. It names variables and files,
// and never repeats source when that may be the secret itself.
Result<Secret> read_secret(std::string_view source, const ResolvePath& resolve);

}  // namespace idswitch::config
