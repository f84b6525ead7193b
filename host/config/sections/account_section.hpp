#pragma once

// The section `accounts`: one contract with one vendor product each, by name. [startup]

#include <map>
#include <string>

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

// Complains when there is no account at all.
std::map<std::string, Account> read_accounts(const Value& value);

}  // namespace idswitch::config
