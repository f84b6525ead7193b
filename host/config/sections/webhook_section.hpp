#pragma once

// The mapping `webhooks`: where the events of charges are sent. [startup]

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

// tenants: the names of all tenants.
std::vector<Webhook> read_webhooks(const Value& value, const std::vector<std::string>& tenants);

}  // namespace idswitch::config
