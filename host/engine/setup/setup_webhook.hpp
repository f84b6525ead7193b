#pragma once

// Makes one configured webhook endpoint ready for a Setup. [startup]

#include <vector>

#include "engine/setup/setup.hpp"

namespace idswitch::engine {

// Adds the endpoint to the setup; or complains, with its position in the config.
void open_webhook(const config::Webhook& webhook, Setup& setup,
                  std::vector<config::Complaint>& complaints);

}  // namespace idswitch::engine
