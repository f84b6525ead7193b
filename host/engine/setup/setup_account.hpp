#pragma once

// Opens one configured account for a Setup. [startup]

#include <vector>

#include "engine/setup/setup.hpp"

namespace idswitch::engine {

// Adds the account to the setup; or complains, with positions in the config.
void open_account(const config::Account& account, Setup& setup,
                  std::vector<config::Complaint>& complaints);

}  // namespace idswitch::engine
